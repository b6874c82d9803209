"""Plan records from file to figures: checked, counted over every period, and made safe to show."""

from explorer.records.as_published import with_records
from explorer.records.checked import Checked, check_plans
from explorer.records.figures import Asked, all_figures
from explorer.records.safe import Faults, Records, faults_of, safe_differences, safe_records
from explorer.records.settings import RecordRules, load_record_rules

__all__ = [
    "Asked",
    "Checked",
    "Faults",
    "RecordRules",
    "Records",
    "all_figures",
    "check_plans",
    "faults_of",
    "load_record_rules",
    "safe_differences",
    "safe_records",
    "with_records",
]
