"""Categories of abuse, however a system writes them, as the codes of DfE."""

import re
from collections.abc import Mapping

import polars as pl

NEGLECT, PHYSICAL, SEXUAL, EMOTIONAL, MULTIPLE = "NEG", "PHY", "SAB", "EMO", "MUL"
CODES = (NEGLECT, PHYSICAL, SEXUAL, EMOTIONAL, MULTIPLE)
FLAGS_NOTE = (
    "Categories written as four letters Y or N were read in the order of Annex A: neglect, physical, sexual, "
    "emotional."
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


def category_code(text: str) -> str:
    """The code of one category, or the text as it stood where it names none.

    >>> category_code("a) Neglect"), category_code("YNNN"), category_code("Emotional, Neglect")
    ('NEG', 'NEG', 'MUL')
    """
    lowered = text.strip().lower()
    if is_flags(lowered):
        found = {code for letter, code in zip(lowered, CODES, strict=False) if letter == "y"}
    else:
        phrase = _PHRASES.sub(" multiple ", _LETTER.sub(" ", lowered))
        words = set(re.findall(r"[a-z]+", phrase)) - _PLAIN
        if re.search(r"[^a-z\s,;/&+()|–-]", phrase) or not words <= _WORDS.keys():
            return text
        found = {_WORDS[word] for word in words}
    if not found:
        return text
    return MULTIPLE if len(found) > 1 else found.pop()


def is_flags(text: str) -> bool:
    """Is the category written as four letters Y or N."""
    return _FLAGS.fullmatch(text.strip().lower()) is not None


def category_codes(column: pl.Series) -> pl.Series:
    """A column of text with each category as its code."""
    texts = column.drop_nulls().unique()
    codes = pl.Series([category_code(text) for text in texts], dtype=pl.String)
    return column.replace_strict(texts, codes, default=None, return_dtype=pl.String)
