"""Settings of the server that readers' safety hangs on: what they have to be, and what to change where one is not."""

import os
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from urllib.parse import urlsplit

from streamlit import config

from explorer.errors import ConfigError
from explorer.serving_entries import Safety

ADDRESS = "EXPLORER_ADDRESS"  # in the environment: where a deployment is found; goes before app.yaml
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})  # nobody else's page can have these names
REQUIRED: Mapping[str, object] = MappingProxyType(
    {
        "browser.gatherUsageStats": False,
        "client.disableDataExport": True,  # its files do not escape formulas
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "viewer",
        "global.developmentMode": False,  # lets anybody stop the program
        "global.e2eTest": False,
        "logger.enableRich": False,  # writes what a fault says, which can hold a reader's data
        "runner.magicEnabled": False,
        "server.allowRunOnSave": False,
        "server.enableAgentApi": False,
        "server.enableCORS": True,
        "server.enableStaticServing": False,
        "server.enableXsrfProtection": True,
        "server.headless": True,
        "server.scriptHealthCheckEnabled": False,
        "server.trustedUserHeaders": {},  # a reader could write them
    }
)


def address_of(configured: str) -> str:
    """Where the program is found: the environment's address, else the one of app.yaml."""
    return os.environ.get(ADDRESS) or configured


def names(address: str, safety: Safety) -> frozenset[str]:
    """The names that the program answers to, without ports, in small letters."""
    return LOCAL | {(urlsplit(address).hostname or "").lower(), *(name.lower() for name in safety.hosts)} - {""}


def origin(address: str) -> str:
    """The scheme, name and port of an address, as a browser says where a page comes from."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def settle(address: str, safety: Safety) -> None:
    """Give the server the settings that follow from this program's own."""
    config.set_option("server.allowedHosts", sorted(names(address, safety)))
    config.set_option("server.corsAllowedOrigins", [origin(address)])
    config.set_option("client.allowedOrigins", list(safety.embedded_by))


def look_up_once() -> None:
    """Let the server keep the sections of its settings, which are as they will stay.

    It looks through all of them six times for each run of a page: a tenth of the time of a slider's movement.
    """
    config.get_options_for_section = cache(config.get_options_for_section)


def hold(safety: Safety, option: Callable[[str], object] = config.get_option) -> None:
    """Make sure of every setting that safety hangs on; run before the server opens.

    Args:
        option: The value of a setting of the server by its name, as it is in force.

    Raises:
        ConfigError: with a sentence for each that is not as it has to be.
    """
    wanted = {**REQUIRED, "server.maxWidgetStateSize": safety.longest_message.value / 1e6}
    faults = []
    for name, value in wanted.items():
        found = option(name)
        if found != value:
            section, key = name.split(".")
            faults.append(
                f".streamlit/config.toml: '{key}' in [{section}] is {_said(found)} and has to be {_said(value)} "
                "for the safety of readers; the program does not start otherwise."
            )
    if faults:
        raise ConfigError(*faults)


def _said(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case float():
            return f"{value:g}"
        case dict() if not value:
            return "empty"
        case _:
            return str(value)
