"""What the name, notes, version, authority and year of a stranger's what-if may be."""

import re

_VERSION, _AREA = re.compile(r"[A-Za-z0-9.-]{1,64}"), re.compile(r"[A-Za-z0-9]{1,9}")
_FIRST_YEAR, _LAST_YEAR = 1990, 2999


def clean_name(value: object, longest: int) -> str | None:
    """A name on one line, with single spaces; None where there is none, or it is too long or cannot be seen."""
    if not isinstance(value, str):
        return None
    name = " ".join(value.split())
    return name if 0 < len(name) <= longest and name.isprintable() else None


def clean_notes(value: object, longest: int) -> str | None:
    """Notes with the spaces at the ends of their lines gone; None where they are too long or cannot be seen."""
    if not isinstance(value, str):
        return None
    lines = [re.sub(r"\s", " ", line).rstrip() for line in value.splitlines()]
    notes = "\n".join(lines).strip()
    return notes if len(notes) <= longest and all(line.isprintable() for line in notes.split("\n")) else None


def clean_version(value: object) -> str | None:
    """A version of the data."""
    return value if isinstance(value, str) and _VERSION.fullmatch(value) else None


def clean_area(value: object) -> str | None:
    """An authority's number, also without the quotes that YAML wants."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else value
    return text if isinstance(text, str) and _AREA.fullmatch(text) else None


def clean_year(value: object) -> int | None:
    """A reporting year."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and _FIRST_YEAR <= value <= _LAST_YEAR else None
