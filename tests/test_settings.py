"""The settings that safety hangs on: those that ship hold, and each one that is off is refused in a sentence."""

import pytest
from streamlit import config

from explorer.app.serving import server, settings
from explorer.errors import ConfigError
from tests.fixtures import faults, shipped_world

SAFETY = shipped_world().config.serving.safety


def test_the_shipped_settings_hold() -> None:
    settings.hold(SAFETY)


@pytest.mark.parametrize("name", [*settings.REQUIRED, "server.maxWidgetStateSize"])
def test_each_setting_that_is_off_is_refused_with_what_to_change(name: str) -> None:
    def option(asked: str) -> object:
        found = config.get_option(asked)
        return found if asked != name else not found if isinstance(found, bool) else "something else"

    (said,) = faults(lambda: settings.hold(SAFETY, option), ConfigError)
    section, key = name.split(".")
    assert f"'{key}' in [{section}]" in said
    assert ".streamlit/config.toml" in said


def test_a_program_with_a_setting_off_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REQUIRED", {"client.toolbarMode": "developer"})
    with pytest.raises(ConfigError, match="'toolbarMode' in \\[client\\] is \"viewer\""):
        server._safe_app()


def test_the_program_answers_to_its_own_name_and_those_of_this_machine_alone() -> None:
    found = settings.names(
        "https://Plans.Example.gov.uk:8443/x", SAFETY.model_copy(update={"hosts": ("Other.example",)})
    )
    assert found == {"localhost", "127.0.0.1", "::1", "plans.example.gov.uk", "other.example"}


def test_the_environment_s_address_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.address_of("http://a") == "http://a"
    monkeypatch.setenv(settings.ADDRESS, "https://b")
    assert settings.address_of("http://a") == "https://b"


def test_the_server_is_given_those_names_and_no_stranger_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's own default lets the addresses of its makers' hosting speak to the page."""
    given: dict[str, object] = {}
    monkeypatch.setattr(config, "set_option", given.__setitem__)
    settings.settle("https://plans.example.gov.uk", SAFETY)
    assert given == {
        "server.allowedHosts": ["127.0.0.1", "::1", "localhost", "plans.example.gov.uk"],
        "server.corsAllowedOrigins": ["https://plans.example.gov.uk"],
        "client.allowedOrigins": [],
    }
