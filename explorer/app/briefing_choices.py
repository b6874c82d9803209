"""What can be chosen on the Briefing alone: the day of plan records as at which it is drawn."""

from collections.abc import Mapping

from explorer.app.choice import BRIEFING_PAGE, Choice, read_date

BRIEFING_CHOICES: Mapping[str, Choice] = {
    "on": Choice(
        "day of the briefing",
        lambda world: None,
        lambda text, world: read_date(text),
        lambda end, world: "31 March of the year",
        write=lambda end, world: "" if end is None else end.isoformat(),
        page=BRIEFING_PAGE,
    ),
}
