"""A reader without a browser: opens pages and moves controls by the app's own messages.

The server warms itself up with one and asks itself with one whether it is well; the benchmarks send a hundred. It knows
what a browser knows: controls by their labels, what each of them shows, which fragment they stand in, which messages it
need not be sent again. Tests hold what it sends to what Chromium sends.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from explorer.app.serving.page_control import Control, Value

Send = Callable[[bytes], Awaitable[None]]
Receive = Callable[[], Awaitable[bytes]]
Path = tuple[int, ...]
_PICTURES = ("vega_lite_chart", "arrow_vega_lite_chart")
_FOLDED = ("expandable", "popover")


@dataclass
class Drawn:
    """What one run of a page sent.

    ``seconds`` from the request to the end of the run; ``letters`` bytes that came; ``pictures`` how many charts came;
    ``begun_again`` how often the page broke off what it drew to begin anew; ``faults`` what was wrong: exceptions by
    their message, a page that is not there or does not compile; ``errors`` what the page itself told as an error.
    """

    seconds: float = 0.0
    messages: int = 0
    letters: int = 0
    pictures: int = 0
    begun_again: int = 0
    faults: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class _Kept:
    """A message that need not be sent again while it is used: when it last was, and of which fragment it is."""

    message: ForwardMsg
    used: int
    fragment: str


class Visitor:
    """One reader's session over a pair of functions that carry bytes.

    Args:
        address: under which the app is seen, as in ``http://localhost:8501``.
    """

    def __init__(self, send: Send, receive: Receive, address: str = "http://localhost") -> None:
        self._send, self._receive, self._address = send, receive, address
        self._kept: dict[str, _Kept] = {}
        self._runs, self._longest_kept = 0, 2
        self._page, self._path, self._query, self._fragments = "", "", "", False
        self._state: dict[str, WidgetState] = {}
        self._seen: set[str] = set()
        self._places: dict[str, Path] = {}
        self._entered: set[Path] = set()  # blocks that the run drew
        self._behind: set[Path] = set()  # blocks whose content a browser does not build
        self._known: dict[str, Control] = {}
        self.session = ""

    @property
    def controls(self) -> dict[str, Control]:
        """The controls of the page by their labels."""
        return {control.label: control for control in self._known.values()}

    async def open(self, page: str = "", link: Mapping[str, str] | None = None) -> Drawn:
        """Open a page by its name in its address, as its link does.

        Args:
            page: the empty string for the first page.
            link: choices by their names in a link.
        """
        self._path, self._query, self._page = page, urlencode(link or {}), ""
        self._state, self._known, self._seen, self._behind = {}, {}, set(), set()
        return await self._run("")

    async def move(self, label: str, value: Value) -> Drawn:
        """Move a control to a value, as its reader would.

        Args:
            value: as ``Control.state`` takes it.

        Raises:
            KeyError: the page has no control of that label.
        """
        control = self.controls[label]
        self._state[control.identity] = control.state(value)
        return await self._run(control.fragment)

    async def press(self, label: str) -> Drawn:
        """Press a button.

        Raises:
            KeyError: the page has no button of that label.
        """
        control = self.controls[label]
        return await self._run(control.fragment, WidgetState(id=control.identity, trigger_value=True))

    async def come_back(self, send: Send, receive: Receive) -> Drawn | None:
        """Go on over another connection, after the first one broke.

        As a browser does it asks for the page only if what it drew last was a part of it; else the page stands, and
        what is moved next tells the server everything.
        """
        self._send, self._receive = send, receive
        return await self._run("") if self._fragments else None

    async def _run(self, fragment: str, pressed: WidgetState | None = None) -> Drawn:
        drawn, began = Drawn(), time.perf_counter()
        self._seen, self._entered = set(), set()
        drew = False  # a control that names what to draw breaks off a run that drew nothing yet
        await self._send(self._request(fragment, pressed).SerializeToString())
        while True:
            came = await self._receive()
            drawn.messages += 1
            drawn.letters += len(came)
            said = ForwardMsg.FromString(came)
            if said.WhichOneof("type") != "script_finished":
                whole = self._whole(said)
                drew = drew or whole.WhichOneof("type") == "delta"
                self._take(whole, drawn)
            elif said.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                drawn.begun_again += drew
                drew = False
            else:
                if said.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    drawn.faults.append("the page does not compile")
                drawn.seconds = time.perf_counter() - began
                self._tidy(set(said.metadata.run.fragment_ids))
                return drawn

    def _request(self, fragment: str, pressed: WidgetState | None) -> BackMsg:
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash, run.fragment_id = self._query, self._page, fragment
        if not self._page:
            run.page_name = self._path
        run.widget_states.widgets.extend(self._state.values())
        if pressed:
            run.widget_states.widgets.append(pressed)
        run.widget_states.SetInParent()
        run.cached_message_hashes.extend(self._kept)
        where = run.context_info
        where.timezone, where.timezone_offset, where.locale = "UTC", 0, "en-GB"
        where.url, where.is_embedded, where.color_scheme = f"{self._address}/{self._path}", False, "light"
        return message

    def _whole(self, said: ForwardMsg) -> ForwardMsg:
        """The message itself, where the server sent only the name of one that this reader has kept."""
        if said.WhichOneof("type") == "ref_hash":
            kept = self._kept[said.ref_hash]
            kept.used = self._runs
            whole = ForwardMsg()
            whole.CopyFrom(kept.message)
            whole.metadata.CopyFrom(said.metadata)
            return whole
        if said.metadata.cacheable and said.hash:
            self._kept.setdefault(said.hash, _Kept(said, self._runs, said.delta.fragment_id)).used = self._runs
        return said

    def _take(self, said: ForwardMsg, drawn: Drawn) -> None:
        match said.WhichOneof("type"):
            case "new_session":
                self.session = said.new_session.initialize.session_id
                self._longest_kept = said.new_session.config.max_cached_message_age
            case "navigation":
                self._page = said.navigation.page_script_hash
            case "page_info_changed":
                self._query = said.page_info_changed.query_string
            case "page_not_found":
                drawn.faults.append(f"there is no page {said.page_not_found.page_name!r}")
            case "delta":
                path = tuple(said.metadata.delta_path)
                self._behind.discard(path)
                match said.delta.WhichOneof("type"):
                    case "new_element":
                        self._see(said.delta.new_element, said.delta.fragment_id, path, drawn)
                    case "add_block":
                        self._enter(said.delta.add_block, said.delta.fragment_id, path)

    def _enter(self, block: Block, fragment: str, path: Path) -> None:
        self._entered.add(path)
        kind = block.WhichOneof("type") or ""
        if kind in _FOLDED:
            fold = getattr(block, kind)
            self._meet(Control(fold.label, fold.id, fragment, kind, fold), path)
            if kind == "popover" and not fold.id:
                self._behind.add(path)

    def _see(self, element: Element, fragment: str, path: Path, drawn: Drawn) -> None:
        kind = element.WhichOneof("type")
        if kind is None:
            return
        found = getattr(element, kind)
        if kind == "exception":
            drawn.faults.append(found.message)
        if kind == "alert" and found.format == Alert.ERROR:
            drawn.errors.append(found.body)
        if kind in _PICTURES:
            drawn.pictures += 1
        built = not any(path[: len(behind)] == behind for behind in self._behind)
        label, identity = getattr(found, "label", ""), getattr(found, "id", "")
        self._meet(Control(label, identity, fragment, kind, found, built), path)

    def _meet(self, control: Control, path: Path) -> None:
        """Know a control from now on, and what it shows."""
        if not (control.label and control.identity):
            return
        self._known[control.identity] = control
        self._places[control.identity] = path
        self._seen.add(control.identity)
        untold = control.set_by_server or control.identity not in self._state
        if control.told_untouched and untold:
            self._state[control.identity] = control.state(control.shown())

    def _tidy(self, fragments: set[str]) -> None:
        """Forget what the run did not draw again, and messages that were not used for a while."""
        self._fragments = bool(fragments)
        for identity, control in list(self._known.items()):
            of_the_run = not fragments or control.fragment in fragments or self._within(identity)
            if identity not in self._seen and of_the_run:
                del self._known[identity]
                self._state.pop(identity, None)
        self._runs += 1
        self._kept = {
            name: kept
            for name, kept in self._kept.items()
            if (fragments and kept.fragment not in fragments) or self._runs - kept.used <= self._longest_kept
        }

    def _within(self, identity: str) -> bool:
        """Whether a control stood in a block that the run drew: a part that stands in another goes with it."""
        path = self._places[identity]
        return any(path[:length] in self._entered for length in range(1, len(path)))
