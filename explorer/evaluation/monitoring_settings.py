"""The policy numbers of what is expected and of the monitoring plan: parts of evaluation.yaml."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from explorer.entries import Amount, Entry, Text


class ImpactSettings(Entry):
    """The path that a reader may choose beside the stated one: months with nothing, then months of rising."""

    delay: Amount
    rise: Amount


class Beside(Entry):
    """A figure that is watched beside the outcome, so that fewer plans are not taken for success.

    Args:
        indicator: of config/indicators.yaml; None where it is not published and only the authority can say.
        worry: which way would be a worry.
    """

    indicator: Text | None
    label: Text
    worry: Literal["lower", "higher"]
    why: Text
    reference: Text


class MonitoringSettings(Entry):
    """When the plan looks, and what it looks at beside the outcome.

    Args:
        years: how many years after the newest figures have a checkpoint, at the figures of each 31 March.
    """

    years: Amount
    beside: Annotated[Mapping[str, Beside], Field(min_length=1)]
