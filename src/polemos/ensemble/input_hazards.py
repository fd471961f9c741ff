"""Inputs that surprise: how long supports and relations last, learnt from the dated rows of other wars, drawn forward.

    a support that runs ends at e a year; one that has ended comes back at b a year
    a relation of kind i turns into kind j at r_ij a year; a leader dies at d a year, and another stands in his place

Rates have the posterior Gamma(events + 1/2, years watched) of a Poisson process (Jeffreys 1946), from every war but the
one that is forecast, with the rows as they are dated there. What this is not: a reason why a patron stays or goes; nor
patrons or organisations that there are not yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from polemos.elsewhere.pledges import YEAR, Rate
from polemos.record.world import RELATIONS, Claims, Relations, Supports, World

BLOCK = 20
"""Simulated wars that share one course of the inputs."""

ALIVE, DEAD = ("open", "hidden"), "dead"
SUCCESSION = np.timedelta64(28, "D")
"""Days until a successor stands instead of a leader who died; a convention."""


@dataclass(frozen=True, slots=True)
class Hazards:
    """Rates a year: supports that end and come back, relations that turn [from, to], leaders who die."""

    support_ends: Rate
    support_returns: Rate
    relation_turns: dict[tuple[int, int], Rate]
    leader_dies: Rate


def learn(worlds: Iterable[World]) -> Hazards:
    """The rates in whole worlds; leave out the one that is to be forecast."""
    ended, ran, back, away, died, lived = 0, 0.0, 0, 0.0, 0, 0.0
    turns = {(i, j): 0 for i in range(len(RELATIONS)) for j in range(len(RELATIONS)) if i != j}
    watched = dict.fromkeys(range(len(RELATIONS)), 0.0)
    for world in worlds:
        after = world.until + np.timedelta64(1, "D")
        for spells in _support_spells(world).values():
            for number, (start, end) in enumerate(spells):
                ran += _years(max(start, world.start), min(end, after))
                ended += bool(end < after)
                if end < after:
                    later = [one for one in spells[number + 1 :] if one[0] < after]
                    back += bool(later)
                    away += _years(end, later[0][0] if later else after)
        for spells_ in _relation_spells(world).values():
            for number, (kind, start, end) in enumerate(spells_):
                watched[kind] += _years(max(start, world.start), min(end, after))
                follows = spells_[number + 1] if number + 1 < len(spells_) else None
                if follows is not None and follows[0] != kind and follows[1] < after:
                    turns[kind, follows[0]] += 1
        claims = world.claims
        for row, item in enumerate(claims.item):
            if item == "leader":
                end = after if np.isnat(claims.end[row]) else min(claims.end[row], after)
                if claims.text[row] == DEAD:
                    died += bool(claims.start[row] > world.start)
                else:
                    lived += _years(max(claims.start[row], world.start), end)
    return Hazards(
        Rate(ended, max(ran, 1.0)),
        Rate(back, max(away, 1.0)),
        {pair: Rate(count, max(watched[pair[0]], 1.0)) for pair, count in turns.items()},
        Rate(died, max(lived, 1.0)),
    )


def drawn(world: World, hazards: Hazards, until: np.datetime64, seed: int, block: int) -> World:
    """A world that knows what one cut at its origin does, and goes on to a last day as drawn for a block of members."""
    rng = np.random.Generator(np.random.Philox(key=[seed & (2**63 - 1), block]))
    return replace(
        world,
        supports=_supports(rng, world, hazards, until),
        relations=_relations(rng, world, hazards, until),
        claims=_leaders(rng, world, hazards, until),
    )


def _supports(rng: np.random.Generator, world: World, hazards: Hazards, until: np.datetime64) -> Supports:
    ends, returns = hazards.support_ends.draw(rng), hazards.support_returns.draw(rng)
    rows = world.supports
    table = {one.name: list(getattr(rows, one.name)) for one in fields(rows)}
    for group in _by_triple(world).values():
        row = max(group, key=lambda one: rows.start[one])
        running, now = bool(np.isnat(rows.end[row])), world.until
        while (now := _after(rng, now, ends if running else returns)) <= until:
            if running:
                table["end"][row] = now
            else:
                for name in table:
                    table[name].append(table[name][row])
                row = len(table["end"]) - 1
                table["start"][row], table["end"][row] = now, np.datetime64("NaT", "D")
            running = not running
    return Supports(**_columns(rows, table))


def _relations(rng: np.random.Generator, world: World, hazards: Hazards, until: np.datetime64) -> Relations:
    rates = {pair: rate.draw(rng) for pair, rate in hazards.relation_turns.items()}
    rows = world.relations
    table = {one.name: list(getattr(rows, one.name)) for one in fields(rows)}
    for row in np.flatnonzero(np.isnat(rows.end)).tolist():
        now, at = world.until, row
        while True:
            kind = int(table["kind"][at])
            ways = [(other, rates[kind, other]) for other in range(len(RELATIONS)) if other != kind]
            now = _after(rng, now, sum(rate for _, rate in ways))
            if now > until:
                break
            chances = np.array([rate for _, rate in ways])
            table["end"][at] = now
            for name in table:
                table[name].append(table[name][at])
            at = len(table["end"]) - 1
            table["kind"][at] = ways[int(rng.choice(len(ways), p=chances / chances.sum()))][0]
            table["start"][at], table["end"][at] = now, np.datetime64("NaT", "D")
    return Relations(**_columns(rows, table))


def _leaders(rng: np.random.Generator, world: World, hazards: Hazards, until: np.datetime64) -> Claims:
    rate, rows = hazards.leader_dies.draw(rng), world.claims
    table = {one.name: list(getattr(rows, one.name)) for one in fields(rows)}
    for row in range(len(rows.item)):
        if rows.item[row] != "leader" or rows.text[row] not in ALIVE or not np.isnat(rows.end[row]):
            continue
        now, at = world.until, row
        while (now := _after(rng, now, rate)) <= until:
            table["end"][at] = now
            for text, start, end in ((DEAD, now, now + SUCCESSION), (rows.text[row], now + SUCCESSION, None)):
                for name in table:
                    table[name].append(table[name][at])
                at = len(table["end"]) - 1
                table["text"][at], table["start"][at] = text, start
                table["end"][at] = np.datetime64("NaT", "D") if end is None else end
            now += SUCCESSION
    return Claims(**_columns(rows, table))


def _columns(rows: Any, table: dict[str, list[Any]]) -> dict[str, Any]:
    """Columns of the kinds that a table has, in the order of its starts."""
    order = np.argsort(np.array(table["start"], "datetime64[D]"), kind="stable")
    columns = {}
    for one in fields(rows):
        column = getattr(rows, one.name)
        values = [table[one.name][row] for row in order]
        columns[one.name] = tuple(values) if isinstance(column, tuple) else np.array(values, column.dtype)
    return columns


def _after(rng: np.random.Generator, now: np.datetime64, rate: float) -> np.datetime64:
    """A day or more on, at a rate a year."""
    days = min(YEAR * rng.standard_exponential() / max(rate, 1e-9), 1e6)
    return now + np.timedelta64(max(int(days), 1), "D")


def _by_triple(world: World) -> dict[tuple[str, int, str], list[int]]:
    """Rows of supports by patron, client and kind."""
    groups: dict[tuple[str, int, str], list[int]] = {}
    rows = world.supports
    for row, key in enumerate(zip(rows.patron, rows.client.tolist(), rows.kind, strict=True)):
        groups.setdefault(key, []).append(row)
    return groups


def _support_spells(world: World) -> dict[tuple[str, int, str], list[tuple[np.datetime64, np.datetime64]]]:
    """Spells of every patron, client and kind, those that touch made one; one that runs ends after the record."""
    after = world.until + np.timedelta64(1, "D")
    rows, by_triple = world.supports, {}
    for key, group in _by_triple(world).items():
        spells: list[tuple[np.datetime64, np.datetime64]] = []
        for row in sorted(group, key=lambda one: rows.start[one]):
            end = after if np.isnat(rows.end[row]) else min(rows.end[row], after)
            if rows.start[row] >= after or end <= world.start:
                continue
            if spells and rows.start[row] <= spells[-1][1]:
                spells[-1] = (spells[-1][0], max(spells[-1][1], end))
            else:
                spells.append((rows.start[row], end))
        by_triple[key] = spells
    return by_triple


def _relation_spells(world: World) -> dict[tuple[int, int], list[tuple[int, np.datetime64, np.datetime64]]]:
    """Kind, first day and day after the last of the relations of every pair that has any, by day."""
    after = world.until + np.timedelta64(1, "D")
    rows = world.relations
    by_pair: dict[tuple[int, int], list[tuple[int, np.datetime64, np.datetime64]]] = {}
    for row in np.argsort(rows.start, kind="stable").tolist():
        if rows.a[row] == rows.b[row] or rows.start[row] >= after:
            continue
        end = after if np.isnat(rows.end[row]) else rows.end[row]
        by_pair.setdefault((int(rows.a[row]), int(rows.b[row])), []).append((int(rows.kind[row]), rows.start[row], end))
    return by_pair


def _years(start: np.datetime64, end: np.datetime64) -> float:
    return max(float((end - start).astype("timedelta64[D]").astype(int)), 0.0) / YEAR
