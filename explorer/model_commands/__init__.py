"""The commands of the what-if's model: work out the months ahead, and test the forecasts on past years."""

from typing import TYPE_CHECKING

from explorer.model_commands import back_test, simulate, yearly_forecasts

if TYPE_CHECKING:
    from explorer.model_commands.arguments import Commands


def add_to(commands: "Commands") -> None:
    """Add the commands to the command line."""
    simulate.add_to(commands)
    back_test.add_to(commands)
    yearly_forecasts.add_to(commands)
