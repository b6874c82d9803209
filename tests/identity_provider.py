"""A provider of identities for tests: OpenID Connect with one key, people without passwords, and lies on request.

It has what the authorization code flow needs (OpenID Connect Core 1.0, section 3.1; Discovery 1.0; RFC 7636 for PKCE):
discovery document, authorization, token and keys, and an address for signing out.
"""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

CLIENT, PASSWORD = "explorer-under-test", "a password that only tests know"


@dataclass
class Provider:
    """The provider at work.

    Attributes:
        issuer: its address.
        claims: what it says of whoever signs in next, beside what every token says.
        lies: parts of a token that it says wrongly next: "aud", "nonce", "iss", "iat", "azp".
        refuses: whether the next one may not sign in.
        answers: how many it has sent back to the program.
    """

    issuer: str
    claims: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    refuses: bool = False
    answers: int = 0
    asked: dict[str, dict[str, str]] = field(default_factory=dict)  # by code: what the program asked for
    go_away: Callable[[], None] = lambda: None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"}))

    def secrets_toml(self, where: str) -> str:
        """The section [auth] of a program that is found at ``where``."""
        return "\n".join(
            (
                "[auth]",
                f'redirect_uri = "{where}/oauth2callback"',
                'cookie_secret = "a secret of sixty-four letters that nobody outside the tests has seen"',
                f'client_id = "{CLIENT}"',
                f'client_secret = "{PASSWORD}"',
                f'server_metadata_url = "{self.issuer}/.well-known/openid-configuration"',
            )
        )

    def discovery(self, _: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "end_session_endpoint": f"{self.issuer}/leave",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def authorize(self, request: Request) -> RedirectResponse:
        """Whoever comes here is signed in at once."""
        query = dict(request.query_params)
        self.answers += 1
        if self.refuses:
            answer = {"error": "access_denied", "state": query["state"]}
        else:
            code = secrets.token_urlsafe()
            self.asked[code] = query
            answer = {"code": code, "state": query["state"]}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(answer)}", 302)

    async def token(self, request: Request) -> JSONResponse:
        form = await request.form()
        query = self.asked.pop(str(form["code"]), None)
        given = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        proof = base64.urlsafe_b64encode(hashlib.sha256(str(form.get("code_verifier")).encode()).digest()).rstrip(b"=")
        if query is None or PASSWORD not in given.replace("+", " ").replace("%20", " "):
            return JSONResponse({"error": "invalid_grant"}, 400)
        if proof.decode() != query["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 3600, "nonce": query["nonce"]}
        packed = jwt.encode({"alg": "RS256", "kid": "one"}, {**said, **self.claims, **self.lies}, self.key)
        return JSONResponse({"access_token": "none", "token_type": "Bearer", "expires_in": 3600, "id_token": packed})

    def keys(self, _: Request) -> JSONResponse:
        return JSONResponse({"keys": [{**self.key.as_dict(private=False), "use": "sig", "alg": "RS256"}]})

    def leave(self, request: Request) -> RedirectResponse:
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], 302)


@contextmanager
def provider(port: int) -> Iterator[Provider]:
    """A provider at a port of this machine; gone at the end."""
    found = Provider(f"http://localhost:{port}")
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", found.discovery),
            Route("/authorize", found.authorize),
            Route("/token", found.token, methods=["POST"]),
            Route("/keys", found.keys),
            Route("/leave", found.leave),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, "localhost", port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)

    def go_away() -> None:
        server.should_exit = True
        thread.join(10)

    found.go_away = go_away
    try:
        yield found
    finally:
        go_away()
