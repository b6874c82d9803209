"""What a reader can choose on the page "Did it work?": what was tried, when it began, what it should have changed."""

from collections.abc import Mapping
from datetime import date

from explorer.app.choice import EVALUATION_PAGE, Choice, read_date
from explorer.world import World

PATHS: Mapping[str, str] = {  # how the change is expected to arrive
    "plan": "As the model of plans says",
    "ramp": "From the second year, over a year",
    "step": "All at once, from the start",
}
LOOKS: Mapping[str, str] = {  # what stands below the answer
    "ways": "Asked in other ways",
    "others": "Every authority as a test",
    "children": "Children who left",
    "before": "Before and after",
    "when": "When could we tell?",
    "beside": "What else moved",
}


def _read_tried(text: str, world: World) -> str | None:
    """An intervention by the code that links know it by."""
    found = world.models.what_if.interventions.items()
    return next((name for name, one in found if one.code == text), None)


def _read_month(text: str) -> date | None:
    """A month as a link writes it, 2018-09, as its first day."""
    return read_date(f"{text}-01")


EVALUATION_CHOICES: Mapping[str, Choice] = {
    "tried": Choice(
        "thing that was tried",
        lambda world: next(iter(world.models.what_if.interventions)),
        _read_tried,
        lambda name, world: world.models.what_if.interventions[name].label.lower(),
        lambda name, world: world.models.what_if.interventions[name].code,
        page=EVALUATION_PAGE,
    ),
    "outcome": Choice(
        "measure",
        lambda world: next(iter(world.evaluation.outcomes)),
        lambda text, world: text if text in world.evaluation.outcomes else None,
        lambda name, world: world.config.indicators[name].label,
        page=EVALUATION_PAGE,
    ),
    "began": Choice(
        "start",
        lambda world: None,
        lambda text, world: _read_month(text),
        lambda start, world: "the start that is known",
        write=lambda start, world: "" if start is None else f"{start:%Y-%m}",
        page=EVALUATION_PAGE,
    ),
    "path": Choice(
        "way the change should arrive",
        lambda world: next(iter(PATHS)),
        lambda text, world: text if text in PATHS else None,
        lambda name, world: PATHS[name].lower(),
        page=EVALUATION_PAGE,
    ),
    "look": Choice(
        "part of the page",
        lambda world: next(iter(LOOKS)),
        lambda text, world: text if text in LOOKS else None,
        lambda name, world: LOOKS[name].lower(),
        page=EVALUATION_PAGE,
    ),
}
