"""What can be tried in a what-if, and on what evidence: interventions.yaml and evidence.yaml, every fault named."""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from explorer.entries import Amount, checked
from explorer.errors import ConfigError
from explorer.models.intervention_rules import intervention_faults, range_faults
from explorer.models.what_if_entries import (
    DURATION_BANDS,
    SINCE_LEAVING,
    Adjustable,
    Effect,
    FileLimits,
    Intervention,
    InterventionsFile,
    ModelNumbers,
    Parameter,
    Range,
    Study,
    WhatIfSettings,
    Workload,
)
from explorer.yaml_reader import Document, read_yaml

__all__ = [
    "Adjustable",
    "Effect",
    "FileLimits",
    "Intervention",
    "ModelNumbers",
    "Parameter",
    "Range",
    "Study",
    "WhatIfSettings",
    "Workload",
    "load_interventions",
]

FILE, EVIDENCE = "interventions.yaml", "evidence.yaml"
_SETTINGS = {  # the least and most that the ends of each range may be
    "overlap_discount": (0, 1),
    "coupling": (0, 10),
    "months": (12, 120),
    "start_month": (1, 120),
    "ramp_months": (0, 120),
    "fade_half_life_months": (1, 1200),
    "ratio": (0.01, 100),
}
_WHOLE = ("months", "start_month", "ramp_months", "fade_half_life_months")


def load_interventions(folder: Path) -> WhatIfSettings:
    """Read and check ``folder``/interventions.yaml and evidence.yaml.

    Raises:
        ConfigError: with one sentence for every fault in both.
    """
    faults: list[str] = []
    documents: dict[str, Document] = {}
    for name in (EVIDENCE, FILE):
        try:
            documents[name] = read_yaml(folder / name)
        except ConfigError as problem:
            faults += problem.faults
    evidence = _studies(documents[EVIDENCE], faults) if EVIDENCE in documents else {}
    content = _content(documents[FILE], faults) if FILE in documents else None
    if content is not None:
        faults += _settings_faults(content.settings, documents[FILE])
        faults += _model_faults(content.model, documents[FILE])
        faults += _file_faults(content.files, documents[FILE])
        names = tuple(documents[EVIDENCE].content) if EVIDENCE in documents else None
        faults += intervention_faults(content, names, documents[FILE])
        faults += _action_faults(content, documents[FILE])
    if faults or content is None:
        raise ConfigError(*faults)
    return WhatIfSettings(
        content.model,
        content.settings,
        content.files,
        MappingProxyType(content.interventions),
        MappingProxyType(evidence),
        content.actions,
    )


def _studies(document: Document, faults: list[str]) -> dict[str, Study]:
    """Every study that is right, by name."""
    found: dict[str, Study] = {}
    labels: dict[str, str] = {}
    for name, content in document.content.items():
        study = checked(Study, document, content, (name,), faults)
        if not isinstance(study, Study):
            continue
        found[name] = study
        if (first := labels.setdefault(study.label, name)) != name:
            place = document.at((name, "label"))
            faults.append(f"{place}: '{first}' and '{name}' have the same label; give each its own.")
    return found


def _content(document: Document, faults: list[str]) -> InterventionsFile | None:
    found = checked(InterventionsFile, document, _frozen(document.content), (), faults)
    return found if isinstance(found, InterventionsFile) else None


def _frozen(content: object) -> object:
    """YAML has lists and no tuples, which cannot be changed by accident."""
    if isinstance(content, dict):
        return {key: _frozen(value) for key, value in content.items()}
    return tuple(map(_frozen, content)) if isinstance(content, list) else content


def _settings_faults(settings: Adjustable, document: Document) -> Iterator[str]:
    for name, bounds in _SETTINGS.items():
        yield from range_faults(getattr(settings, name), bounds, name in _WHOLE, ("settings", name), document)
    if not settings.ratio.lowest < 1 < settings.ratio.highest:
        yield f"{document.at(('settings', 'ratio'))}: 'settings.ratio' must hold 1 (no effect) between its ends."


def _model_faults(model: ModelNumbers, document: Document) -> Iterator[str]:
    """Whole numbers, the engine's ten years, and shares that add up."""
    for name in ("draws", "seed", "minimum_starts", "return_years", "first_review_months", "next_review_months"):
        yield from _not_whole(getattr(model, name), ("model", name), document)
    years = SINCE_LEAVING[-1] // 12
    if model.return_years.value != years:
        place = document.at(("model", "return_years", "value"))
        said = f"'model.return_years' is {model.return_years.value:g}"
        yield f"{place}: {said}; allowed: {years}, which is how long the model follows a child."
    place = document.at(("model", "leaving_mix", "shares"))
    shares = model.leaving_mix.shares
    if set(shares) != set(DURATION_BANDS):
        yield f"{place}: the shares are of {', '.join(shares) or 'nothing'}; allowed: {', '.join(DURATION_BANDS)}."
    elif min(shares.values()) < 0 or abs(sum(shares.values()) - 1) > 0.005:
        yield f"{place}: the shares add up to {sum(shares.values()):g}; allowed: shares from 0 to 1 that add up to 1."


def _file_faults(files: FileLimits, document: Document) -> Iterator[str]:
    for name, amount in files:
        yield from _not_whole(amount, ("files", name), document)


def _action_faults(content: InterventionsFile, document: Document) -> Iterator[str]:
    """An action that is an idea of the file says so by its name; nothing starts after the day it was in use."""
    for number, one in enumerate(content.actions):
        place = ("actions", number)
        if one.intervention is not None and one.intervention not in content.interventions:
            allowed = ", ".join(content.interventions)
            said = f"'actions.{number}.intervention' is '{one.intervention}'; allowed: {allowed}."
            yield f"{document.at((*place, 'intervention'))}: {said}"
        if one.started is not None and one.status != "planned" and one.started > one.stood_on:
            yield f"{document.at((*place, 'started'))}: 'actions.{number}.started' is after 'stood_on'."


def _not_whole(amount: Amount, path: tuple[str, str], document: Document) -> Iterator[str]:
    if not amount.value.is_integer():
        yield f"{document.at((*path, 'value'))}: '{'.'.join(path)}' is {amount.value:g}; allowed: a whole number."
