"""Every page works under the content security policy, and the policy is one that refuses."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import open_page

VIEW = "v=1&data=sample&area=358&year=2018&group=neighbours-2025"
PAGES = (
    "",
    *(f"neighbours?view={view}" for view in ("bars", "map", "summary")),
    *(
        "trends",
        "what_if",
        "did_it_work",
        "saved",
        "data",
        "about",
        "accessibility",
        "invite",
        "join?to=trends",
        "?meet=on",
    ),
)
_DRAWN = "[data-testid=stVegaLiteChart] :is(canvas, svg)"


def test_no_page_is_refused_anything(page: Page, address: str) -> None:
    """The visitor's fixture fails where the browser has refused something."""
    for name in PAGES:
        open_page(page, f"{address}/{name}{'&' if '?' in name else '?'}{VIEW}")
        if name.startswith(("neighbours", "trends", "what_if")):
            expect(page.locator(_DRAWN).first).to_be_visible()


def test_a_stranger_s_script_does_not_run_and_their_picture_is_not_fetched(browser: Browser, address: str) -> None:
    """Put into the page as a fault in it might: what is tried here is refused, so the test above tests something."""
    context = browser.new_context()
    other = context.new_page()
    refused: list[str] = []
    other.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    open_page(other, f"{address}/about")
    other.evaluate(
        """() => {
            const script = document.createElement("script")
            script.textContent = "window.stranger = 1"
            document.body.append(script)
            const inside = document.createElement("div")
            inside.innerHTML = '<img src="http://127.0.0.1:9/x.png" onerror="window.stranger = 2">'
            document.body.append(inside)
        }"""
    )
    other.wait_for_timeout(500)
    assert other.evaluate("() => window.stranger") is None
    assert len(refused) >= 2
    context.close()


@pytest.mark.parametrize("path", ["/", "/what_if", "/_stcore/host-config"])
def test_the_page_is_shown_in_no_frame(page: Page, address: str, path: str) -> None:
    answer = page.request.get(address + path)
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
