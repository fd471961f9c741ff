"""Counts of violence elsewhere by month: `python tools/theatres.py EVENTS.csv SCENARIO`.

EVENTS is a file of the UCDP Georeferenced Event Dataset (any version, or a cut with its columns). `theatres.yaml`
beside this file says which of its organisations are counted together, which network each belongs to, and the region of
each country. The tool writes `theatres.csv` (an organisation in a country, with the months that the file covers) and
`theatre_counts.csv` (attacks, deaths and civilians of each month in which anything was counted) into the folder of the
scenario. No row of an event is copied. What lies after the last month of the file is unknown, never zero.

attacks: events in which the organisation is a side; deaths: best estimates of all dead in them; civilians: those of
events of one-sided violence. An event with several organisations on a side counts once for each that is counted.
Source: Sundberg and Melander 2013, doi 10.1177/0022343313484347; Pettersson et al. 2021, doi 10.1177/00223433211026126.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

HERE = Path(__file__).parent
NAMES = {"date": "date_start", "latitude": "lat", "longitude": "lon"}
SIDES, ONE_SIDED = ("side_a", "side_b"), 3


def counted(events: pd.DataFrame, organisations: dict[str, list[str]], since: str) -> pd.DataFrame:
    """Counts by organisation, country and month from the events [id, date_start, country, side_a, side_b, ...]."""
    label = {name: one for one, names in organisations.items() for name in names}
    events = events[events["date_start"].str[:10] >= since]
    sides = pd.concat([events.assign(side=events[side].fillna("").str.split(", ")) for side in SIDES]).explode("side")
    sides["organisation"] = sides["side"].map(label)
    sides = sides.dropna(subset="organisation").drop_duplicates(["id", "organisation"])
    sides["month"] = sides["date_start"].str[:7]
    sides["civilians"] = sides["best"].where(sides["type_of_violence"] == ONE_SIDED, 0)
    grouped = sides.groupby(["organisation", "country", "month"])
    return grouped.agg(attacks=("id", "size"), deaths=("best", "sum"), civilians=("civilians", "sum")).reset_index()


def tables(events: pd.DataFrame, settings: dict[str, Any], source: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`theatres.csv` and `theatre_counts.csv`. Raises `ValueError` for a country without a region."""
    since = str(settings["since"])
    last = events["date_start"].str[:7].max()
    counts = counted(events, {one["id"]: one["counts"] for one in settings["organisations"]}, since)
    region = {country: name for name, inside in settings["regions"].items() for country in inside}
    lost = sorted(set(counts["country"]) - set(region))
    if lost:
        raise ValueError(f"no region for {', '.join(lost)}; write them into theatres.yaml")
    of = {one["id"]: one for one in settings["organisations"]}
    codes = settings["codes"]
    counts["theatre"] = counts["organisation"] + "-" + counts["country"].map(codes).str.lower()
    pairs = counts[["theatre", "organisation", "country"]].drop_duplicates().sort_values("theatre")
    pairs_of = list(zip(pairs.organisation, pairs.country, strict=True))
    theatres = pd.DataFrame(
        {
            "id": pairs["theatre"],
            "name": [f"{of[o]['name']} in {settings['shown'].get(c, c)}" for o, c in pairs_of],
            "organisation": pairs["organisation"],
            "network": [of[o]["network"] for o in pairs.organisation],
            "country": pairs["country"].map(codes),
            "region": pairs["country"].map(region),
            "core": [of[o].get("core", "") for o in pairs.organisation],
            "home": [int(c in of[o].get("home", ())) for o, c in pairs_of],
            "counted_from": since,
            "counted_until": str((pd.Period(last, "M") + 1).start_time.date()),
            "source": source,
        }
    )
    months = counts[["theatre", "month", "attacks", "deaths", "civilians"]].copy()
    months["month"] += "-01"
    return theatres, months.sort_values(["theatre", "month"])


def main() -> None:
    """Write both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", type=Path, help="file of UCDP GED, csv or csv.gz")
    parser.add_argument("scenario", type=Path, help="folder of the scenario")
    parser.add_argument("--source", default="UCDP GED 21.1, counted by month")
    given = parser.parse_args()
    settings = YAML(typ="safe").load((HERE / "theatres.yaml").read_text(encoding="utf-8"))
    events = pd.read_csv(given.events, low_memory=False).rename(columns=NAMES)
    theatres, months = tables(events, settings, given.source)
    theatres.to_csv(given.scenario / "theatres.csv", index=False, lineterminator="\n")
    months.to_csv(given.scenario / "theatre_counts.csv", index=False, lineterminator="\n")
    print(f"{len(theatres)} theatres, {len(months)} months with anything counted")


if __name__ == "__main__":
    main()
