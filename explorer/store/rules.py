"""How much is kept, and for how long: the limits that config/app.yaml sets."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Rules:
    """Limits of what is kept; lengths in letters.

    ``most_meetings`` and ``most_views`` count those alive; ``keep_deleted`` is how long a deleted view can be
    brought back.
    """

    meeting_life: timedelta
    most_meetings: int
    most_views: int
    longest_name: int
    longest_notes: int
    longest_link: int
    keep_deleted: timedelta
