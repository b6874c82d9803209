"""Whose figure it is among all of England's: the authority's, a member's of its group, or another's."""

from collections.abc import Mapping
from typing import Literal

from explorer.benchmarks.position import Position

Whose = Literal["authority", "member", "other"]
WHOSE_WORDS: Mapping[Whose, str] = {"authority": "this authority", "member": "in the group", "other": ""}
MOST_STRONG = 40  # members drawn stronger than the rest of England; more of them would hide each other


def whose(code: str, found: Position) -> Whose:
    """Whose figure that of an authority is, beside the one of the position."""
    if code == found.area:
        return "authority"
    return "member" if code in found.group.members else "other"


def drawn_as(code: str, found: Position) -> Whose:
    """The same for a picture, where the members of a very large group are drawn like the rest of England."""
    role = whose(code, found)
    return "other" if role == "member" and found.group_size > MOST_STRONG else role


def group_key(found: Position, england: Position) -> str:
    """What grey dots stand for."""
    if set(found.group.members) >= set(england.group.members):
        return "Hollow grey dots: the other authorities."
    rest = "the rest of England's authorities"
    if not found.members:
        return f"Hollow dots: {rest}."
    if found.group_size > MOST_STRONG:
        return f"Hollow grey dots: the {found.group.short_label} and {rest}."
    return f"Full grey dots: the {found.group.short_label}. Hollow dots: {rest}."
