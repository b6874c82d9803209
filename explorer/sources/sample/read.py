"""The sample is read as any plain file of plans is, and refused unless it says of every row that it is invented."""

from pathlib import Path

from explorer.config import Limits
from explorer.errors import DataError
from explorer.sources.plan_file import INVENTED, PlanFile
from explorer.sources.plans import read_plans

_AGAIN = "make it again with: python -m explorer make-sample"


def read_sample(path: Path, limits: Limits) -> PlanFile:
    """Read a file that ``make_sample`` wrote.

    Returns:
        A file of the kind "sample"; ``plans`` has the columns of ``schema.PLANS``.

    Raises:
        DataError: the file is missing, is no file of plans, or has a row that does not say it is invented.
    """
    if not path.is_file():
        raise DataError(f"{path.name}: the sample is missing from {path.parent.name}/; {_AGAIN}.")
    read = read_plans(path.name, path, limits)
    if read.kind != "sample":
        raise DataError(f"{read.name}: not every row says '{INVENTED}' in the column 'note'; {_AGAIN}.")
    return read
