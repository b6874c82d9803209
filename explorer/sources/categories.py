"""Categories of abuse, however a system writes them, as the codes of DfE."""

import re
from collections.abc import Mapping

import polars as pl

from explorer.sources.cells import text

NEGLECT, PHYSICAL, SEXUAL, EMOTIONAL, MULTIPLE = "NEG", "PHY", "SAB", "EMO", "MUL"
CODES = (NEGLECT, PHYSICAL, SEXUAL, EMOTIONAL, MULTIPLE)
FLAGS_NOTE = (
    "Categories written as four letters Y or N were read in the order of Annex A: neglect, physical, sexual, emotional."
)
_FLAGS = re.compile(r"[yn]{4}")
_LETTER = re.compile(r"(?<![a-z])[a-e]\s*[).:]\s*")  # "a) Neglect": Annex A letters its categories
_WORDS: Mapping[str, str] = {
    "neglect": NEGLECT,
    "neg": NEGLECT,
    "physical": PHYSICAL,
    "phy": PHYSICAL,
    "sexual": SEXUAL,
    "sab": SEXUAL,
    "emotional": EMOTIONAL,
    "emo": EMOTIONAL,
    "multiple": MULTIPLE,
    "mul": MULTIPLE,
}
_PHRASES = re.compile(r"not recommended|(includes )?category not recorded")
_PLAIN = frozenset({"abuse", "category", "categories", "of", "and", "harm", "injury"})


def category_code(cell: str) -> str:
    """The code of one category, or the text as it stood where it names none.

    >>> category_code("a) Neglect"), category_code("YNNN"), category_code("Emotional, Neglect")
    ('NEG', 'NEG', 'MUL')
    """
    lowered = cell.strip().lower()
    if is_flags(lowered):
        found = {code for letter, code in zip(lowered, CODES, strict=False) if letter == "y"}
    else:
        phrase = _PHRASES.sub(" multiple ", _LETTER.sub(" ", lowered))
        words = set(re.findall(r"[a-z]+", phrase)) - _PLAIN
        if re.search(r"[^a-z\s,;/&+()|–-]", phrase) or not words <= _WORDS.keys():
            return cell
        found = {_WORDS[word] for word in words}
    if not found:
        return cell
    return MULTIPLE if len(found) > 1 else found.pop()


def is_flags(cell: str) -> bool:
    """Is the category written as four letters Y or N."""
    return _FLAGS.fullmatch(cell.strip().lower()) is not None


def category_codes(column: pl.Series) -> pl.Series:
    """A column of any plain type with each category as its code; a blank cell is null."""
    if _is_coded(column):
        return column
    cells = column.drop_nulls().unique()
    codes = [None if cell is None else category_code(cell) for cell in text(cells)]
    return column.replace_strict(cells, pl.Series(codes, dtype=pl.String), default=None, return_dtype=pl.String)


def has_flags(column: pl.Series) -> bool:
    """Are some categories of a column written as four letters Y or N."""
    return not _is_coded(column) and any(is_flags(cell) for cell in text(column.drop_nulls().unique()).drop_nulls())


def _is_coded(column: pl.Series) -> bool:
    """Most files hold the codes themselves, which takes a quarter of the time to see."""
    return column.dtype == pl.String and bool(column.is_in(CODES).all())
