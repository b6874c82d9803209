"""A file that somebody loads: whose records they are, read, checked, counted and made safe to show."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from explorer.errors import DataError
from explorer.records.checked import check_plans
from explorer.records.safe import Records, safe_records
from explorer.records.settings import RecordRules
from explorer.sources.plan_file import NO_PLANS
from explorer.sources.plans import read_plans

Progress = Callable[[float, str], None]

_READING = 0.7  # of the way; the rest is checking and counting


@dataclass(frozen=True)
class Sent:
    """What whoever loads a file says of it.

    Attributes:
        name: What they call it; only shown.
        area: DfE number of the authority; a return may say so itself, and then that counts.
        since, until: The first and last day that it is complete for, where they are known.
    """

    name: str
    area: str | None = None
    since: date | None = None
    until: date | None = None


def loaded_records(
    content: bytes, sent: Sent, rules: RecordRules, authorities: frozenset[str], progress: Progress
) -> Records:
    """The records of a file, ready for the screens of whoever loaded it.

    Args:
        content: The file.
        sent: What is said of it.
        rules: How it is read, checked, counted and shown; it may take ``rules.limits.max_upload_bytes``.
        authorities: DfE numbers of those that there are.
        progress: Told now and then how far it has come, from 0 to 1, and what is being done.

    Raises:
        DataError: It cannot be read, or nobody can tell whose or of when it is.
    """
    limits = rules.limits.model_copy(update={"max_bytes": rules.limits.max_upload_bytes})
    read = read_plans(sent.name, content, limits, lambda share: progress(_READING * share, "Reading the file…"))
    area = read.authority or sent.area
    if area is None:
        raise DataError(f"{read.name}: choose above whose records these are; the file does not say so.")
    if area not in authorities:
        raise DataError(f"{read.name}: the return is from authority {area}, which is not in the published figures.")
    if read.plans.is_empty():
        raise DataError(f"{read.name}: {NO_PLANS}.")
    progress(_READING, "Checking every row…")
    checked = check_plans(read, rules, sent.since, sent.until)
    if checked.first is None and not checked.split.kept.is_empty():
        raise DataError(f"{read.name}: no plan lies between the two days that you gave; correct them.")
    progress(0.8, "Counting, and hiding what could give a small number away…")
    return safe_records(checked, rules, read.name, "upload", area)
