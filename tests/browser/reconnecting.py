"""How long a reader's page is without its program, as the page itself sees it."""

from dataclasses import dataclass

from playwright.sync_api import Page

_WATCH = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const state = () => [Date.now(), app.dataset.testConnectionState, app.dataset.testScriptState];
    window.explorerStates = [state()];
    new MutationObserver(() => window.explorerStates.push(state())).observe(app, {attributes: true});
}"""
# Streamlit asks for the page anew only where what it drew last was a part of one; else the page stands as it was. So
# whole is the last change before half a second in which nothing changed.
_BACK = """() => {
    const states = window.explorerStates;
    const lost = states.findIndex(([, connection]) => connection !== 'CONNECTED');
    const there = lost < 0 ? -1 : states.findIndex(([, connection], at) => at > lost && connection === 'CONNECTED');
    const [when, connection, script] = states[states.length - 1];
    const whole = there >= 0 && connection === 'CONNECTED' && script === 'notRunning' && Date.now() - when > 500;
    return whole ? [states[lost][0], states[there][0], when] : null;
}"""


@dataclass(frozen=True)
class Away:
    """Moments in seconds since 1970: the page noticed, its program was there again, the page was whole."""

    noticed: float
    connected: float
    whole: float


def watch(page: Page) -> None:
    """Begin to look."""
    page.evaluate(_WATCH)


def back(page: Page) -> Away:
    """Wait until the page was away and is whole again."""
    found = page.wait_for_function(_BACK, polling=20).json_value()
    return Away(*(moment / 1000 for moment in found))


def states(page: Page) -> list[list[object]]:
    """What was seen so far: when (milliseconds), connection, run."""
    seen: list[list[object]] = page.evaluate("window.explorerStates")
    return seen
