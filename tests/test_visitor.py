"""The visitor without a browser: what it tells the server, what it keeps, what it counts as wrong."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NumberInput_pb2 import NumberInput

from explorer.app.serving.visitor import Visitor

Result = TypeVar("Result")
PART = "a part"


class Server:
    """Keeps what it is told, and says what it was given to say."""

    def __init__(self) -> None:
        self.told: list[ClientState] = []
        self.says: list[ForwardMsg] = []
        self.visitor = Visitor(self._hear, self._say, "http://here")

    async def _hear(self, message: bytes) -> None:
        self.told.append(BackMsg.FromString(message).rerun_script)

    async def _say(self) -> bytes:
        if not self.says:
            raise ConnectionError("gone")
        return bytes(self.says.pop(0).SerializeToString())

    def run(self, work: Coroutine[Any, Any, Result], *says: ForwardMsg, fragments: Iterable[str] = ()) -> Result:
        self.says = [*says, finished(fragments)]
        return asyncio.run(work)

    def states(self) -> dict[str, Any]:
        """What the last message told of each control."""
        found = {}
        for state in self.told[-1].widget_states.widgets:
            kind = state.WhichOneof("value")
            value: Any = getattr(state, kind) if kind else None
            found[state.id] = list(value.data) if hasattr(value, "data") else value
        return found


def finished(fragments: Iterable[str] = (), how: str = "FINISHED_SUCCESSFULLY") -> ForwardMsg:
    said = ForwardMsg(script_finished=ForwardMsg.ScriptFinishedStatus.Value(how))
    said.metadata.run.fragment_ids.extend(fragments)
    return said


def element(kind: str, at: tuple[int, ...] = (0, 0), fragment: str = "", **values: object) -> ForwardMsg:
    said = ForwardMsg()
    said.metadata.delta_path.extend(at)
    said.delta.fragment_id = fragment
    found = getattr(said.delta.new_element, kind)
    found.SetInParent()
    for name, value in values.items():
        if isinstance(value, list):
            getattr(found, name).extend(value)
        else:
            setattr(found, name, value)
    return said


def block(kind: str, at: tuple[int, ...], **values: object) -> ForwardMsg:
    said = ForwardMsg()
    said.metadata.delta_path.extend(at)
    found = getattr(said.delta.add_block, kind)
    found.SetInParent()
    for name, value in values.items():
        setattr(found, name, value)
    return said


def slider(**values: object) -> ForwardMsg:
    return element("slider", **{"id": "s", "label": "How far", "default": [1.0], "fragment": PART} | values)  # type: ignore[arg-type]


def picture(name: str = "", fragment: str = "") -> ForwardMsg:
    said = element("vega_lite_chart", fragment=fragment, spec="{}")
    if name:
        said.hash, said.metadata.cacheable = name, True
    return said


@pytest.fixture
def server() -> Server:
    return Server()


def test_a_page_is_opened_by_its_address(server: Server) -> None:
    drawn = server.run(server.visitor.open("what_if", {"v": "1", "area": "358"}), picture(), picture())
    first = server.told[0]
    assert (first.page_name, first.page_script_hash, first.query_string) == ("what_if", "", "v=1&area=358")
    assert first.context_info.url == "http://here/what_if"
    assert (drawn.pictures, drawn.messages, drawn.faults, drawn.begun_again) == (2, 3, [], 0)
    assert drawn.letters > 0
    assert drawn.seconds > 0


def test_a_movement_tells_page_part_address_and_every_control(server: Server) -> None:
    page, moved_on, session = ForwardMsg(), ForwardMsg(), ForwardMsg()
    page.navigation.page_script_hash = "the page"
    moved_on.page_info_changed.query_string = "v=1&if=x"
    session.new_session.page_script_hash = "the first page"
    session.new_session.initialize.session_id = "me"
    told = [
        element("selectbox", id="b", label="Whom", options=["X", "Y"], default=1),
        element("multiselect", id="m", label="Some", options=["X", "Y"], default=[0]),
        element("checkbox", id="c", label="Or not", default=True),
        element("number_input", id="n", label="Whole", default=3.0, data_type=NumberInput.INT),
        element("number_input", id="e", label="Empty", data_type=NumberInput.FLOAT),
        element("text_input", id="t", label="Words", default="so"),
        element("button", id="d", label="Do"),
        element("slider", id="p", label="Named", options=["low", "high"], default=[1.0]),
        slider(),
    ]
    server.run(server.visitor.open("what_if"), session, page, *told, moved_on)
    server.run(server.visitor.move("How far", 0.5), slider(), fragments=[PART])
    last = server.told[-1]
    assert (last.page_script_hash, last.page_name, last.fragment_id) == ("the page", "", PART)
    assert last.query_string == "v=1&if=x"
    assert server.visitor.session == "me"
    untouched = {"b": "Y", "m": ["X"], "c": True, "n": 3, "e": None, "t": "so", "p": ["high"]}
    assert server.states() == {**untouched, "s": [0.5]}  # nothing of the button


def test_what_the_server_sets_goes_first_and_else_what_the_reader_set(server: Server) -> None:
    server.run(server.visitor.open(), slider())
    server.run(server.visitor.move("How far", 0.5), slider(), fragments=[PART])
    server.run(server.visitor.move("How far", 0.6), slider(set_value=True, value=[0.7]), fragments=[PART])
    assert server.states() == {"s": [0.6]}
    server.run(server.visitor.come_back(server._hear, server._say))
    assert server.states() == {"s": [0.7]}


def test_what_is_folded_away_is_told_once_it_was_opened(server: Server) -> None:
    folded = block("expandable", (0, 1), id="f", label="More", expanded=False)
    behind = [block("popover", (0, 2), label="Behind"), slider(id="x", label="Hidden", at=(0, 2, 0))]
    server.run(server.visitor.open(), folded, *behind, slider())
    server.run(server.visitor.move("How far", 0.5), slider(), fragments=[PART])
    assert server.states() == {"s": [0.5]}
    server.run(server.visitor.move("More", True), folded)
    assert server.states() == {"s": [0.5], "f": True}


def test_a_button_is_told_once(server: Server) -> None:
    button = element("button", id="d", label="Do")
    server.run(server.visitor.open(), button, slider(fragment=""))
    server.run(server.visitor.press("Do"), button, slider(fragment=""))
    assert server.states() == {"s": [1.0], "d": True}
    server.run(server.visitor.move("How far", 2.0), button, slider(fragment=""))
    assert server.states() == {"s": [2.0]}


def test_what_is_drawn_no_more_is_forgotten_a_part_forgets_its_own_alone(server: Server) -> None:
    other = element("checkbox", id="c", label="Or not", fragment="another part")
    server.run(server.visitor.open(), slider(), other, slider(id="t", label="How long"))
    server.run(server.visitor.move("How far", 0.5), slider(), fragments=[PART])
    assert set(server.visitor.controls) == {"How far", "Or not"}
    server.run(server.visitor.move("Or not", True))
    assert server.visitor.controls == {}
    with pytest.raises(KeyError):
        asyncio.run(server.visitor.move("How far", 1.0))


def test_messages_that_are_kept_need_not_come_again_until_they_are_old(server: Server) -> None:
    session = ForwardMsg()
    session.new_session.config.max_cached_message_age = 2
    again = ForwardMsg(ref_hash="p")
    again.metadata.delta_path.extend((0, 0))
    server.run(server.visitor.open(), session, picture("p"), picture("q", PART), slider(fragment=""))
    drawn = server.run(server.visitor.move("How far", 0.1), again, slider(fragment=""))
    assert (list(server.told[-1].cached_message_hashes), drawn.pictures) == (["p", "q"], 1)
    for _ in range(2):
        server.run(server.visitor.move("How far", 0.1), again, slider(fragment=""))
    server.run(server.visitor.move("How far", 0.1), slider(fragment=""), fragments=["another part"])
    assert list(server.told[-1].cached_message_hashes) == ["p"]
    server.run(server.visitor.move("How far", 0.1), slider(fragment=""))
    assert list(server.told[-1].cached_message_hashes) == ["p"]  # a run of a part makes nothing of others older


def test_everything_that_is_wrong_is_told(server: Server) -> None:
    nowhere = ForwardMsg()
    nowhere.page_not_found.page_name = "nowhere"
    server.says = [
        nowhere,
        element("exception", message="broken"),
        element("alert", body="not well", format=Alert.ERROR),
        element("alert", body="by the way", format=Alert.INFO),
        finished(how="FINISHED_EARLY_FOR_RERUN"),
        finished(how="FINISHED_WITH_COMPILE_ERROR"),
    ]
    drawn = asyncio.run(server.visitor.open())
    assert drawn.faults == ["there is no page 'nowhere'", "broken", "the page does not compile"]
    assert (drawn.errors, drawn.begun_again, drawn.messages) == (["not well"], 1, 6)
    with pytest.raises(ConnectionError):
        asyncio.run(server.visitor.open())


def test_who_comes_back_asks_for_the_page_only_after_a_part(server: Server) -> None:
    server.run(server.visitor.open(), slider())
    assert asyncio.run(server.visitor.come_back(server._hear, server._say)) is None
    server.run(server.visitor.move("How far", 0.5), slider(), fragments=[PART])
    assert server.run(server.visitor.come_back(server._hear, server._say), slider()) is not None
    assert (server.states(), server.told[-1].fragment_id) == ({"s": [0.5]}, "")
