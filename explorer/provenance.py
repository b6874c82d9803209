"""Where figures come from and how they may be found again: it goes with everything that leaves the program."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import explorer
from explorer.benchmark_entries import Suppression
from explorer.wording import day

PROGRAM = f"Child Protection Planning Explorer {explorer.__version__}"
_FILE_NEEDED = "Only with the file of plan records, loaded on the page Data: no address holds it."


@dataclass(frozen=True)
class Provenance:
    """What goes with a file that leaves.

    Attributes:
        figures: Which figures they are: 'Published figures', 'Invented plan records for Trafford'.
        sources: Tables and publications, each once.
        version: A digest of the data; the same data have the same one.
        as_at: No figure of a later time was used. The authorities to compare with can have been chosen later.
        made: The day on which the file was made.
        suppression: How small numbers are hidden, in a sentence.
        link: An address that shows the same; empty where there is none.
        file_needed: Whether the figures need a file of plan records that only its owner has: then the address shows
            published ones, and that is said beside it.
        notice: What has to stand before everything, such as that records are invented; empty where nothing has to.
        compared: Whom figures are compared with, and when those were chosen where that is known; empty for nobody.
    """

    figures: str
    sources: tuple[str, ...]
    version: str
    as_at: date
    made: date
    suppression: str
    link: str = ""
    notice: str = ""
    compared: str = ""
    file_needed: bool = False

    @property
    def link_heading(self) -> str:
        """What the address is called wherever it is shown."""
        return "On screen, with published figures" if self.file_needed else "The same on screen"

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Heading and words of each part, in the order in which they are shown."""
        parts = (
            ("Figures", self.figures),
            ("Sources", "; ".join(self.sources)),
            ("Compared with", self.compared),
            ("As at", f"{day(self.as_at)}: no figure of a later time is used"),
            ("Small numbers", self.suppression),
            ("Data version", self.version),
            ("Made", f"{day(self.made)}, with the {PROGRAM}"),
            ("These figures on screen", _FILE_NEEDED if self.file_needed and self.link else ""),
            (self.link_heading, self.link),
        )
        return tuple((heading, words) for heading, words in parts if words)


def hidden_rule(rule: Suppression, *, from_records: bool) -> str:
    """How small numbers are hidden: by DfE in what is published, and by this program in plan records.

    Args:
        from_records: Whether plan records are among the figures.
    """
    said = f"DfE hides counts from {rule.lowest} to {rule.highest}, and others that would give one away."
    ours = " This program hides them in plan records in the same way, before anything is shown." if from_records else ""
    return f"{said}{ours} A hidden figure is never shown."


def once(sources: Iterable[str]) -> tuple[str, ...]:
    """Sources without repeats, in the order in which they come."""
    return tuple(dict.fromkeys(source for source in sources if source))
