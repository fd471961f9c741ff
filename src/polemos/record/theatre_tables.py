"""The tables on violence elsewhere of a checked scenario, as arrays. The record's end cuts nothing of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from polemos.record.theatres import MEASURES, Pledges, Theatres
from polemos.scenario.tables import Table

TEXTS = ("id", "name", "organisation", "network", "country", "region")


def theatres_of(tables: Mapping[str, Table], organisations: Mapping[str, int]) -> Theatres | None:
    """`theatres.csv` with `theatre_counts.csv`, by id; None without any. A month without a row had nothing."""
    rows = sorted(tables["theatres.csv"].rows, key=lambda row: str(row["id"]))
    if not rows:
        return None
    first = min(row["counted_from"] for row in rows).astype("datetime64[M]")
    last = max(row["counted_until"] for row in rows).astype("datetime64[M]")
    months = np.arange(first, last, dtype="datetime64[M]")
    table = np.full((len(MEASURES), len(rows), months.size), np.nan)
    for number, row in enumerate(rows):
        # A month is counted if all of its days are.
        whole = (months.astype("datetime64[D]") >= row["counted_from"]) & (
            (months + 1).astype("datetime64[D]") <= row["counted_until"]
        )
        table[:, number, whole] = 0.0
    at = {row["id"]: number for number, row in enumerate(rows)}
    for row in tables["theatre_counts.csv"].rows:
        column = int((row["month"].astype("datetime64[M]") - first).astype(int))
        table[:, at[row["theatre"]], column] = [row[name] for name in MEASURES]
    return Theatres(
        **{name: tuple(str(row[name]) for row in rows) for name in TEXTS},
        core=np.array([organisations.get(row["core"], -1) for row in rows], np.int32),
        home=np.array([row["home"] for row in rows], bool),
        months=months.astype("datetime64[D]"),
        attacks=table[0],
        deaths=table[1],
        civilians=table[2],
    )


def pledges_of(tables: Mapping[str, Table]) -> Pledges | None:
    """`pledges.csv`, by day; None without any."""
    rows = sorted(
        tables["pledges.csv"].rows, key=lambda row: (row["date"], row["network"], row["affiliate"], row["event"])
    )
    if not rows:
        return None
    return Pledges(
        tuple(row["affiliate"] for row in rows),
        tuple(row["network"] for row in rows),
        np.array([row["date"] for row in rows], "datetime64[D]"),
        tuple(row["event"] for row in rows),
    )
