"""Signing in, in a browser against a provider of identities on this machine: who may load, and who is told what."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.steps import open_page
from tests.browser.test_plan_records import DATA, drop
from tests.deployment import free_port, laid_out, served
from tests.identity_provider import Provider, provider
from tests.test_nothing_leaks import tiny

ANALYST = {"sub": "person-17", "email": "Asha.Analyst@trafford.example", "email_verified": True, "name": "Asha Analyst"}
VISITOR = {"sub": "person-18", "email": "vic@elsewhere.example", "email_verified": True, "groups": ["members"]}
ANALYSTS = """analysts:
    - claim: email
      values: [asha.analyst@trafford.example]
    - claim: groups
      values: [explorer-analysts]"""
FIRST = "To load plan records, sign in first."
LOADED = "extract.csv: a plain table of plans for Trafford"


@pytest.fixture(scope="module")
def identities() -> Iterator[Provider]:
    with provider(free_port()) as found:
        yield found


@pytest.fixture(scope="module")
def log(identities: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a deployment that only analysts may load into, and its log."""
    port = free_port()
    where = f"http://localhost:{port}"
    folder = laid_out(
        tmp_path_factory.mktemp("deployment"),
        {"serving.yaml": ("analysts: []", ANALYSTS)},
        identities.secrets_toml(where),
    )
    with served(folder, port, {"EXPLORER_WHO_MAY_LOAD": "analysts"}) as file:
        yield where, file


@pytest.fixture
def guarded(log: tuple[str, Path], identities: Provider) -> str:
    identities.claims, identities.lies, identities.refuses = dict(ANALYST), {}, False
    return log[0]


def lines_of(log: Path) -> list[dict[str, Any]]:
    """The audit's lines in a log."""
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith('{"time"')]


def sign_in(page: Page, address: str) -> None:
    open_page(page, address + DATA)
    expect(page.get_by_text(FIRST)).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    page.get_by_role("button", name="Sign in").click()


def test_an_analyst_signs_in_loads_and_signs_out(
    page: Page, browser: Browser, guarded: str, log: tuple[str, Path]
) -> None:
    sign_in(page, guarded)
    expect(page.get_by_text("You are signed in and may load plan records.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/data\?.*area=358"))  # where it was begun, with its choices
    drop(page, "extract.csv", tiny(1).encode())
    expect(page.get_by_text(LOADED)).to_be_visible()

    other = browser.new_context().new_page()  # another reader of the same address is nobody
    open_page(other, guarded + DATA)
    expect(other.get_by_text(FIRST)).to_be_visible()
    other.context.close()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text(FIRST)).to_be_visible()
    expect(page.get_by_text(LOADED)).to_have_count(0)
    assert not [one for one in page.context.cookies() if one.get("name", "").startswith("_streamlit_user")]

    (line,) = lines_of(log[1])
    assert (line["what"], line["outcome"]) == ("upload", "done")
    assert (line["kind"], line["authority"], line["rows"]) == ("plain", "358", 108)
    assert re.fullmatch("[0-9a-f]{16}", line["who"])
    said = log[1].read_text(encoding="utf-8").lower()
    for secret in ("asha", "analyst@", "person-17", "extract.csv", "c900"):
        assert secret not in said


def go_and_come_back(page: Page) -> None:
    """Press "Sign in", and wait for the page anew: it may be there before a wait for it would begin."""
    page.evaluate("() => { window.left = true }")
    page.get_by_role("button", name="Sign in").click()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(Error):  # the page is between two documents
            if page.evaluate("() => !window.left && location.pathname.endsWith('/data')"):
                return
        page.wait_for_timeout(100)
    pytest.fail("signing in did not lead back")


def test_lies_and_strangers_are_told_apart_and_everybody_looks_on(
    page: Page, guarded: str, identities: Provider
) -> None:
    sign_in_fails, stranger = "Signing in did not work.", "You are signed in, but you are not among those who may load"
    open_page(page, guarded + DATA)
    for claims, lies, said in (
        (ANALYST, {"aud": "another-program"}, sign_in_fails),
        (ANALYST, {"aud": ["another-program"], "azp": "explorer-under-test"}, FIRST),
        (ANALYST, {"nonce": "not what was asked"}, sign_in_fails),
        (ANALYST, {"iss": "http://elsewhere.example"}, sign_in_fails),
        (ANALYST, {"exp": 1_000_000_000}, sign_in_fails),
        (ANALYST, {"iat": int(time.time()) - 11 * 3600}, "You signed in some time ago, and that no longer counts."),
        (VISITOR, {}, stranger),
    ):
        identities.claims, identities.lies, before = dict(claims), lies, identities.answers
        go_and_come_back(page)
        expect(page.get_by_text(said)).to_be_visible()
        assert identities.answers == before + 1
        expect(page.locator("input[type=file]")).to_have_count(0)
        expect(page.get_by_text("Every page shows published figures.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text(FIRST)).to_be_visible()
    identities.refuses = True
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(sign_in_fails)).to_be_visible()
    page.get_by_role("link", name="Neighbours").click()
    expect(page.locator("[data-testid=stVegaLiteChart]").first).to_be_visible()


def test_no_byte_of_a_stranger_is_kept(page: Page, guarded: str, log: tuple[str, Path]) -> None:
    """Straight to the place for files, with the number of the open page and the token against forged requests."""
    sessions: list[str] = []

    def hear(frame: bytes | str) -> None:
        if isinstance(frame, bytes) and (said := ForwardMsg.FromString(frame)).HasField("new_session"):
            sessions.append(said.new_session.initialize.session_id)

    page.on("websocket", lambda talk: talk.on("framereceived", hear))
    open_page(page, guarded + DATA)
    put = """async ([size, session]) => {
        const token = document.cookie.split("; ").find(one => one.startsWith("_streamlit_xsrf")).split("=")[1]
        const form = new FormData()
        form.append("file", new Blob(["x".repeat(size)]), "secret-name.csv")
        const to = `/_stcore/upload_file/${session}/one`
        const answer = await fetch(to, {method: "PUT", body: form, headers: {"X-Xsrftoken": token}})
        return [answer.status, await answer.text()]
    }"""
    session = sessions[-1]
    assert page.evaluate(put, [100_000, session]) == [
        403, "Only those who signed in as analysts may load plan records here.",
    ]  # fmt: skip
    assert page.evaluate(put, [1_000, session])[0] == 204  # a what-if of one's own, which everybody may load
    assert lines_of(log[1])[-1]["outcome"] == "not allowed"
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You are signed in and may load plan records.")).to_be_visible()
    assert page.evaluate(put, [100_000, sessions[-1]])[0] == 204
    page.context.add_cookies([{"name": "_streamlit_user", "value": "2|1:0|forged", "url": guarded}])
    assert page.evaluate(put, [100_000, sessions[-1]])[0] == 403


def test_a_provider_that_is_away_is_told_and_looking_goes_on(page: Page, guarded: str, identities: Provider) -> None:
    """The last one here: it does not come back."""
    identities.go_away()
    open_page(page, guarded + DATA)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Signing in does not work just now")).to_be_visible()
    page.get_by_role("link", name="Back to the Data page").click()
    expect(page.get_by_text("The service that signs people in does not answer just now.")).to_be_visible()
    expect(page.get_by_text("Every page shows published figures.")).to_be_visible()
