"""`polemos serve`: the what-if page in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from polemos.cli.cost_warnings import say_if_large
from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Scenario, Threads, say_if_cold

SERVE = "Examples: polemos serve caliphate    polemos serve my-war/ --no-open --port 8765"


def state_of(link: str) -> str:
    """The query of a link without the token of the server that it was copied from."""
    from urllib.parse import parse_qsl, urlencode, urlsplit

    pairs = parse_qsl(urlsplit(link).query if "://" in link else link.lstrip("?"), keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if name != "token"])


def serve(
    scenario: Scenario,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    host: Annotated[
        str,
        typer.Option(
            help="Address to listen on. The default is this machine alone. Any other lets whoever reaches it and has "
            "the token use the page and this machine's processor; nothing is encrypted."
        ),
    ] = "127.0.0.1",
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    link: Annotated[str, typer.Option(help="A link copied from the page, or its query: the state to open with.")] = "",
    threads: Threads = None,
) -> None:
    """Open the what-if page in the browser: move a lever and see the simulated wars change."""
    from polemos.app.access import LOOPBACK
    from polemos.app.presets import file_of
    from polemos.app.run_pool import Hall
    from polemos.app.serve import stand
    from polemos.app.server import Room
    from polemos.app.state import StateError, plans, read, usual
    from polemos.war.war import load

    with reporting_mistakes():
        war = load(scenario)
        opening = usual(war)
        try:
            if link:
                opening = read(war, state_of(link))
            plan, _ = plans(war, opening)
        except StateError as error:
            raise Mistake(str(error)) from None
        query = opening.query if link else ""
        say_if_large(war, plan, threads, None, runs=2, mend="Take fewer places", quiet=False)
        say_if_cold(quiet=False)
        try:
            hall = Hall(war, threads)
            server = stand(Room(hall, scenario, file_of(war.name)), host, port)
        except OSError as error:
            raise Mistake(
                f"cannot listen on {host}:{port}: {error.strerror or error}; give another --host or --port"
            ) from None
    address = server.address(query)
    if host not in LOOPBACK and f"[{host}]" not in LOOPBACK:
        typer.echo(
            f"Listening on {host}: whoever reaches this machine there and has the token below can use the page. "
            "Nothing is encrypted; stop it when it is no longer needed."
        )
    typer.echo(f"{war.world.title}: {address}\nCtrl-C stops the server.")
    hall.warm()
    server.serve(opening=address if open_page else "")
    typer.echo("Stopped.")
