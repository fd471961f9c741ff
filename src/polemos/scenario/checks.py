"""Checks across rows and tables: one small named function each, whose message ends in what to do.

`CHECKS` lists them; each is given the settings and the tables by file and yields problems.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from polemos.scenario.errors import Problem, nearest, quoted
from polemos.scenario.fact_checks import FACT_CHECKS
from polemos.scenario.parse_values import NUMBER
from polemos.scenario.run_cost import LARGE, gigabytes, in_words, memory, seconds
from polemos.scenario.settings import Settings
from polemos.scenario.tables import Table
from polemos.scenario.theatre_checks import THEATRE_CHECKS
from polemos.scenario.vocabulary import LEADERS, OFF_MAP, UNKNOWN

Tables = Mapping[str, Table]
Found = Iterator[Problem]
Row = dict[str, Any]

SPELLS = ("control.csv", "support.csv", "relations.csv", "roles.csv", "claims_leaders.csv", "borders.csv")
LAST = np.datetime64("9999-12-31", "D")


def until(row: Row) -> np.datetime64:
    """End of a spell, a day beyond all others where it is open."""
    end: np.datetime64 = row["end"]
    return LAST if np.isnat(end) else end


def begin(row: Row) -> np.datetime64:
    """First day of a spell, or the day of an estimate."""
    first: np.datetime64 = row["start"] if "start" in row else row["date"]
    return first


def repeated_id(settings: Settings, tables: Tables) -> Found:
    """Two places with one id."""
    first: dict[str, int] = {}
    for line, row in tables["places.csv"]:
        if row["id"] in first:
            what = f"place {quoted(row['id'])} given twice, first on line {first[row['id']]}"
            yield Problem("places.csv", line, "id", what, "delete or rename one of them")
        first.setdefault(row["id"], line)


def no_place(settings: Settings, tables: Tables) -> Found:
    """A map without places."""
    if tables["places.csv"].whole and not len(tables["places.csv"]):
        yield Problem("places.csv", 0, "", "no places", "add a row for each place")


def many_places(settings: Settings, tables: Tables) -> Found:
    """More places than a run is quick with."""
    count = len(tables["places.csv"])
    if count > LARGE:
        before, _ = seconds(count, 0, 0, 1)
        what = f"{count:,} places; a run takes about {in_words(before)} before its first simulated war"
        mend = f"and {gigabytes(memory(count, 400))} with 400 members: keep the places that matter, or take few members"
        yield Problem("places.csv", 0, "", what, mend, "warning")


def unknown_country(settings: Settings, tables: Tables) -> Found:
    """A place in a country that the settings do not list."""
    for line, row in tables["places.csv"]:
        if settings.countries and row["country"] and row["country"] not in settings.countries:
            mend = nearest(row["country"], settings.countries)
            yield Problem("places.csv", line, "country", f"unknown country {quoted(row['country'])}", mend)


def bad_link(settings: Settings, tables: Tables) -> Found:
    """A road from a place to itself, or given twice."""
    first: dict[tuple[str, str], int] = {}
    for line, row in tables["links.csv"]:
        pair = (min(row["a"], row["b"]), max(row["a"], row["b"]))
        if pair[0] == pair[1]:
            yield Problem(
                "links.csv", line, "b", f"a road from {row['a']} to itself", "name another place or delete it"
            )
        elif pair in first:
            what = f"road {pair[0]} to {pair[1]} given twice, first on line {first[pair]}"
            yield Problem("links.csv", line, "b", what, "delete one of them")
        first.setdefault(pair, line)


def unconnected_map(settings: Settings, tables: Tables) -> Found:
    """Places that no road joins to the rest."""
    # A row that could not be read would show again as a missing road.
    if not (tables["links.csv"].whole and tables["places.csv"].whole):
        return
    near = defaultdict(set)
    for _, row in tables["links.csv"]:
        near[row["a"]].add(row["b"])
        near[row["b"]].add(row["a"])
    isolated = {row["id"] for row in tables["places.csv"].rows}
    parts = []
    while isolated:
        todo, part = [min(isolated)], set()
        while todo:
            place = todo.pop()
            if place in isolated:
                isolated.discard(place)
                part.add(place)
                todo.extend(near[place])
        parts.append(part)
    for part in sorted(parts, key=lambda part: (-len(part), min(part)))[1:]:
        few = ", ".join(sorted(part)[:5]) + (f" and {len(part) - 5} more" if len(part) > 5 else "")
        mend = "add a link if there is one, a ferry too; without one nobody takes them from the rest"
        yield Problem("links.csv", 0, "", f"no road joins {few} to the rest", mend, "warning")


def backward_spell(settings: Settings, tables: Tables) -> Found:
    """A spell that ends before or on the day it starts."""
    for file in SPELLS:
        for line, row in tables[file]:
            if until(row) <= row["start"]:
                what = f"end {row['end']} is not after start {row['start']}"
                yield Problem(file, line, "end", what, "give the day after the last, or leave it empty")


def outside_record(settings: Settings, tables: Tables) -> Found:
    """Control outside the days of the record; later spells of other tables, which are not used.

    Later estimates of strength are let pass: they can serve to judge a question, and never enter the world.
    """
    for line, row in tables["control.csv"]:
        if not settings.start <= row["start"] < settings.end:
            what = f"starts on {row['start']}, outside the record ({settings.start} to {settings.end})"
            yield Problem("control.csv", line, "start", what, "cut the spell to the record or mend its dates")
        if not np.isnat(row["end"]) and row["end"] > settings.end:
            what = f"ends on {row['end']}, after the record ({settings.end})"
            yield Problem("control.csv", line, "end", what, "leave it empty if it still ran then")
    for file in SPELLS[1:]:
        for line, row in tables[file]:
            if begin(row) >= settings.end:
                mend = "move the end of the record, or delete the row"
                yield Problem(
                    file, line, "", f"begins after the record ({settings.end}) and is not used", mend, "warning"
                )


def unbroken_control(settings: Settings, tables: Tables) -> Found:
    """Spells of a place that overlap, leave a gap, or do not fill the record."""
    spells: dict[str, list[tuple[Row, int]]] = defaultdict(list)
    for line, row in tables["control.csv"]:
        if until(row) > row["start"]:
            spells[row["place"]].append((row, line))
    empty = f"an empty holder says that nobody held it, {UNKNOWN} that nobody looked"
    nobody = f"mend the dates, or add a spell: {empty}"
    # A row that could not be read would show again as a gap.
    gaps = tables["control.csv"].whole
    for place, rows in sorted(spells.items()):
        rows.sort(key=lambda item: (item[0]["start"], item[1]))
        reached = settings.start
        for row, line in rows:
            start = row["start"]
            if start < reached and reached > settings.start:
                what = f"spell of {place} starts on {start}, before the one before it ends ({_end(reached)})"
                yield Problem(
                    "control.csv", line, "start", what, "end the earlier spell on the day the later one starts"
                )
            elif start > reached and gaps:
                yield Problem("control.csv", line, "start", f"nothing on {place} from {reached} to {start}", nobody)
            reached = max(reached, until(row))
        if reached < settings.end and gaps:
            yield Problem(
                "control.csv", rows[-1][1], "end", f"nothing on {place} after {reached}", f"leave it open, or {nobody}"
            )
    for line, row in tables["places.csv"]:
        if gaps and row["id"] not in spells:
            mend = f"add a row to control.csv from {settings.start}; {empty}"
            yield Problem("places.csv", line, "id", f"no spell of control for {row['id']}", mend)


def _end(date: np.datetime64) -> str:
    return "it is open" if date == LAST else str(date)


def ordered_estimate(settings: Settings, tables: Tables) -> Found:
    """Estimates with low above best or best above high."""
    for line, row in tables["strengths.csv"]:
        if not row["low"] <= row["best"] <= row["high"]:
            what = f"low {row['low']:g}, best {row['best']:g}, high {row['high']:g} are out of order"
            yield Problem("strengths.csv", line, "best", what, "give low <= best <= high")


def unknown_actor(settings: Settings, tables: Tables) -> Found:
    """Strength of somebody who is neither an organisation nor a patron."""
    ids = {organisation.id for organisation in settings.organisations}
    ids |= {row["patron"] for row in tables["support.csv"].rows}
    reported = set()
    for line, row in tables["strengths.csv"] if tables["support.csv"].whole else ():
        if row["actor"] not in ids and row["actor"] not in reported:
            reported.add(row["actor"])
            what = f"{quoted(row['actor'])} is neither an organisation nor a patron in support.csv"
            yield Problem("strengths.csv", line, "actor", what, nearest(row["actor"], ids), "warning")


def _overlaps(table: Table, key: Callable[[Row], tuple[str, ...]], field: str, what: str) -> Found:
    spells: dict[tuple[str, ...], list[tuple[Row, int]]] = defaultdict(list)
    for line, row in table:
        spells[key(row)].append((row, line))
    for names, rows in sorted(spells.items()):
        rows.sort(key=lambda item: (item[0]["start"], item[1]))
        for (before, at), (row, line) in pairwise(rows):
            if row["start"] < until(before):
                text = f"{what} of {' and '.join(names)} overlaps the one on line {at}"
                yield Problem(table.file, line, field, text, "end the earlier one on the day the later one starts")


def one_relation(settings: Settings, tables: Tables) -> Found:
    """A pair with two relations at a time, or an organisation related to itself."""
    for line, row in tables["relations.csv"]:
        if row["a"] == row["b"]:
            yield Problem(
                "relations.csv", line, "b", f"{row['a']} with itself", "name another organisation or delete it"
            )

    def pair(row: Row) -> tuple[str, ...]:
        return (min(row["a"], row["b"]), max(row["a"], row["b"]))

    yield from _overlaps(tables["relations.csv"], pair, "start", "relation")


def one_value(settings: Settings, tables: Tables) -> Found:
    """Two values at a time of a claim, a leader, a share or a border."""
    claims, borders = tables["claims_leaders.csv"], tables["borders.csv"]
    yield from _overlaps(claims, lambda row: (row["organisation"], row["item"]), "start", "value")
    yield from _overlaps(borders, lambda row: (row["organisation"],), "start", "openness")


def shares(text: str) -> tuple[float, float, float] | None:
    """A share, or low;best;high, from 0 to 1 and in order; None where it is neither."""
    parts = [part.strip() for part in text.split(";")]
    if len(parts) not in (1, 3) or not all(NUMBER.fullmatch(part) for part in parts):
        return None
    numbers = [float(part) for part in parts] * (3 if len(parts) == 1 else 1)
    low, best, high = numbers
    return (low, best, high) if 0 <= low <= best <= high <= 1 else None


def claim_value(settings: Settings, tables: Tables) -> Found:
    """A value that does not fit its item."""
    for line, row in tables["claims_leaders.csv"]:
        item, text = row["item"], row["value"]
        mend = ""
        if item == "claim" and text not in ("0", "1"):
            mend = "write 1 where it says that what it holds is a state, else 0"
        elif item == "leader" and text not in LEADERS:
            mend = nearest(text, LEADERS)
        elif item.endswith("share") and shares(text) is None:
            mend = "write a share from 0 to 1, or low;best;high in that order, as in 0.1;0.2;0.35"
        if mend:
            yield Problem("claims_leaders.csv", line, "value", f"{quoted(text)} does not fit {item}", mend)


def role_node(settings: Settings, tables: Tables) -> Found:
    """Roles on the wrong kind of node, and entries that lead nowhere."""
    for line, row in tables["roles.csv"]:
        off_map, role = row["node"].startswith(OFF_MAP), row["role"]
        if role in ("depot", "core") and off_map:
            yield Problem("roles.csv", line, "node", f"a {role} off the map", "make it a base, or name a place")
        if role in ("base", "entry") and not off_map:
            yield Problem(
                "roles.csv",
                line,
                "node",
                f"a {role} on the map",
                f"write {OFF_MAP}name, or make it a depot",
            )
        if role == "entry" and not row["link_to"]:
            yield Problem("roles.csv", line, "link_to", "an entry that leads nowhere", "name the place it feeds into")
        if role == "entry" and np.isnan(row["hours"]):
            yield Problem(
                "roles.csv", line, "hours", "an entry without hours", "give the hours of travel from the base"
            )


def beyond_observation(settings: Settings, tables: Tables) -> Found:
    """Control that is said to begin when nobody looked any more."""
    for line, row in tables["control.csv"]:
        if settings.observed_until <= row["start"] < settings.end and row["holder"] != UNKNOWN:
            what = f"starts on {row['start']}, when observation had ended ({settings.observed_until})"
            mend = "it is never scored or learnt from; move observed_until in scenario.yaml if somebody saw it"
            yield Problem("control.csv", line, "start", what, mend, "warning")


def one_share(settings: Settings, tables: Tables) -> Found:
    """Two shares of one holder at a place on a day, or a share of nobody knows whom."""
    first: dict[tuple[Any, ...], int] = {}
    for line, row in tables["shares.csv"]:
        key = (row["place"], row["holder"], row["date"])
        if row["holder"] == UNKNOWN:
            yield Problem("shares.csv", line, "holder", "a share of an unknown holder", "leave the row out")
        elif key in first:
            what = f"share of {row['holder'] or 'nobody'} at {row['place']} on {row['date']} given twice"
            yield Problem("shares.csv", line, "date", f"{what}, first on line {first[key]}", "delete one of them")
        first.setdefault(key, line)


Check = Callable[[Settings, Tables], Found]

CHECKS: tuple[Check, ...] = (
    repeated_id,
    no_place,
    many_places,
    unknown_country,
    bad_link,
    unconnected_map,
    backward_spell,
    outside_record,
    unbroken_control,
    beyond_observation,
    one_share,
    ordered_estimate,
    unknown_actor,
    one_relation,
    one_value,
    claim_value,
    role_node,
    *FACT_CHECKS,
    *THEATRE_CHECKS,
)
