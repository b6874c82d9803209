"""What one replica leaves to the other: new readers while it is leaving, and files of readers that it does not know.

A reader's cookie names a replica for as long as the browser is open, and the session may meanwhile be with the other:
the first was away for a while. So a replica says 503 to what is not its own, and the proxy asks the other. And a page
that comes over asks for the part that its reader moved, which this one has never drawn: it gets the whole page.
"""

from dataclasses import dataclass

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime

from explorer.serving_names import FINISHED_WITHIN, LEAVING, UPLOADS

_SAID = "This copy of the program is not the one. Please try again."


def is_leaving(scope: Scope) -> bool:
    """Whether the server was told to stop, as it said with this request."""
    return bool(scope.get("state", {}).get(LEAVING))


class Replicas:
    """ASGI middleware that refuses with 503 what the other replica should answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say that the other should."""
        if scope["type"] == "websocket" and is_leaving(scope):
            await _refuse_conversation(scope, receive, send)
        elif scope["type"] == "websocket":
            talk = _Conversation(receive, send)
            await self._app(scope, talk.hear, talk.say)
        elif scope["type"] == "http" and scope["path"].startswith(UPLOADS) and _of_another(scope):
            await PlainTextResponse(_SAID, 503)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


@dataclass
class _Conversation:
    """One page's messages, of which the first are answered with the whole page.

    A browser that comes over from another process does not ask for its page again where that stands complete. Streamlit
    leaves out what is then asked of a part that the new session has not drawn, without a word, and the page is dead.
    """

    receive: Receive
    send: Send
    whole: bool = False

    async def hear(self) -> Message:
        message = await self.receive()
        if not self.whole and (content := message.get("bytes")):
            return {**message, "bytes": _of_the_page(content)}
        return message

    async def say(self, message: Message) -> None:
        if not self.whole and (content := message.get("bytes")) and len(content) < FINISHED_WITHIN:
            said = ForwardMsg.FromString(content)
            finished = said.WhichOneof("type") == "script_finished"
            self.whole = finished and said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        await self.send(message)


def _of_the_page(content: bytes) -> bytes:
    """A message that asks for a part of a page, as one that asks for the page; any other as it is."""
    try:
        said = BackMsg.FromString(content)
    except DecodeError:
        return content
    if said.WhichOneof("type") != "rerun_script" or not said.rerun_script.fragment_id:
        return content
    said.rerun_script.fragment_id = ""
    return bytes(said.SerializeToString())


def _of_another(scope: Scope) -> bool:
    """Whether a file is sent to, or taken from, a session that is not here."""
    session = scope["path"].removeprefix(UPLOADS).partition("/")[0]
    return scope["method"] in {"PUT", "DELETE"} and not Runtime.instance().is_active_session(session)


async def _refuse_conversation(scope: Scope, receive: Receive, send: Send) -> None:
    """503 in the place of a conversation: the code for "ask another", which closing it would not give."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await receive()
        await send({"type": "websocket.close", "code": 1012})
        return
    start: Message = {"type": "websocket.http.response.start", "status": 503, "headers": []}
    MutableHeaders(raw=start["headers"])["content-type"] = "text/plain"
    await send(start)
    await send({"type": "websocket.http.response.body", "body": _SAID.encode()})
