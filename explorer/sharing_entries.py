"""What app.yaml may hold of views that go to others: the steps of a meeting, its short codes, and what is saved."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from explorer.entries import Amount, Entry, Text, Whole

# as links call them; explorer/app/meeting_choices.py has their titles
PageName = Literal["briefing", "neighbours", "trends", "what_if", "did_it_work", "sweep", "data", "about"]


class Meeting(Entry):
    """A room of people who look at one page after the other, and how others join it.

    ``steps`` are pages by the name that a link has for them.
    """

    label: Text
    description: Text
    reference: Text
    steps: Annotated[tuple[PageName, ...], Field(min_length=1, strict=False)]
    code_life: Amount

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        twice = [name for number, name in enumerate(self.steps) if name in self.steps[:number]]
        if twice:
            raise ValueError(f"'steps' names '{twice[0]}' twice; keep one")
        return self


class SavedViews(Entry):
    """Views that people save under a name, and meetings with a short code: where they are kept, and how many.

    ``database`` is an address without a password. Lengths are in letters. ``answer_seconds`` is how long it is waited
    for, ``rest_seconds`` how long it is then left alone.
    """

    label: Text
    description: Text
    reference: Text
    who: Literal["everyone", "nobody"]
    database: Text
    most_views: Whole
    most_meetings: Whole
    longest_name: Whole
    longest_notes: Whole
    longest_link: Whole
    keep_deleted_days: Whole
    shown_at_once: Whole
    answer_seconds: Whole
    rest_seconds: Whole

    @field_validator("database")
    @classmethod
    def _without_a_password(cls, value: str) -> str:
        if re.search(r"//[^/]*:[^/]*@", value):
            raise ValueError("holds a password; give the whole address in EXPLORER_DATABASE_URL instead")
        return value
