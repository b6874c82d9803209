"""A walk over the controls of a what-if by a reader who keeps what the page shows, as a browser does.

``python -m tests.redrawn_walk SEED``: prints, as JSON, after each step what was moved, how many parts came, and what
the page shows that a reader who opens its link anew does not see, and the other way round.
"""

import asyncio
import json
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from explorer.app import cached
from explorer.app.serving import server
from explorer.app.serving.page_control import Control
from explorer.app.serving.visitor import Drawn, Visitor
from explorer.app.serving.within import visitor_within

STEPS = 24
OF_STREAMLIT = ("id", "elementId", "setValue", "rawValue", "rawValues", "value", "default")  # names and states
PRESET = {"v": "1", "area": "358", "year": "2018"}


class Page:
    """What stands on the page of a visitor, by its place."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor, self._take, self.parts = visitor, visitor._take, dict[tuple[int, ...], tuple[str, str, int]]()
        self._run, self._entered = 0, set[tuple[int, ...]]()
        visitor._take = self._keep  # type: ignore[method-assign]

    def _keep(self, said: ForwardMsg, drawn: Drawn) -> None:
        if said.WhichOneof("type") == "delta" and said.metadata.delta_path[0] == 0:
            path = tuple(said.metadata.delta_path)
            kind = said.delta.WhichOneof("type")
            if kind == "add_block":
                self._entered.add(path)
            self.parts[path] = said.delta.fragment_id, words(said) if kind == "new_element" else "", self._run
        self._take(said, drawn)

    async def after(self, run: Any, named: Callable[[], set[str]]) -> Drawn:
        """What a run draws, when what it no longer draws is gone."""
        self._run, self._entered = self._run + 1, set()
        drawn: Drawn = await run
        again = named()
        self.parts = {
            path: part
            for path, part in self.parts.items()
            if part[2] == self._run or (again and part[0] not in again and not self._within(path))
        }
        return drawn

    def _within(self, path: tuple[int, ...]) -> bool:
        return any(path[:length] in self._entered for length in range(1, len(path)))

    @property
    def shown(self) -> list[str]:
        """Everything that can be read, in the order of its place."""
        return [said for _, (_, said, _) in sorted(self.parts.items()) if said]


def words(said: ForwardMsg) -> str:
    """What an element says, without the names that Streamlit gives it and what a reader may have moved it to."""
    element = said.delta.new_element
    kind = element.WhichOneof("type")
    if kind in (None, "page_link"):  # the links to other pages are those of the whole page
        return ""
    held = MessageToDict(getattr(element, kind))
    return json.dumps([kind, {key: one for key, one in held.items() if key not in OF_STREAMLIT}])


def states(visitor: Visitor) -> dict[str, str]:
    """What each control shows to its reader."""
    return {
        control.label: str(visitor._state[identity]).replace(identity, "")
        for identity, control in visitor._known.items()
        if identity in visitor._state
    }


def moves(visitor: Visitor, chance: random.Random) -> Iterator[tuple[Control, Any]]:
    """Controls of a what-if that can be moved, and whither."""
    for control in visitor.controls.values():
        element, kind = control.element, type(control.element).__name__
        if kind == "Checkbox" and control.label != "Show what came next" and "visitors" not in control.label:
            yield control, not control.shown()
        elif kind in ("Slider", "NumberInput") and getattr(element, "step", 0) == 0.01:
            yield control, round(element.min + 0.01 * chance.randint(0, round((element.max - element.min) * 100)), 2)
        elif kind == "Selectbox" and control.label == "Start from":
            yield control, chance.choice(list(element.options))
        elif kind == "ButtonGroup":
            yield control, chance.choice(list(element.options)).content


async def walk(seed: int) -> list[dict[str, Any]]:
    """Some steps, and after each what is otherwise than on the page opened anew."""
    app, chance, told = server.app, random.Random(seed), []
    app._starlette_app = app._build_starlette_app()
    async with app._combined_lifespan(app._starlette_app), visitor_within(app) as visitor:
        page, fragments = Page(visitor), set[str]()
        tidy = visitor._tidy

        def heard(named: set[str]) -> None:
            fragments.clear()
            fragments.update(named)
            tidy(named)

        visitor._tidy = heard  # type: ignore[method-assign, assignment]
        await page.after(visitor.open("what_if", PRESET), lambda: fragments)
        for _ in range(STEPS):
            control, value = chance.choice(list(moves(visitor, chance)))
            drawn = await page.after(visitor.move(control.label, value), lambda: fragments)
            link = dict(parse_qsl(visitor._query))
            async with visitor_within(app) as other:
                fresh = Page(other)
                await fresh.after(other.open("what_if", link), set)
                moved = {name for name, one in states(visitor).items() ^ states(other).items()}
            notes = [one.notes for one in cached.world().models.scenarios.values()]  # which no link holds
            here = [one for one in page.shown if not any(json.dumps(note)[1:40] in one for note in notes)]
            there = fresh.shown
            told.append(
                {
                    "moved": control.label,
                    "to": value,
                    "messages": drawn.messages,
                    "part": bool(fragments),
                    "only here": [one for one in here if one not in there],
                    "only anew": [one for one in there if one not in here],
                    "otherwise": sorted(moved),
                    "as many": len(here) == len(there),
                }
            )
    return told


if __name__ == "__main__":
    print(json.dumps(asyncio.run(walk(int(sys.argv[1])))))
