"""`polemos show`: the record in the terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import (
    Json,
    Scenario,
    parse_day,
)

SHOW = "Examples: polemos show caliphate --date 2015-06-01    polemos show caliphate --place PLACE"


def show(
    scenario: Scenario,
    place: Annotated[str | None, typer.Option(help="Id of a place: its spells of control.")] = None,
    date: Annotated[str | None, typer.Option(help="A day, YYYY-MM-DD; default: the last of the record.")] = None,
    json: Json = False,
) -> None:
    """Show who held which place on a day, and how that changed."""
    from polemos.cli import printing
    from polemos.cli.tables import record
    from polemos.war.war import load

    with reporting_mistakes():
        war = load(scenario)
        world = war.world
        when = None if date is None else parse_day(date)
        if when is not None and not world.start <= when <= world.until:
            raise Mistake(f"{when} lies outside the record, {world.start} to {world.until}")
        if place is not None and place not in world.places.id:
            from polemos.scenario.errors import nearest

            raise Mistake(f"no place {place!r} in {world.name}; {nearest(place, world.places.id)}")
    from rich.text import Text

    out = printing.console()
    if place is not None:
        spells = record.spells(world, place, when)
        if json:
            printing.as_json(spells)
            return
        title = world.places.name[world.place(place)]
        heads = ("from", "to", "holder", "", "precision", "source")
        out.print(printing.table(title, heads, [record.spell_cells(row) for row in spells]))
        out.print(f"\nNext: polemos show {scenario} --date YYYY-MM-DD shows every place on a day.")
        return
    day = world.last_observed if when is None else when
    rows = record.organisations(world, day)
    holdings = record.holdings(world, day)
    if json:
        printing.as_json(
            {
                "date": str(day),
                "record": asdict(war.grade()),
                "organisations": rows,
                "places": holdings,
                "unobserved": record.unseen(world, day),
            }
        )
        return
    top = max(max(row["curve"]) for row in rows)
    columns = ("organisation", "id", "places", "people", f"places held, {world.start} to {world.last_observed}")
    cells = [record.organisation_cells(row, top, record.room(rows, out.width)) for row in rows]
    out.print(printing.table(f"{world.title}, {day}", columns, cells, right=("places", "people")))
    out.print(f"Record: {war.grade()}.")
    if when is not None:
        names = dict(zip(world.organisations.id, world.organisations.name, strict=True)) | {"nobody": "Nobody"}
        for name, places in holdings.items():
            out.print(Text.assemble((f"\n{names[name]}", "bold"), f": {', '.join(places)}"))
    unseen = record.unseen(world, day)
    if unseen:
        out.print(f"\nNot observed on {day}, so counted with the last known or the guessed holder: {', '.join(unseen)}")
    day_words = "" if when is not None else "; --date YYYY-MM-DD lists who held which place"
    out.print(f"\nNext: polemos run {scenario} simulates the war{day_words}; --place ID has one place's record.")
