"""`polemos new`: from a list of places to a scenario that passes its checks and runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import parse_day

if TYPE_CHECKING:
    from polemos.importers.places import BOX, Found
    from polemos.readers.import_log import Account
    from polemos.scenario.scaffold import NewOrganisation

EPILOG = (
    "Examples: polemos new my-war --places towns.csv    "
    "polemos new my-war --geonames XX.zip --bbox 35,32,47,38 --min-population 5000    "
    "polemos new my-war --grid 10km --bbox 35,32,36,33 --places towns.csv    "
    'polemos new my-war --places towns.csv --organisation "crown:government:The Crown" --organisation guild:insurgent'
)
FEW = 30
"""Places of a scaffold below which a finer grain is offered."""
MOST = 5000
MARGIN = 0.05
"""Degrees around the places in which rivers and coasts are looked at, besides a tenth of their box."""
"""Places of the largest scaffold: beyond it, nothing runs in a time that anybody waits."""


def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario and of its folder.")],
    places: Annotated[
        Path | None,
        typer.Option(help="A table with name, lat, lon; a map (.geojson, .kml, ...); or a folder of Flee."),
    ] = None,
    geonames: Annotated[Path | None, typer.Option(help="Dump of GeoNames: XX.txt or XX.zip; with --bbox.")] = None,
    bbox: Annotated[str | None, typer.Option(help="Box W,S,E,N in degrees.")] = None,
    grid: Annotated[
        str | None,
        typer.Option(
            help="Use cells of a grid at this distance, such as 10km, with --bbox. Towns give the cells their people."
        ),
    ] = None,
    min_population: Annotated[float, typer.Option(min=0, help="Smallest population of a place from the dump.")] = 5000,
    title: Annotated[str | None, typer.Option(help="Title of the war; default: the name.")] = None,
    start: Annotated[str | None, typer.Option(help="First day of the record; default: a year before its end.")] = None,
    end: Annotated[str | None, typer.Option(help="Day after its last; default: the first of this month.")] = None,
    organisation: Annotated[
        list[str] | None, typer.Option(help="ID:KIND or ID:KIND:NAME or ID:KIND:NAME:#rrggbb; may be repeated.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Country of the places that name none, as CODE or CODE:NAME.")
    ] = None,
    links: Annotated[str, typer.Option(help="Graph by which roads are guessed: gabriel or relative.")] = "gabriel",
    road_factor: Annotated[
        float, typer.Option(min=1, max=5, help="Length of a road divided by the great-circle distance.")
    ] = 1.2,
    in_: Annotated[Path, typer.Option("--in", help="Folder in which the new folder is made.")] = Path("."),
    json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Begin a scenario from a list of places: a folder that runs at once, with comments that explain the format."""
    import numpy as np

    from polemos.cli.tables.import_log import say, summary
    from polemos.importers.roads import GRAPHS
    from polemos.readers.import_log import Account
    from polemos.scenario.errors import nearest
    from polemos.scenario.scaffold import scaffold
    from polemos.scenario.write import create, folder_name

    account = Account()
    with reporting_mistakes():
        folder = in_ / folder_name(name)
        width = None if grid is None else cell_width(grid, bbox)
        if (places is None) == (geonames is None) and (width is None or places is not None):
            raise Mistake("give one of --places and --geonames")
        if not in_.is_dir():
            raise Mistake(f"{in_} is no folder")
        if links not in GRAPHS:
            raise Mistake(f"no graph {links!r}; {nearest(links, GRAPHS)}")
        last = parse_day(end) if end else np.datetime64("today", "M").astype("datetime64[D]")
        first = parse_day(start) if start else last - np.timedelta64(365, "D")
        if last - first < np.timedelta64(2, "D"):
            raise Mistake(f"the record ends on {last}, which is no two days after its start, {first}")
        place_rows = read(places, geonames, bbox, min_population, account, quiet=json) if places or geonames else []
        links_drawn = None
        if width is not None:
            place_rows, links_drawn = celled(box(bbox or ""), width, place_rows, road_factor)
            account.notes.append(f"{len(place_rows)} cells, {width:g} km apart, on land")
        elif len(place_rows) < FEW:
            hint = "--grid 10km --bbox W,S,E,N makes cells instead"
            account.notes.append(f"{len(place_rows)} places: a war over villages hardly moves on them; {hint}")
        if len(place_rows) > MOST:
            raise Mistake(f"{len(place_rows):,} places, more than {MOST:,}; narrow --bbox or raise --min-population")
        code, _, called = (country or "").partition(":")
        rows = [rowed(place, code) for place in place_rows]
        named = {row["country"]: row["country"] for row in rows if row["country"]} | (
            {code: called or code} if code else {}
        )
        roads = guessed(place_rows, links, road_factor, account) if links_drawn is None else links_drawn
        say_ferries(place_rows, roads, account)
        files = scaffold(
            title or name, first, last, rows, roads, organisations(organisation or ()), named, account.credits
        )
        create(folder, files | editors(files))
    by = f"{links} graph" if links_drawn is None else "neighbouring cells"
    account.notes.append(f"{len(roads)} links guessed ({by}); control and relations are guessed too")
    if json:
        from polemos.cli import printing

        printing.as_json(summary(account) | {"folder": str(folder), "places": len(rows), "links": len(roads)})
        return
    say(account)
    typer.echo(f"{folder}: {len(rows)} places, {len(roads)} links. Read its README.md; then:")
    typer.echo(f"  polemos check {folder}\n  polemos run {folder} --members 100")


def editors(files: dict[str, str]) -> dict[str, str]:
    """The schemas beside the files of a scenario, and the line by which an editor finds them."""
    from polemos.war import json_schemas

    lined = {f"{name}.yaml": json_schemas.modeline(name) for name in ("scenario", "questions")}
    return {f"schema/{name}": text for name, text in json_schemas.texts().items()} | {
        name: f"{line}\n{files[name]}" for name, line in lined.items()
    }


def read(
    places: Path | None, geonames: Path | None, bbox: str | None, least: float, account: Account, *, quiet: bool
) -> list[Found]:
    """The places of either kind of file. Raises `ScenarioError`, `Mistake`."""
    from polemos.cli.tables.import_log import counting
    from polemos.importers.places import read_geonames, read_places

    if places is not None:
        rows = read_places(places, account)
        if bbox is not None:
            west, south, east, north = box(bbox)
            inside = [one for one in rows if west <= one.lon <= east and south <= one.lat <= north]
            account.drop("outside the box", len(rows) - len(inside))
            account.kept = len(inside)
            rows = inside
        if not rows:
            raise Mistake("no place lies in the box")
        return rows
    if geonames is None or bbox is None:
        raise Mistake("--geonames wants a box: --bbox W,S,E,N in degrees")
    with counting(f"Reading {geonames.name}", quiet=quiet) as progress:
        return read_geonames(geonames, box(bbox), least, account, progress)


def box(text: str) -> BOX:
    """W,S,E,N. Raises `Mistake`."""
    import math

    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise Mistake(f"{text!r} is no box; write W,S,E,N in degrees, as in 35,32,47,38") from None
    inside = -180 <= west < east <= 180 and -90 <= south < north <= 90
    if not inside or not all(map(math.isfinite, (west, south, east, north))):
        raise Mistake(f"{text!r} is no box; west must be less than east, south less than north, in degrees")
    return west, south, east, north


def cell_width(text: str, bbox: str | None) -> float:
    """Km between the cells of a grid, from 10km or 10. Raises `Mistake`."""
    import math
    import re

    if bbox is None:
        raise Mistake("--grid wants a box: --bbox W,S,E,N in degrees")
    match = re.fullmatch(r"(\d{1,4}(?:\.\d+)?) ?(?:km)?", text.strip(), re.IGNORECASE | re.ASCII)
    if not match or not 0.1 <= float(match[1]) <= 1000 or not math.isfinite(float(match[1])):
        raise Mistake(f"no width of cells {text!r}; write it in km, as in 10km")
    return float(match[1])


def celled(box: BOX, width: float, towns: Sequence[Found], factor: float) -> tuple[list[Found], list[dict[str, Any]]]:
    """Cells of a grid on the land of the base map, and links between neighbours. Raises `Mistake`."""
    import shapely

    from polemos.importers.hexagons import count, draw_grid, grid_places, grid_roads
    from polemos.report.basemap import Box, lakes, land, rivers

    about = count(box, width)
    if about > 4 * MOST:
        raise Mistake(f"about {about:,} cells, more than {MOST:,}; narrow --bbox or widen --grid")
    around = Box(*box).wider(0.1)
    ground = shapely.union_all([_area(feature) for feature in land(around)])
    ground = ground.difference(shapely.union_all([_area(feature) for feature in lakes(around)]))
    grid = draw_grid(box, width, ground)
    if not len(grid.at):
        raise Mistake("no land in the box, by the base map")
    if len(grid.at) > MOST:
        raise Mistake(f"{len(grid.at):,} cells, more than {MOST:,}; narrow --bbox or widen --grid")
    cells = grid_places(grid, towns)
    lines = [line for feature in rivers(around) for line in feature["geometry"]["coordinates"]]
    roads = grid_roads(grid, ground, lines, factor)
    return cells, [{"a": cells[road.a].id, "b": cells[road.b].id, "kind": road.kind, "km": road.km} for road in roads]


def _area(feature: dict[str, Any]) -> Any:
    """A feature of the base map as a valid area."""
    import shapely
    from shapely.geometry import shape

    return shapely.make_valid(shape(feature["geometry"]))


def rowed(place: Found, country: str) -> dict[str, Any]:
    """A place as a row of places.csv, with its holder."""
    from dataclasses import asdict

    row = asdict(place)
    row["country"] = row["country"] or country
    row["people"] = f"{place.people:.0f}" if place.people == int(place.people) else repr(place.people)
    return row


def guessed(places: Sequence[Found], graph: str, factor: float, account: Account) -> list[dict[str, Any]]:
    """Links guessed from where the places lie, and the rivers and coasts of the base map."""
    import numpy as np

    from polemos.importers.roads import guess_roads
    from polemos.report.basemap import Box, land, rivers

    lat, lon = (np.array([getattr(place, name) for place in places], float) for name in ("lat", "lon"))
    # Places on one meridian or parallel have no box of their own, and land in it would be a line.
    west, south, east, north = lon.min() - MARGIN, lat.min() - MARGIN, lon.max() + MARGIN, lat.max() + MARGIN
    around = Box(float(west), float(south), float(east), float(north)).wider(0.1)
    lines = [line for feature in rivers(around) for line in feature["geometry"]["coordinates"]]
    roads = guess_roads(lat, lon, lines, graph, factor, land(around))
    return [{"a": places[road.a].id, "b": places[road.b].id, "kind": road.kind, "km": road.km} for road in roads]


def say_ferries(places: Sequence[Found], roads: Sequence[dict[str, Any]], account: Account) -> None:
    """Say which links cross open water, and what to do with them."""
    from polemos.importers.roads import FERRY

    called = {place.id: place.name for place in places}
    drawn = [f"{called[row['a']]} - {called[row['b']]} ({row['km']:.0f} km)" for row in roads if row["kind"] == FERRY]
    if drawn:
        listed = ", ".join(drawn[:8]) + (f" and {len(drawn) - 8} more" if len(drawn) > 8 else "")
        what = f"open water parts some places; {len(drawn)} {'ferries are' if len(drawn) > 1 else 'ferry is'} guessed"
        account.notes.append(f"{what}: {listed}; mend links.csv (a place without a link never changes hands)")


def organisations(texts: Sequence[str]) -> list[NewOrganisation]:
    """Organisations as typed; without any, a government and insurgents. Raises `Mistake`."""
    from polemos.scenario.errors import nearest
    from polemos.scenario.parse_values import BadCell, colour, identifier
    from polemos.scenario.scaffold import NewOrganisation
    from polemos.scenario.vocabulary import ORGANISATION_KINDS

    rows = []
    for text in texts or ("government:government:Government", "insurgents:insurgent:Insurgents"):
        parts = text.split(":")
        if not 2 <= len(parts) <= 4:
            raise Mistake(f"{text!r} is no organisation; write ID:KIND or ID:KIND:NAME or ID:KIND:NAME:#rrggbb")
        try:
            identifier(parts[0])
            tint = colour(parts[3]) if len(parts) == 4 else ""
        except BadCell as bad:
            raise Mistake(str(bad)) from None
        if parts[1] not in ORGANISATION_KINDS:
            raise Mistake(f"no kind {parts[1]!r}; {nearest(parts[1], ORGANISATION_KINDS)}")
        rows.append(NewOrganisation(parts[0], parts[2] if len(parts) > 2 else parts[0], parts[1], tint))
    names = [one.id for one in rows]
    if len(set(names)) < len(names):
        raise Mistake(f"organisation {max(names, key=names.count)!r} given twice")
    return rows
