"""A server that is told to stop lets its readers finish first, and then hands them over a few at a time."""

import asyncio
import logging
import signal
from dataclasses import dataclass
from types import FrameType

import uvicorn

from explorer.serving_names import LEAVING

_LOG = logging.getLogger(__name__)
_TICKS = 10  # uvicorn looks ten times a second whether it should stop


@dataclass(frozen=True)
class Stop:
    """How a server leaves: ``grace`` seconds for its readers, then so many handed over ``each_second``."""

    grace: float
    each_second: float


class Server(uvicorn.Server):
    """As uvicorn's, but SIGTERM begins a farewell: no new readers, then none, then the end.

    Those that open a page meanwhile are told 503, so that a proxy asks the other replica. A second SIGTERM, and SIGINT
    (Ctrl-C), end it at once.
    """

    def __init__(self, config: uvicorn.Config, stop: Stop | None) -> None:
        """As uvicorn's; ``stop`` is None where no other takes over, so that waiting would help nobody."""
        super().__init__(config)
        self._stop = stop
        self._leaving = False
        self._since: float | None = None  # by the loop's clock

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to leave where SIGTERM comes for the first time."""
        if self._stop is not None and sig == signal.SIGTERM and self.started and not self._leaving:
            self._leaving = True
            self.lifespan.state[LEAVING] = True
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop now; while it is leaving, look who is still here."""
        if self._stop is not None and self._leaving:
            now = asyncio.get_running_loop().time()
            self._since = self._since or now
            self._farewell(self._stop, now - self._since, counter)
        return await super().on_tick(counter)

    def readers(self) -> list[asyncio.Protocol]:
        """Conversations with readers' pages that are open."""
        kind = self.config.ws_protocol_class
        return [there for there in self.server_state.connections if kind is not None and isinstance(there, kind)]

    def _farewell(self, stop: Stop, gone: float, counter: int) -> None:
        here = self.readers()
        if counter % _TICKS == 0:
            _LOG.info("Leaving: %s readers are still here", len(here))
        if not here:
            self.should_exit = True
        elif gone > stop.grace:
            for reader in here[: max(1, round(stop.each_second / _TICKS))]:
                self.server_state.connections.discard(reader)
                reader.shutdown()  # type: ignore[attr-defined]
