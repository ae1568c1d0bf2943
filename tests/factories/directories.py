# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A small OpenID Connect provider in this process, over loopback HTTP: discovery, authorisation, token, user information, keys.

It signs real tokens, keeps codes for one use, and refuses a wrong secret or a wrong PKCE verifier.
Source: OpenID Connect Core 1.0, sections 3.1 and 5.3; RFC 7636.
"""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "datacity", "un secret partagé"


@dataclass
class Directory:
    """Who would sign in there, and what was asked. claims: of that person. codes: given and not used yet."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def documents(self) -> dict[str, Any]:
        """What it answers to GET, by path."""
        here = self.address
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {
            "/.well-known/openid-configuration": {
                "issuer": here,
                "authorization_endpoint": f"{here}/authorise",
                "token_endpoint": f"{here}/token",
                "userinfo_endpoint": f"{here}/person",
                "jwks_uri": f"{here}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/keys": {"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]},
        }

    def authorise(self, asked: dict[str, str]) -> str:
        """Give the address the browser goes back to: the person said yes."""
        assert (asked["client_id"], asked["response_type"], "openid" in asked["scope"].split()) == (
            CLIENT,
            "code",
            True,
        )
        code = token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """Give tokens for a code, once; None for a wrong secret, code, address or verifier."""
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or sent.get("client_secret") != SECRET or sent.get("redirect_uri") != asked["redirect_uri"]:
            return None
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        access, now = token_urlsafe(16), int(time.time())
        self.tokens.add(access)
        claims = {**self.claims, "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300}
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": signed}


def _handler(directory: Directory) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path == "/authorise":
                self.send_response(302)
                self.send_header("Location", directory.authorise(dict(parse_qsl(query))))
                self.end_headers()
            elif path == "/person":
                known = self.headers.get("Authorization", "").removeprefix("Bearer ") in directory.tokens
                self.answer(directory.claims if known else None)
            else:
                self.answer(directory.documents.get(path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(directory.token(dict(parse_qsl(body))))

        def answer(self, content: dict[str, Any] | None) -> None:
            self.send_response(200 if content is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content if content is not None else {"error": "invalid_request"}).encode())

        def log_message(self, *_arguments: Any) -> None:
            """Stay quiet."""

    return Handler


@contextmanager
def serving() -> Iterator[Directory]:
    """Run a directory on a free port until the end."""
    directory = Directory()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(directory))
    directory.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield directory
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def path_of(address: str) -> str:
    """Give path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
