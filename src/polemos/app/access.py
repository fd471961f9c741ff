"""Who may ask the server: only the browser that was given its address, and no other page open in it.

Every request must name the server as its host (against rebinding of names), come from no other origin, and bring the
token of the session, in the address at first and in a cookie from then on. The page takes the token out of the address
bar; a link that its user copies has it again, for whoever the link is given to.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server is reached, and the token that opens it. `names` are hosts it may be called by."""

    port: int
    token: str
    names: tuple[str, ...] = LOOPBACK
    any_address: bool = False

    @property
    def cookie(self) -> str:
        """Name of the cookie; cookies of one host are shared by its ports."""
        return f"polemos-{self.port}"

    def calls(self, host: str) -> bool:
        """Whether a Host header means this server."""
        name, colon, port = host.rpartition(":")
        if not colon or host.endswith("]"):
            # Browsers leave the usual port out.
            name, port = host, "80"
        if port != str(self.port):
            return False
        if name.lower() in self.names:
            return True
        return self.any_address and _is_address(name.strip("[]"))

    def opens(self, candidate: str) -> bool:
        """Whether a token is the one."""
        return secrets.compare_digest(candidate.encode(), self.token.encode())


def refusal(door: Door, headers: dict[str, str], query: str, method: str) -> tuple[int, str]:
    """Why a request is turned away, as a status and a sentence; 0 where it is let in."""
    from starlette.requests import cookie_parser  # as browsers read them: other servers of this host set any cookies

    host = headers.get("host", "")
    if not door.calls(host):
        return 421, "This server does not go by that name; open the address that polemos serve printed."
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return 403, "Another site may not ask this server."
    query_token = parse_qs(query).get("token", [""])[-1]
    if headers.get("sec-fetch-site", "none") not in ("same-origin", "none") and not query_token:
        return 403, "Another site may not ask this server."
    if method not in ("GET", "HEAD") and origin is None:
        return 403, "A change must come from the page itself."
    cookie_token = cookie_parser(headers.get("cookie", "")).get(door.cookie, "")
    if not door.opens(query_token) and not door.opens(cookie_token):
        return 403, "This page needs its token; open the whole address that polemos serve printed."
    return 0, ""


def guarded(app: ASGIApp, door: Door) -> ASGIApp:
    """The application behind the door, with the headers that every answer gets."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        status, why = refusal(door, headers, query, scope["method"])

        async def sealed(message: Any) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(row for row in HEADERS if row[0] not in present)]
                if not status and "token=" in query:
                    mark = f"{door.cookie}={door.token}; Path=/; HttpOnly; SameSite=Strict"
                    message["headers"].append((b"set-cookie", mark.encode()))
            await send(message)

        if status:
            from starlette.responses import PlainTextResponse

            await PlainTextResponse(why, status)(scope, receive, sealed)
        else:
            await app(scope, receive, sealed)

    return guard


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
