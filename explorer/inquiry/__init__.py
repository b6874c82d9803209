"""One question of "Did it work?", asked of all that is loaded: what was expected, what was found."""

from explorer.inquiry.answer import Answer
from explorer.inquiry.ask import Ask, PathChoice, first_start, known_start, possible_starts, tried_and_expected

__all__ = ["Answer", "Ask", "PathChoice", "first_start", "known_start", "possible_starts", "tried_and_expected"]
