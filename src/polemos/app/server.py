"""The server of the what-if page: one page, its levers, and runs sent as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polemos.app import assets, export, result
from polemos.app.access import Door, guarded
from polemos.app.controls import levers, presets_of
from polemos.app.factual_cache import Factual
from polemos.app.presets import keep
from polemos.app.replay import replay
from polemos.app.run_pool import Hall, Run
from polemos.app.state import State, StateError, read, usual
from polemos.scenario.errors import quoted

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from polemos.counterfactual.paired_runs import Pair

POLL = 0.25
"""Seconds between looks at whether a tab is still there."""
QUIET = 15.0
"""Seconds after which a sign of life is sent."""
TABS = 64
"""Tabs served at once."""
LARGEST_BODY = 20_000
"""Bytes of a request's body that are read."""
LONGEST_MEMBER = 9
"""Digits of the number of a member."""

KINDS = {".js": "text/javascript", ".css": "text/css"}


@dataclass
class Tab:
    """A page that is open: its run, and what is to be sent to it (None: no more)."""

    run: Run
    lines: asyncio.Queue[str | None]

    def leave(self) -> None:
        """Give the run up and end the answer."""
        self.run.stop()
        self.lines.put_nowait(None)


@dataclass
class Room:
    """What the server holds: the hall, the tabs that are open, and where the user's presets are kept."""

    hall: Hall
    scenario: str
    saved: Path
    tabs: dict[str, Tab] = field(default_factory=dict)
    closed: bool = False

    def close(self) -> None:
        """Give every run up; no more are begun."""
        self.closed = True
        self.hall.stop()
        for tab in list(self.tabs.values()):
            tab.leave()


def event(name: str, value: Any) -> str:
    """A server-sent event."""
    return f"event: {name}\ndata: {json.dumps(result.finite(value), separators=(',', ':'))}\n\n"


def application(room: Room, door: Door) -> ASGIApp:
    """The routes, behind the door."""
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
    from starlette.routing import Route

    war = room.hall.war

    def answered(handler: Callable[[Request], Any]) -> Callable[[Request], Any]:
        """A handler whose mistakes are reported."""

        async def route(request: Request) -> Response:
            try:
                response = await handler(request)
            except (StateError, ValueError) as error:
                return JSONResponse({"error": str(error)}, 400)
            except Exception as error:
                return JSONResponse({"error": fault(error)}, 500)
            return response if isinstance(response, Response) else JSONResponse(result.finite(response))

        return route

    async def page(request: Request) -> Response:
        return Response(assets.page(war.world.title), media_type="text/html")

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in assets.NAMES:
            return PlainTextResponse("There is no such file.", 404)
        return Response(assets.text(name), media_type=KINDS[Path(name).suffix])

    async def show_usual(request: Request) -> Any:
        return meaning(room, usual(war))

    async def show_link(request: Request) -> Any:
        return {"address": f"http://{request.headers['host']}/?token={door.token}"}

    async def show_land(request: Request) -> Any:
        return await asyncio.to_thread(result.land, war)

    async def show_levers(request: Request) -> Any:
        state = read(war, request.query_params.get("state", "") or usual(war).query)
        return await asyncio.to_thread(levers, war, state, room.saved)

    async def show_replay(request: Request) -> Any:
        state, member = read(war, request.query_params.get("state", "")), request.query_params.get("member", "")
        if not member.isdecimal() or len(member) > LONGEST_MEMBER:
            raise StateError(f"{quoted(member)} is no member")
        return await asyncio.to_thread(replay, room.hall, state, int(member))

    async def show_export(request: Request) -> Response:
        state, kind = read(war, request.query_params.get("state", "")), request.path_params["kind"]
        if kind not in export.KINDS:
            return PlainTextResponse("There is no such export.", 404)
        text = await asyncio.to_thread(export.text, room.hall, state, room.scenario, kind)
        media, name = export.KINDS[kind]
        where = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(text, media_type=media, headers=where)

    async def show_presets(request: Request) -> Any:
        if request.method == "POST":
            try:
                fields = json.loads(await body_of(request))
            except RecursionError:
                raise StateError("this preset is nested too deep") from None
            query = fields.get("query") if isinstance(fields, dict) else 0
            if query is not None and not isinstance(query, str):
                raise StateError("a preset is a name and the query of a link")
            keep(room.saved, str(fields.get("name", "")), None if query is None else read(war, query).query)
        return presets_of(war, room.saved)

    async def run(request: Request) -> Response:
        name = request.query_params.get("tab", "")[:64]
        if room.closed or (name not in room.tabs and len(room.tabs) >= TABS):
            return PlainTextResponse("The server is closing, or has too many pages open.", 503)
        lines = run_events(room, request, name)
        return StreamingResponse(lines, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    routes = [
        Route("/", page),
        Route("/assets/{name}", asset),
        Route("/land", answered(show_land)),
        Route("/link", answered(show_link)),
        Route("/usual", answered(show_usual)),
        Route("/levers", answered(show_levers)),
        Route("/run", answered(run)),
        Route("/replay", answered(show_replay)),
        Route("/export/{kind}", answered(show_export)),
        Route("/presets", answered(show_presets), methods=["GET", "POST"]),
    ]
    return guarded(Starlette(routes=routes), door)


async def body_of(request: Request) -> bytes:
    """The body of a request. Raises `StateError` for one that is too large, before more of it than fits is read."""
    length = request.headers.get("content-length", "0")
    refused = StateError(f"this preset is too long; at most {LARGEST_BODY:,} bytes are read")
    if not length.isdecimal() or len(length) > LONGEST_MEMBER or int(length) > LARGEST_BODY:
        raise refused
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise refused
    return body


async def run_events(room: Room, request: Request, name: str) -> AsyncIterator[str]:
    """A run as events: `state`, `factual` (unless the page has it), `picture` as members come, `end` or `failed`.

    A new run of a tab ends its old one; so does the tab when it goes.
    """
    war, loop = room.hall.war, asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    try:
        state = read(war, request.query_params.get("state", ""))
    except StateError as error:
        yield event("failed", {"error": str(error)})
        return

    def put(*texts: str | None) -> None:
        try:
            for text in texts:
                loop.call_soon_threadsafe(lines.put_nowait, text)
        except RuntimeError:  # the loop is over, and nobody reads any more
            return

    known_id = request.query_params.get("have", "")

    def tell(sample: Factual, pair: Pair) -> None:
        nonlocal known_id
        texts, count = [], int(pair.before["deaths"].size)
        whole = sample.whole  # asked once: other threads add members meanwhile
        if known_id != sample.id:
            texts.append(factual(room, sample, pair, whole))
            known_id = sample.id if whole else ""
        if state.changes:
            shown = {"after": result.side(war, pair.after), "difference": result.difference(war, pair)}
            texts.append(event("picture", {"members": count, **shown}))
        if count == state.members:
            texts.append(event("end", {"members": count}))
            put(*texts, None)
        else:
            put(*texts)

    def fail(error: BaseException) -> None:
        text = str(error) if isinstance(error, StateError) else fault(error)
        put(event("failed", {"error": text}), None)

    tab = Tab(Run(state, tell, fail), lines)
    if name in room.tabs:
        room.tabs[name].leave()
    room.tabs[name] = tab
    try:
        yield event("state", meaning(room, state))
        room.hall.begin(tab.run)
        quiet = 0.0
        while True:
            try:
                text = await asyncio.wait_for(lines.get(), POLL)
            except TimeoutError:
                quiet += POLL
                if await request.is_disconnected():
                    break
                if quiet >= QUIET:
                    quiet = 0.0
                    yield ": still here\n\n"
                continue
            if text is None:
                break
            yield text
    finally:
        tab.run.stop()
        if room.tabs.get(name) is tab:
            del room.tabs[name]


def fault(error: BaseException) -> str:
    """A sentence for the reader about a fault of the server; the traceback goes to the terminal that it runs in."""
    import traceback

    traceback.print_exception(error)
    return (
        f"The server failed at this ({type(error).__name__}: {error}). This is a fault of polemos and not of what you "
        "chose: take the last change back to go on, and report it with the command line below."
    )


def meaning(room: Room, state: State) -> dict[str, Any]:
    """A state as the page holds it, with its link and its command line."""
    return asdict(state) | {"query": state.query, "command": state.command(room.scenario)}


def factual(room: Room, sample: Factual, pair: Pair, whole: bool) -> str:
    """The factual war as an event: all its members where it is whole (made once), else those of the pair."""
    if whole and sample.shown is not None:
        return str(sample.shown)
    war = room.hall.war
    members = sample.all() if whole else pair.before
    about = {"id": sample.id, "whole": whole, **result.fixed(war, pair.dates), "before": result.side(war, members)}
    if whole:
        about["leading"] = result.leading(war, sample.setup, members)
    text = event("factual", about)
    if whole:
        sample.shown = text
    return text
