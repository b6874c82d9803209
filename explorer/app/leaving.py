"""What goes with every file that leaves the app: where its figures come from, the day, and a link that shows the same.

It is put together while the page is drawn, because the address and the choices are at hand only then; the file itself
is made when its button is pressed.
"""

from collections.abc import Iterable
from datetime import date

from explorer.app import choices, selection
from explorer.app.address import address_of
from explorer.app.selection import Selection, link_to
from explorer.provenance import Provenance, hidden_rule, once
from explorer.world import World

_MARCH = 3


def today() -> date:
    """The day on which a file is made: the one clock of the app's files."""
    return date.today()


def provenance(
    world: World, chosen: Selection, records: str, sources: Iterable[str] = (), as_at: date | None = None
) -> Provenance:
    """Where the figures of a file come from.

    Args:
        records: Which plan records they come from: 'Invented plan records for Trafford'; empty for published ones.
        sources: As the words below a picture have it; without any, the publications that the published figures are
            from.
        as_at: The last day of which anything is used; 31 March of the year that is chosen where none is given.
    """
    said = once(source.removeprefix("Source: ").rstrip(".") for source in sources)
    page = selection.page()
    return Provenance(
        figures=f"{records}, and published figures" if records else "Published figures",
        sources=said or (world.config.source("measures").reference.rstrip("."),),
        version=world.version if records else choices.published_version(world),
        as_at=as_at or date(chosen.year, _MARCH, 31),
        made=today(),
        suppression=hidden_rule(world.config.benchmarks.suppression, from_records=bool(records)),
        link=address_of(page, link_to(world, page)),
        file_needed=bool(records) and world.private,
    )
