"""The words and numbers of the checks: config/checks.yaml as one frozen object, every fault named."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from string import Formatter
from typing import Literal

from explorer.entries import Amount, Entry, Text, checked
from explorer.errors import ConfigError
from explorer.yaml_reader import Document, read_yaml

FILE = "checks.yaml"
PLACEHOLDERS = ("reference_date", "year_start", "year_end")


class CheckRule(Entry):
    """One check in words. A row with an error is left out of the indicators; a row with a query is kept."""

    severity: Literal["error", "query"]
    label: Text
    expected: Text
    description: Text
    reference: Text


class Thresholds(Entry):
    """How much of a file has to look odd before it is said."""

    all_previous_plans: Amount
    bunched_plans: Amount
    bunched_share: Amount


class CheckSettings(Entry):
    """checks.yaml: the rules by number, and the thresholds of this project's own rules."""

    rules: dict[str, CheckRule]
    thresholds: Thresholds


def load_settings(folder: Path, numbers: Collection[str]) -> CheckSettings:
    """Read and check ``folder``/checks.yaml.

    Args:
        folder: The folder config/.
        numbers: The rules that the program knows how to check; each needs its words.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    document = read_yaml(folder / FILE)
    faults: list[str] = []
    settings = checked(CheckSettings, document, document.content, (), faults)
    if isinstance(settings, CheckSettings):
        faults += [*_wrong_numbers(settings.rules, numbers, document), *_wrong_braces(settings, document)]
        if not faults:
            return settings
    raise ConfigError(*faults)


def _wrong_numbers(found: Iterable[str], known: Collection[str], document: Document) -> Iterator[str]:
    for number in sorted(set(found) - set(known)):
        yield f"{document.at(('rules', number))}: there is no check '{number}'; allowed: {', '.join(known)}."
    for number in sorted(set(known) - set(found)):
        yield f"{document.at(('rules',))}: the check '{number}' has no words; add the key 'rules.{number}'."


def _wrong_braces(settings: CheckSettings, document: Document) -> Iterator[str]:
    for number, rule in settings.rules.items():
        place = document.at(("rules", number, "expected"))
        try:
            fields = {field for _, field, _, _ in Formatter().parse(rule.expected) if field is not None}
        except ValueError as problem:
            yield f"{place}: 'expected' has a stray brace: {problem}."
            continue
        for field in sorted(fields - set(PLACEHOLDERS)):
            yield f"{place}: 'expected' uses {{{field}}}; allowed: {', '.join(PLACEHOLDERS)}."
