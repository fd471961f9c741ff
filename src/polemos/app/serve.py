"""The server on its port, from start to Ctrl-C; it leaves no files or processes behind."""

from __future__ import annotations

import ipaddress
import secrets
import socket
import webbrowser
from typing import TYPE_CHECKING, Any

from polemos.app.access import LOOPBACK, Door
from polemos.app.server import Room, application

if TYPE_CHECKING:
    from starlette.types import ASGIApp

PATIENCE = 3
"""Seconds that answers under way have when the server is stopped."""


class Stand:
    """A server that has its port and waits to be let serve."""

    def __init__(self, room: Room, listening: socket.socket, host: str, door: Door) -> None:
        self.room, self.door, self.host = room, door, host
        self._socket = listening
        self._server: Any = None

    def address(self, query: str = "") -> str:
        """The address of the page, with its token; `query` is the state it opens with."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if _unspecified(self.host):
            host = LOOPBACK[0]
        return f"http://{host}:{self.door.port}/?token={self.door.token}" + (f"&{query}" if query else "")

    @property
    def app(self) -> ASGIApp:
        """The application, for tests."""
        return application(self.room, self.door)

    def serve(self, opening: str = "") -> None:
        """Serve until Ctrl-C; `opening` is an address to open in a browser. Every thread ends before this returns."""
        import uvicorn

        room = self.room

        class Server(uvicorn.Server):
            async def startup(self, sockets: Any = None) -> None:
                await super().startup(sockets=sockets)
                if opening and self.started:
                    webbrowser.open(opening)

            async def shutdown(self, sockets: Any = None) -> None:
                room.close()
                await super().shutdown(sockets=sockets)

        config = uvicorn.Config(
            self.app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=PATIENCE,
        )
        self._server = Server(config)
        try:
            self._server.run(sockets=[self._socket])
        except KeyboardInterrupt:
            pass
        finally:
            room.close()
            room.hall.close()
            self._socket.close()

    def stop(self) -> None:
        """Let `serve` end, from another thread."""
        if self._server is not None:
            self._server.should_exit = True


def stand(room: Room, host: str = LOOPBACK[0], port: int = 0) -> Stand:
    """Take a port of a host (0: a free one). Raises `OSError`."""
    family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    names = tuple(dict.fromkeys((*LOOPBACK, host.lower(), f"[{host.lower()}]", *_own_names(host))))
    door = Door(listening.getsockname()[1], secrets.token_urlsafe(24), names, _unspecified(host))
    return Stand(room, listening, host, door)


def _own_names(host: str) -> tuple[str, ...]:
    return (socket.gethostname().lower(),) if _unspecified(host) else ()


def _unspecified(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
