"""Who may load plan records: everyone, those who signed in and are known as analysts, or nobody. Looking needs none."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section

from explorer.app import cached, selection
from explorer.app.serving import audit
from explorer.serving_entries import Access, Claim
from explorer.world import World

WHO_MAY_LOAD = "EXPLORER_WHO_MAY_LOAD"  # in the environment: goes before serving.yaml
SIGN_IN = "explorer_sign_in"  # a cookie that says how the last try to sign in ended
FAILED, AWAY = "failed", "away"
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_KNOWN: tuple[Literal["everyone", "analysts"], ...] = ("everyone", "analysts")
_AHEAD = 300  # seconds that the clock of an identity provider may be ahead of ours

Standing = Literal["anybody", "nobody", "not set up", "signed out", "too long ago", "no analyst", "analyst"]
MAY_LOAD: tuple[Standing, ...] = ("anybody", "analyst")


@dataclass(frozen=True)
class Rules:
    """Who may load, and what a token has to say.

    Attributes:
        who: Of serving.yaml or the environment.
        analysts: The claims of which one has to fit.
        lasts: Seconds for which signing in counts.
        audience: For whom a token has to be made out: what the identity provider calls this program; empty where
            signing in is not set up.
    """

    who: Literal["everyone", "analysts", "nobody"]
    analysts: tuple[Claim, ...]
    lasts: float
    audience: str


def rules_of(settings: Access, environment: Mapping[str, str], sign_in: Mapping[str, Any]) -> Rules:
    """The rules of a deployment. What is set wrongly lets nobody load.

    Args:
        settings: serving.yaml, access.
        environment: ``os.environ``.
        sign_in: The section [auth] of .streamlit/secrets.toml.
    """
    asked = environment.get(WHO_MAY_LOAD, settings.who_may_load)
    whole = all(isinstance(sign_in.get(name), str) and sign_in[name] for name in _NEEDED)
    return Rules(
        next((who for who in _KNOWN if who == asked), "nobody"),
        settings.analysts,
        settings.sign_in_lasts.value * 3600,
        str(sign_in["client_id"]) if whole and find_spec("authlib") else "",
    )


def judged(reader: Mapping[str, Any], rules: Rules, now: float) -> Standing:
    """What somebody may do, by the rules and by what the identity provider said of them.

    Args:
        reader: The claims of their token as the signed cookie holds them; empty where nobody signed in.
        now: Seconds since 1970.
    """
    if rules.who != "analysts":
        return "anybody" if rules.who == "everyone" else "nobody"
    if not rules.audience:
        return "not set up"
    audience = reader.get("aud")
    if reader.get("is_logged_in") is not True or rules.audience not in _values(audience):
        return "signed out"
    issued = reader.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float) or not -_AHEAD <= now - issued < rules.lasts:
        return "too long ago"
    return "analyst" if any(_fits(claim, reader) for claim in rules.analysts) else "no analyst"


def _fits(claim: Claim, reader: Mapping[str, Any]) -> bool:
    """Whether a claim holds one of the values that are meant; an address has to be one that the provider verified."""
    held = _values(reader.get(claim.claim))
    if claim.claim == "email":
        return reader.get("email_verified") in (True, "true") and bool(
            {one.lower() for one in held} & set(claim.values)
        )
    return bool(held & set(claim.values))


def _values(held: object) -> set[str]:
    """The values of a claim, which may be one text or a list of them."""
    return {one for one in (held if isinstance(held, list | tuple) else [held]) if isinstance(one, str) and one}


def rules() -> Rules:
    """The rules of this deployment."""
    return rules_of(cached.world().config.serving.access, os.environ, get_secrets_auth_section())


def standing() -> Standing:
    """What the reader may do at this moment."""
    return judged(st.user.to_dict(), rules(), time.time())


def may_load() -> bool:
    """Whether the reader may load plan records."""
    return standing() in MAY_LOAD


def is_analyst() -> bool:
    """Whether the reader signed in and is known as an analyst."""
    return standing() == "analyst"


def keep_to_it(world: World) -> bool:
    """Drop a loaded file whose reader may no longer have it, because signing in does not count any more.

    Returns:
        Whether one was dropped: then what is drawn already is drawn from it.
    """
    if not selection.has_upload() or may_load():
        return False
    selection.forget_upload(world)
    return True


def last_try() -> str:
    """How the last try to sign in ended, where it failed just now: ``FAILED`` or ``AWAY``."""
    return st.context.cookies.get(SIGN_IN, "")


def sign_out(world: World) -> None:
    """Forget the file and who the reader is."""
    selection.forget_upload(world)
    st.logout()


def who() -> str:
    """The reader as a line of the audit names them."""
    return named(st.user.to_dict())


def named(reader: Mapping[str, Any]) -> str:
    """Whoever has these claims as a line of the audit names them."""
    if reader.get("is_logged_in") is not True:
        return audit.NOBODY
    return audit.person(str(reader.get("iss")), str(reader.get("sub")), _secret())


def _secret() -> str:
    return str(get_secrets_auth_section().get("cookie_secret", "") or st.get_option("server.cookieSecret") or "")
