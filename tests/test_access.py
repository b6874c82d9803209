"""Who may load plan records: by config, by what a token says and by the clock; what reaches memory."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartParser
from starlette.types import Message, Receive, Scope, Send
from streamlit import auth_util, config
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from explorer.app import access
from explorer.app.loading import _STANDING
from explorer.app.serving import audit, files_in, signing_in
from explorer.serving_entries import Access
from tests.fixtures import shipped_world
from tests.test_nothing_leaks import ROOT

SETTINGS = shipped_world().config.serving
ANALYSTS = [{"claim": "email", "values": ["a@x.example"]}, {"claim": "groups", "values": ["analysts"]}]
SIGN_IN = {
    "redirect_uri": "http://localhost/oauth2callback",
    "cookie_secret": "s" * 40,
    "client_id": "me",
    "client_secret": "p",
    "server_metadata_url": "http://localhost/.well-known/openid-configuration",
}
NOW = 1_800_000_000.0
TOKEN = {"is_logged_in": True, "aud": "me", "iat": NOW - 60, "email": "A@x.example", "email_verified": True}


def settings(who: str = "analysts") -> Access:
    changed = SETTINGS.access.model_dump() | {"who_may_load": who, "analysts": ANALYSTS}
    return Access.model_validate(changed)


def standing(token: Mapping[str, Any], sign_in: Mapping[str, Any] = SIGN_IN, **environment: str) -> access.Standing:
    return access.judged(token, access.rules_of(settings(), environment, sign_in), NOW)


def test_on_ones_own_machine_everybody_may_load() -> None:
    assert access.judged({}, access.rules_of(SETTINGS.access, {}, {}), NOW) == "anybody"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "analyst"),
        ({"aud": ["other", "me"]}, "analyst"),
        ({"email": "b@x.example", "groups": ["analysts", "others"]}, "analyst"),
        ({"email": "b@x.example", "groups": "analysts"}, "analyst"),
        ({"email": "b@x.example"}, "no analyst"),
        ({"email_verified": False}, "no analyst"),
        ({"email_verified": None}, "no analyst"),
        ({"email": "b@x.example", "groups": {"analysts": 1}}, "no analyst"),
        ({"email": ""}, "no analyst"),
        ({"iat": NOW - 10 * 3600 + 1}, "analyst"),
        ({"iat": NOW - 10 * 3600}, "too long ago"),
        ({"iat": NOW + 301}, "too long ago"),
        ({"iat": None}, "too long ago"),
        ({"iat": True}, "too long ago"),
        ({"iat": float("nan")}, "too long ago"),
        ({"aud": "other"}, "signed out"),
        ({"aud": None}, "signed out"),
        ({"is_logged_in": "true"}, "signed out"),
        ({"is_logged_in": False}, "signed out"),
    ],
)
def test_a_token_is_believed_only_where_all_of_it_fits(change: dict[str, Any], expected: str) -> None:
    assert standing({**TOKEN, **change}) == expected


@pytest.mark.parametrize("missing", SIGN_IN)
def test_without_signing_in_set_up_nobody_may_load(missing: str) -> None:
    short = {name: value for name, value in SIGN_IN.items() if name != missing}
    assert standing(TOKEN, short) == standing({}, {}) == standing(TOKEN, {**SIGN_IN, missing: ""}) == "not set up"
    assert "not set up" not in access.MAY_LOAD


def test_the_environment_goes_first_and_a_word_that_is_none_lets_nobody_load() -> None:
    assert standing({}, EXPLORER_WHO_MAY_LOAD="everyone") == "anybody"
    for word in ("nobody", "analyst", "", "Everyone"):
        assert standing(TOKEN, EXPLORER_WHO_MAY_LOAD=word) == "nobody"


def test_without_a_list_of_analysts_nobody_is_one() -> None:
    bare = Access.model_validate(settings().model_dump() | {"analysts": []})
    assert access.judged(TOKEN, access.rules_of(bare, {}, SIGN_IN), NOW) == "no analyst"


# --- On the page -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["analysts", "nobody"])
def test_the_page_says_why_nobody_can_load_and_shows_the_rest(who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.WHO_MAY_LOAD, who)
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["choices"] = {"data": "published", "area": "358", "year": 2025}
    app.switch_page("explorer/app/pages/data.py").run()
    assert not app.exception
    said = [one.value for one in app.markdown]
    assert _STANDING["not set up" if who == "analysts" else "nobody"] in said
    assert not app.get("file_uploader")
    assert any("Every page shows published figures." in one for one in said)


def test_a_loaded_file_goes_when_its_reader_may_not_have_it_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["loaded plan records"] = shipped_world()
    app.session_state["choices"] = {"data": "upload", "area": "358", "year": 2025}
    monkeypatch.setenv(access.WHO_MAY_LOAD, "nobody")
    app.switch_page("explorer/app/pages/about.py").run()
    assert "loaded plan records" not in app.session_state
    assert app.session_state["choices"]["data"] == "published"


def test_a_control_of_what_if_asks_too_whether_the_file_may_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A control draws its part alone, so hours can pass without the whole page being drawn."""
    dropped = iter([False, True, False, False])  # page, part, and both again once it was dropped
    monkeypatch.setattr(access, "keep_to_it", lambda world: next(dropped))
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["choices"] = {"data": "published", "area": "358", "year": 2025}
    app.switch_page("explorer/app/pages/what_if.py").run()
    assert not app.exception
    assert next(dropped, None) is None


# --- On the way in -----------------------------------------------------------------------------------------------


class Place:
    """Streamlit's own place for files, as far as it keeps what comes."""

    def __init__(self, pause: float = 0.0) -> None:
        self.manager, self.pause, self.taken = MemoryUploadedFileManager("/upload"), pause, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self.pause)
        content = (await receive())["body"]
        page, name = scope["path"].split("/")[-2:]
        self.manager.add_file(page, UploadedFileRec(name, "a.csv", "text/csv", content))
        self.taken += 1
        await send({"type": "http.response.start", "status": 204, "headers": []})


def put(
    place: Place,
    size: int,
    page: str = "one",
    name: str = "a",
    who: str = "analysts",
    said_size: int | None = None,
    **headers: str,
) -> int:
    """The status of the answer to a file."""
    files = SETTINGS.files.model_copy(
        update={
            field: getattr(SETTINGS.files, field).model_copy(update={"value": value})
            for field, value in {"held_by_one": 1, "held": 1.5, "sending": 0.05}.items()
        }
    )
    guard = files_in.FilesIn(place, files, settings(who), lambda: 1_000)
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * size, "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    sent = {
        "content-length": str(size if said_size is None else said_size),
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }
    scope: Scope = {
        "type": "http",
        "method": "PUT",
        "path": f"/_stcore/upload_file/{page}/{name}",
        "headers": [(key.encode(), value.encode("latin-1")) for key, value in sent.items() if value],
    }
    with ThreadPoolExecutor(1) as own:  # a browser of other tests may have a loop in this thread
        own.submit(asyncio.run, guard(scope, receive, send)).result()
    return int(said[0]["status"])


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    found = Place()
    monkeypatch.setattr(files_in, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=found.manager))
    monkeypatch.setattr(files_in, "get_secrets_auth_section", lambda: SIGN_IN)
    monkeypatch.setattr(files_in, "get_cookie_secret", lambda: SIGN_IN["cookie_secret"])
    monkeypatch.setattr(files_in, "get_origin_from_redirect_uri", lambda: "http://localhost")
    monkeypatch.setattr(time, "time", lambda: NOW)
    return found


def cookie(secret: str = SIGN_IN["cookie_secret"], **change: Any) -> str:
    parts: dict[str, str] = {}
    auth_util.set_cookie_with_chunks(
        lambda name, value: parts.update({name: create_signed_value(secret, name, value).decode()}),
        lambda name, value: create_signed_value(secret, name, value),
        "_streamlit_user",
        {**TOKEN, "origin": "http://localhost", **change},
        cookie_attr_size=60,
    )
    return "; ".join(f"{name}={value}" for name, value in parts.items())


def test_only_who_may_load_sends_more_than_a_what_if(place: Place) -> None:
    assert put(place, 100_000) == 403
    assert put(place, 100_000, cookie=cookie(secret="another")) == 403
    assert put(place, 100_000, cookie=cookie(origin="http://elsewhere")) == 403
    assert put(place, 100_000, cookie=cookie(iat=NOW - 40_000)) == 403
    assert put(place, 100_000, cookie=cookie(email="b@x.example")) == 403
    assert put(place, 100_000, cookie="_streamlit_user=nonsense") == 403
    assert (place.taken, place.manager.file_storage) == (0, {})
    assert put(place, 1_000) == 204
    assert put(place, 100_000, cookie=cookie()) == 204
    assert put(place, 100_000, who="everyone") == 204
    assert put(place, 100_000, cookie=cookie(), who="nobody") == 403
    assert place.taken == 3


def test_no_page_and_not_all_together_hold_more_than_there_is_room_for(place: Place) -> None:
    assert put(place, 600_000, name="a", who="everyone") == 204
    assert put(place, 600_000, name="b", who="everyone") == 413
    assert put(place, 600_000, page="two", who="everyone") == 204
    assert put(place, 600_000, page="three", who="everyone") == 507
    place.manager.remove_session_files("one")
    assert put(place, 600_000, page="three", who="everyone") == 204


@pytest.mark.parametrize("length", ["", "-1", "ten", "1e3", "\u00b2", "9" * 40])
def test_a_file_of_unknown_length_is_not_taken(place: Place, length: str) -> None:
    assert put(place, 10, who="everyone", content_length=length) == 411
    assert place.taken == 0


def test_a_file_in_chunks_is_not_taken_whatever_length_is_said_beside_it(place: Place) -> None:
    """The server takes chunks for what comes and leaves the length unread (RFC 9112, 6.3)."""
    assert put(place, 100_000, said_size=10, transfer_encoding="chunked") == 411
    assert put(place, 10, who="everyone", transfer_encoding="identity") == 411
    assert place.taken == 0


def test_no_more_is_taken_than_was_said(place: Place) -> None:
    assert put(place, 100_000, said_size=10) == 413
    assert (place.taken, place.manager.file_storage) == (0, {})


def test_a_file_on_its_way_never_touches_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MultiPartParser, "spool_max_size", MultiPartParser.spool_max_size)
    files_in.keep_off_the_disk()
    size = 20 * 2**20

    async def parts() -> AsyncGenerator[bytes, None]:
        yield b'--B\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n'
        for _ in range(size // 2**20 + 1):
            yield b"x" * 2**20
        yield b"\r\n--B--\r\n"

    async def rolled() -> bool:
        headers = Headers({"content-type": "multipart/form-data; boundary=B"})
        form = await MultiPartParser(headers, parts()).parse()
        (file,) = (one for one in form.values() if isinstance(one, UploadFile))
        with file.file as content:
            return bool(content._rolled)  # type: ignore[attr-defined]

    with ThreadPoolExecutor(1) as own:
        assert own.submit(asyncio.run, rolled()).result() is False
    assert MultiPartParser.spool_max_size > (config.get_option("server.maxUploadSize") + 1) * 2**20


def test_who_is_kept_out_is_named_where_they_signed_in(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[audit.Line] = []
    monkeypatch.setattr(audit, "write", lines.append)
    monkeypatch.setattr(access, "get_secrets_auth_section", lambda: SIGN_IN)
    known = {"iss": "https://a", "sub": "17", "email": "b@x.example"}
    assert put(place, 100_000, cookie=cookie(**known)) == 403
    assert put(place, 100_000) == 403
    assert [line.who for line in lines] == [
        audit.person("https://a", "17", SIGN_IN["cookie_secret"]), audit.NOBODY,
    ]  # fmt: skip


def test_a_file_that_is_too_long_on_its_way_is_given_up(place: Place) -> None:
    place.pause = 1
    assert put(place, 10, who="everyone") == 408
    assert place.taken == 0


@pytest.mark.parametrize(
    ("referer", "to"),
    [
        ("http://here/data?v=1&area=358", "/data?v=1&area=358"),
        ("http://here/trends?name=a%20b%0d%0a", "/trends?name=a%20b%0d%0a"),
        ("http://elsewhere/data", "/data"),
        ("http://here//elsewhere.example", "/data"),
        ("http://here/\\elsewhere.example", "/data"),
        ("http://here/" + "x" * 5_000, "/data"),
        ("", "/data"),
        ("nonsense", "/data"),
    ],
)
def test_signing_in_leads_back_to_a_page_of_this_program_alone(referer: str, to: str) -> None:
    headers = Headers({"referer": referer, "host": "here"})
    page = signing_in._page_of(headers)
    assert page == to
    written = signing_in._cookie("from", page, 9, "https").split(";")[0].removeprefix("from=")
    assert signing_in._inside(written) == to
    assert all(letter not in written for letter in ' ;,"\r\n')


def test_over_https_a_cookie_goes_over_https_alone() -> None:
    assert signing_in._cookie("from", "/", 9, "https").endswith("; Secure")
    assert "Secure" not in signing_in._cookie("from", "/", 9, "http")


def test_every_standing_is_told_in_words_that_fit() -> None:
    told = json.dumps(_STANDING, default=str)
    assert set(_STANDING) == {"nobody", "not set up", "signed out", "too long ago", "no analyst", "analyst"}
    assert "OIDC" not in told
    assert "token" not in told
