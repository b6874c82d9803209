"""A reader of What if with a quick hand, who moves a control before the page shows what the last one brought about.

``python -m tests.quick_hand``: prints, as JSON, after each pair of movements the what-if that the link holds.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from explorer.app.serving import server
from explorer.app.serving.visitor import Visitor
from explorer.app.serving.within import visitor_within

LINK = {"v": "1", "area": "358", "year": "2018"}
PLANNED, SUPPORT = "What Trafford planned in 2018", "Support for one family in four"

Movement = Callable[[Visitor], Awaitable[object]]


def what_if(visitor: Visitor) -> str:
    """The what-if at hand, as the link writes it."""
    return dict(parse_qsl(visitor._query)).get("if", "")


async def quickly(visitor: Visitor, first: Movement, second: Movement) -> None:
    """The second movement before anything that the first one set has come: all other controls still show the old."""
    old = dict(visitor._state)
    await first(visitor)
    moved = {key for key, state in visitor._state.items() if key in old and state != old[key]}
    told = {key: visitor._state[key] for key in moved if not is_start(visitor, key)}
    visitor._state.update({key: old[key] for key in told})
    before = dict(visitor._state)
    await second(visitor)
    # then what the first one set has come as well, save where the second one moved it on
    visitor._state.update({key: state for key, state in told.items() if visitor._state.get(key) == before[key]})


def is_start(visitor: Visitor, identity: str) -> bool:
    """Whether it is the control that the first movement moves."""
    return visitor.controls["Start from"].identity == identity


def start(name: str) -> Movement:
    """Take a what-if that ships."""
    return lambda visitor: visitor.move("Start from", name)


async def told() -> dict[str, list[str]]:
    """By what was done, the what-ifs at hand after it and after one more movement."""
    app, found = server.app, dict[str, list[str]]()
    app._starlette_app = app._build_starlette_app()
    seconds: dict[str, Movement] = {
        "nothing more": lambda visitor: visitor.move("Figure", "Plans open"),
        "a question": lambda visitor: visitor.move("Look closer", "What matters most?"),
        "another figure": lambda visitor: visitor.move("Figure", "Plans open"),
        "another start": start(SUPPORT),
        "no effect": lambda visitor: visitor.press("Back to no effect"),
    }
    async with app._combined_lifespan(app._starlette_app):
        for name, second in seconds.items():
            async with visitor_within(app) as visitor:
                await visitor.open("what_if", LINK)
                if name == "nothing more":
                    await start(PLANNED)(visitor)
                else:
                    await quickly(visitor, start(PLANNED), second)
                after = [what_if(visitor)]
                await visitor.move("Figure", "Plans started")
                found[name] = [*after, what_if(visitor)]
        async with visitor_within(app) as visitor:  # who sees what was set, and moves it back alone
            await visitor.open("what_if", LINK)
            await start(PLANNED)(visitor)
            await asyncio.sleep(1)
            await visitor.move("Restorative conferences", False)
            found["switched off"] = [what_if(visitor)]
    return found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(told())))
