"""A scenario of any size, invented: python tools/synthetic.py FOLDER [--places N] [--organisations K] [--seed S]

Places lie on a jittered square grid of 20 km, with roads to the next place east and south and some diagonals. The
territories of governments and insurgents grow from seeds over the roads; some places changed hands on a front in the
years of the record, so that there is something to learn from. The same arguments write the same files.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

import numpy as np

SPACING_KM, KM_PER_DEGREE = 20.0, 111.195
START, END, ORIGIN = np.datetime64("2001-01-01"), np.datetime64("2004-12-31"), np.datetime64("2002-01-01")


def write(folder: Path, places: int, organisations: int = 6, seed: int = 1) -> Path:
    """Write the scenario into a folder, which is made; gives it back."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(places)))
    row, column = np.divmod(np.arange(places), side)
    step = SPACING_KM / KM_PER_DEGREE
    lat, lon = (x * step + rng.uniform(-0.3, 0.3, places) * step for x in (row, column))
    people = np.round(rng.lognormal(np.log(4000), 1.3, places), -2)
    links = [(p, p + 1) for p in range(places) if (p + 1) % side and p + 1 < places]
    links += [(p, p + side) for p in range(places - side)]
    links += [(p, p + side + 1) for p in range(places - side - 1) if (p + 1) % side and rng.random() < 0.3]
    near: list[list[int]] = [[] for _ in range(places)]
    for a, b in links:
        near[a].append(b)
        near[b].append(a)
    names = [f"org{o}" for o in range(organisations)]
    seeds = rng.choice(places, organisations, replace=False)
    holder = np.full(places, -1)
    holder[seeds] = np.arange(organisations)
    rim = list(seeds)
    while rim:
        p = rim.pop(int(rng.integers(len(rim))))
        fresh = [q for q in near[p] if holder[q] < 0]
        holder[fresh] = holder[p]
        rim += fresh
    spells: list[tuple[int, int, np.datetime64, np.datetime64 | None]] = []
    now, since = holder.copy(), np.full(places, START)
    front = [p for p in range(places) if any(now[q] != now[p] for q in near[p])]
    for day in np.arange(START + 30, ORIGIN + 365 * 2, 7):
        for p in rng.choice(front, max(1, len(front) // 150), replace=False):
            foes = [int(now[q]) for q in near[p] if now[q] != now[p]]
            if foes:
                spells.append((int(p), int(now[p]), since[p], day))
                now[p], since[p] = rng.choice(foes), day
    spells += [(p, int(now[p]), since[p], None) for p in range(places)]
    km = [float(np.hypot(lat[a] - lat[b], lon[a] - lon[b]) * KM_PER_DEGREE) for a, b in links]
    folder.mkdir(parents=True)
    kinds = ["government" if o % 2 == 0 else "insurgent" for o in range(organisations)]
    hues = [
        f"#{(37 * o + 80) % 256:02x}{(91 * o + 40) % 256:02x}{(151 * o + 120) % 256:02x}" for o in range(organisations)
    ]
    lines = [
        f"title: An invented war of {places} places",
        "summary: Invented, to see how costs grow with a map.",
        f"start: {START}",
        f"end: {END}",
        f"origins: {{default: {ORIGIN}}}",
        f"run_to: {END}",
        "organisations:",
        *(f'  {n}: {{name: {n}, kind: {k}, colour: "{h}"}}' for n, k, h in zip(names, kinds, hues, strict=True)),
        "focus: [org1]",
        "countries: {AA: Aaland, BB: Beeland}",
        "credits: [{source: Nobody, licence: CC0}]",
    ]
    (folder / "scenario.yaml").write_text("\n".join(lines) + "\n")
    kind = np.where(people > 30_000, "city", "town")
    country = np.where(column < side // 2, "AA", "BB")
    table(
        folder / "places.csv",
        "id,name,aliases,country,kind,lat,lon,people,terrain,source,notes",
        [
            (
                f"p{p}",
                f"Place {p}",
                "",
                country[p],
                kind[p],
                f"{lat[p]:.4f}",
                f"{lon[p]:.4f}",
                int(people[p]),
                "plain",
                "invented",
                "",
            )
            for p in range(places)
        ],
    )
    table(
        folder / "links.csv",
        "a,b,kind,km",
        [(f"p{a}", f"p{b}", "road", f"{k:.1f}") for (a, b), k in zip(links, km, strict=True)],
    )
    table(
        folder / "control.csv",
        "place,holder,start,end,contested,precision,source,note",
        [
            (f"p{p}", names[o], a, "" if b is None else b, 0, "week" if a > START else "window", "invented", "")
            for p, o, a, b in sorted(spells, key=lambda s: (s[0], s[2]))
        ],
    )
    men = [int(2 * (holder == o).sum() * 60) for o in range(organisations)]
    table(
        folder / "strengths.csv",
        "actor,measure,date,low,best,high,unit,source,note",
        [(n, "fighters", START, m // 2, m, 2 * m, "persons", "invented", "") for n, m in zip(names, men, strict=True)],
    )
    table(
        folder / "support.csv",
        "patron,client,start,end,kind,scale,source,note",
        [("patron", "org0", START, "", "weapons", "medium", "invented", "")],
    )
    table(
        folder / "relations.csv",
        "a,b,start,end,kind,source,note",
        [(a, b, START, "", "war", "invented", "") for i, a in enumerate(names) for b in names[i + 1 :]],
    )
    table(
        folder / "roles.csv",
        "node,organisation,role,start,end,link_to,hours,source",
        [
            (f"p{p}", n, role, START, "", "", "", "invented")
            for p, n in zip(seeds, names, strict=True)
            for role in ("core", "depot")
        ],
    )
    table(
        folder / "claims_leaders.csv",
        "organisation,item,start,end,value,source",
        [("org1", "claim", START, "", 0, "invented")],
    )
    table(folder / "borders.csv", "organisation,start,end,openness,source", [("org1", START, "", 0.3, "invented")])
    return folder


def table(path: Path, head: str, rows: list[tuple[Any, ...]]) -> None:
    """Write a table."""
    with path.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(head.split(","))
        writer.writerows(rows)


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--places", type=int, default=10_000)
    parser.add_argument("--organisations", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(write(asked.folder, asked.places, asked.organisations, asked.seed))


if __name__ == "__main__":
    main()
