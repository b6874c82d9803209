"""How hard sentences are to read: the Flesch-Kincaid grade, in years of school, and which are the hardest.

The grade of a text is 0.39 x words a sentence + 11.8 x syllables a word - 15.59. Grade 9 is read at fourteen. What is
a sentence, a word and a syllable here:
- A sentence ends at a full stop, a question mark or an exclamation mark, and at the end of what is handed in: a title
  is a sentence. A colon or a semicolon ends none, though Flesch ends a unit of thought there, so this is the stricter
  way.
- A figure is one word of one syllable, with its sign, point, commas and unit: "29.1%", "2,688", "+/-4". A range is its
  words: "0.6% to 3.2%" is three, and so is the date "31 March 2018". Readers take figures in at a glance.
- The name of an authority is one word of two syllables, however long it is: nobody who reads of Bournemouth,
  Christchurch and Poole reads it out, and a sentence is no plainer in Kent.
- What is joined by a hyphen or an apostrophe is one word: "re-plan" (two syllables), "Trafford's".
- Syllables are counted by rule, with a list of words that the rule has wrong.

Source: Kincaid, Fishburne, Rogers and Chissom 1975, "Derivation of new readability formulas for Navy enlisted
personnel", Research Branch Report 8-75; Flesch 1949, "The Art of Readable Writing", for words and figures.
"""

import re
from collections.abc import Iterable
from functools import cache

from tests.fixtures import shipped_world

# What the rule below has wrong among the words of this program, as the CMU Pronouncing Dictionary (1.1.3) counts them
_LISTED = {
    2: "averaged baseline beyond centre colleague colleagues elsewhere forecast forecasts hundred judgement layer "
    "layers likely lonely maybe movement movements placement placements prior safeguard safety settled something "
    "somewhat statement timeline timely unique useful",
    3: "anyone area areas beforehand caveat caveats earlier earliest everything everywhere forecasting idea ideas "
    "improvement involvement management median outliers ratio ratios safeguarding sexual somebody unlikely usual "
    "variance whoever",
    4: "binomial continuous deviation everybody january logarithm residual scenario scenarios unusual usually variable "
    "variances variation",
    5: "association evaluation identifier identifiers unusually",
}
_EXCEPTIONS = {word: number for number, words in _LISTED.items() for word in words.split()}
# the e of "made", "noted" (said) less that of "counted", and of "plans" less that of "places"; "table" keeps its own
_SILENT = re.compile(r"(?<=[^aeiouytd])ed$|(?<=[^aeiouyl])e$|(?<=[^aeiouylsxzcg])(?<!ch)(?<!sh)es$|(?<=[aeiouy]l)es?$")
_APART = re.compile(r"[aeiouy](?=ing$)|i(?=um|ous$|od)|(?<![tscgl])i(?=on)")  # two vowels that are said apart
_WORD = re.compile(r"[^\W_]+(?:[.,'’%/-]+[^\W_]+)*%?")
_END = re.compile(r"(?<=[.?!])[\"'”)\]]*\s+(?=[\"'“(\[]?[A-Z0-9])")


def grade(sentences: Iterable[str]) -> float:
    """The Flesch-Kincaid grade of all sentences as one text, in years of school.

    Args:
        sentences: Strings of one sentence or more. Each begins anew: none runs on into the next.

    Raises:
        ValueError: there is no word in them.
    """
    single = [words_of(part) for one in sentences for part in split(one)]
    if not single:
        raise ValueError("There is no sentence to be read.")
    words = sum(map(len, single))
    sounds = sum(syllables(word) for one in single for word in one)
    return 0.39 * words / len(single) + 11.8 * sounds / words - 15.59


def hardest(sentences: Iterable[str], most: int = 5) -> list[tuple[float, str]]:
    """The hardest of the single sentences, hardest first, with the grade of each."""
    single = {part for one in sentences for part in split(one)}
    return sorted(((grade([one]), one) for one in single), reverse=True)[:most]


def split(text: str) -> list[str]:
    """The sentences of a text, without those that hold no word."""
    return [part for part in _END.split(text) if _WORD.search(part)]


def words_of(sentence: str) -> list[str]:
    """The words of a sentence as they are counted, names of authorities as one."""
    return _WORD.findall(_names().sub("Trafford", sentence.replace("**", "")))


@cache
def syllables(word: str) -> int:
    """How many syllables a word has: by the list, else its groups of vowels without a silent e or ed at the end."""
    letters = re.sub(r"['’]s?$", "", word.lower())
    if any(sign.isdigit() for sign in letters):
        return 1
    return sum(_EXCEPTIONS.get(part) or _by_rule(part) for part in letters.split("-") if part)


def _by_rule(word: str) -> int:
    plain = re.sub(r"[^a-z]", "", word)
    return max(1, len(re.findall(r"[aeiouy]+", _SILENT.sub("", plain))) + len(_APART.findall(plain)))


@cache
def _names() -> re.Pattern[str]:
    """Every authority, the longest name first: "Cheshire West and Chester" before "Chester"."""
    labels = sorted({area.label for area in shipped_world().areas.authorities}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, labels)) + r")(?!\w)")
