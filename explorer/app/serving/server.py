"""The app as a server runs it: ``uvicorn explorer.app.serving.server:app``, or ``python -m explorer serve``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from explorer.app import cached, saved
from explorer.app.serving import audit, fault_words, health, logs, made_files, measures, settings
from explorer.app.serving.files_in import FilesIn, keep_off_the_disk
from explorer.app.serving.headers import Guarded
from explorer.app.serving.limits import Limited
from explorer.app.serving.replicas import Replicas
from explorer.app.serving.signing_in import SigningIn
from explorer.app.serving.warming import warm_up
from explorer.app.serving.watching import Watching
from explorer.config import load_config

_ROOT = Path(__file__).parents[3]
SCRIPT = _ROOT / "streamlit_app.py"
_READY = "readiness"  # in the app's state, once it has warmed up


@asynccontextmanager
async def _lifespan(served: st.App) -> AsyncIterator[dict[str, Any]]:
    world = cached.world()
    await warm_up(served, world.config.serving.warm_up)
    served.state[_READY] = health.Readiness(served, world.config.serving.health, partial(saved.at_hand, world))
    yield {}


def _safe_app() -> st.App:
    """The app behind what keeps harm away.

    Raises:
        ConfigError: a setting that safety hangs on is not as it has to be.
    """
    config = load_config(cached.config_folder())
    safety, address = config.serving.safety, settings.address_of(config.app.address.value)
    settings.settle(address, safety)
    settings.hold(safety)
    settings.look_up_once()
    fault_words.keep_quiet()
    made_files.name_whole()
    keep_off_the_disk()
    logs.set_up(logs.chosen(config.serving.logs.form))
    audit.open_log()
    served = st.App(
        SCRIPT,
        lifespan=_lifespan,
        routes=[*health.routes(lambda: served.state.get(_READY)), *measures.ROUTES],
        middleware=[
            Middleware(Watching, slow=config.serving.logs.slow.value),
            Middleware(Guarded, address=address, safety=safety),
            Middleware(Limited, safety=safety),
            Middleware(Replicas),
            Middleware(FilesIn, files=config.serving.files, who=config.serving.access, small=_largest_what_if),
            Middleware(SigningIn),
        ],
        on_script_error=measures.counted(fault_words.tell),
    )
    return served


def _largest_what_if() -> float:
    return cached.world().models.what_if.files.max_bytes.value


app = _safe_app()
