"""What is wrong in plan records: every check by its DfE rule number, and the rows that errors leave out."""

from explorer.sources.checks.run import Split, load_checks, run_checks, split_by_severity
from explorer.sources.checks.settings import CheckSettings

__all__ = ["CheckSettings", "Split", "load_checks", "run_checks", "split_by_severity"]
