"""Ask whether a fault that others may use is known of anything that the program is made of: ``make audit``.

pip-audit asks the Python Package Index about every pin. Where it cannot be asked, that is said, and is no clean bill:
the step fails then too, with another number.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CLEAN, FOUND, NOT_ASKED = 0, 1, 2


@dataclass(frozen=True)
class Said:
    """What is known of the pins: sentences, and the number to end with."""

    sentences: tuple[str, ...]
    code: int


def judged(report: dict[str, Any]) -> Said:
    """What a report of pip-audit comes to.

    Args:
        report: its JSON, version 2.10: ``dependencies`` with ``vulns``, or ``skip_reason`` where one could not be asked
            about.
    """
    asked = [one for one in report["dependencies"] if "skip_reason" not in one]
    skipped = [one["name"] for one in report["dependencies"] if "skip_reason" in one]
    known = [
        f"{one['name']} {one['version']}: {vuln['id']}; mended in {', '.join(vuln['fix_versions']) or 'none yet'}."
        for one in asked
        for vuln in one["vulns"]
    ]
    sentences = [*known, f"{len(asked)} packages were asked about; {len(known)} faults are known."]
    if skipped:
        sentences.append(f"The index could not be asked about {len(skipped)}: {', '.join(sorted(skipped))}.")
    return Said(tuple(sentences), FOUND if known else NOT_ASKED if skipped or not asked else CLEAN)


def audit(files: Sequence[str]) -> Said:
    """Ask about the pins of some requirements files, as they stand, with nothing installed."""
    named = [part for file in files for part in ("-r", file)]
    command = [sys.executable, "-m", "pip_audit", *named, "--require-hashes", "--disable-pip", "--format", "json"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        return judged(json.loads(ran.stdout))
    except (subprocess.TimeoutExpired, ValueError):
        return Said(("The index could not be asked at all: nothing is known of any package.",), NOT_ASKED)


if __name__ == "__main__":
    found = audit(sys.argv[1:] or ["requirements.txt"])
    print("\n".join(found.sentences))
    sys.exit(found.code)
