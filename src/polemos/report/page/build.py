"""Makes the contents of the page from a world, the summary of an ensemble, and the answers already scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from polemos.record.world import Days, Holders, World, day
from polemos.report.basemap import CREDIT
from polemos.report.page.contents import (
    STEPS,
    Band,
    Coverage,
    Fact,
    ForecastRow,
    Holder,
    PageContents,
    PlaceTable,
    Reading,
    ScoreRow,
    Spell,
    Who,
)
from polemos.report.page.palette import extent, marks

NOBODY = Holder("nobody", "nobody", "#b9b5ac")
QUANTITIES = ("people", "places", "fighters", "underground", "attacks")
FEWEST = 10
"""Coverage is given for quantities known at this many dates or more."""

WEEK = np.timedelta64(7, "D")
HISTORY = 208
"""Weeks of the record before the origin that a page shows."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the tables of a page hold: who forecast, the answers, the scores."""

    forecasters: tuple[Who, ...] = ()
    forecasts: tuple[ForecastRow, ...] = ()
    scores: tuple[ScoreRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Notes:
    """What the page says of a run in words: how it was made, the command that makes it again, what it cannot say."""

    subtitle: str = ""
    facts: Sequence[Fact] = ()
    command: str = ""
    limits: Sequence[str] = ()
    credits: Sequence[Fact] = ()


def contents(
    world: World,
    origin: object,
    focus: str,
    dates: Days,
    probability: NDArray[np.float32],
    quantiles: Mapping[str, NDArray[np.float32]],
    *,
    statements: Said | None = None,
    observed: Mapping[str, NDArray[np.float32]] | None = None,
    notes: Notes | None = None,
    members: Holders | None = None,
) -> PageContents:
    """Contents of a page.

    `world` is the whole record, `dates` [M] the dates of the model, `probability` [M, P, O + 1] that of every
    holder, `quantiles` [5, M, O] at `LEVELS` by quantity. `observed` [M, O] adds what happened in quantities
    that the record does not hold itself (NaN: not known). `HISTORY` weeks before the origin are shown. `members` int8
    [K, M, P] are single wars.
    Raises `KeyError` for an unknown focus, `ValueError` where shapes do not fit.
    """
    cut = day(origin)
    statements, notes = statements or Said(), notes or Notes()
    keep = dates >= cut
    ahead = np.asarray(dates[keep], "datetime64[D]")
    shown = with_past(world, ahead, cut, HISTORY)
    record = recorded(world, shown)
    chance = probability[keep]
    bands = _bands(world, shown, record, {name: values[:, keep] for name, values in quantiles.items()}, observed, keep)
    holders = holders_of(world)
    number = world.organisation(focus)
    after = len(shown) - len(ahead)
    return PageContents(
        title=world.title,
        subtitle=notes.subtitle,
        origin=cut,
        headline=band_sentences(bands, number, holders[number].name, shown, after),
        facts=tuple(notes.facts),
        command=notes.command,
        dates=shown,
        origin_index=int(np.searchsorted(shown, cut, side="right")) - 1,
        places=place_table(world),
        holders=holders,
        focus=number,
        record=record,
        likely=chance.argmax(2).astype(np.int8),
        probability=np.rint(chance * STEPS).astype(np.uint8),
        bands=bands,
        readings=_readings(bands, number, shown, after),
        coverage=_coverage(bands, after),
        forecasters=statements.forecasters,
        forecasts=statements.forecasts,
        scores=statements.scores,
        limits=tuple(notes.limits),
        credits=(*notes.credits, Fact("Base map", f"{CREDIT}. The lines shown are no statement on borders.")),
        spells=_spells(world, shown[0]),
        links=tuple(zip(world.links.a.tolist(), world.links.b.tolist(), strict=True)),
        members=None if members is None else np.asarray(members[:, keep]),
    )


def _spells(world: World, first: np.datetime64) -> tuple[Spell, ...]:
    """Spells of the record that reach past the first day shown, by place and start, none past the last observation.

    The holder of a spell that nobody observed is -1.
    """
    spells = world.spells
    assert spells.observed is not None
    spell_list: list[Spell] = []
    for row in np.lexsort((spells.start, spells.place)).tolist():
        if spells.start[row] > world.last_observed:
            continue
        place, holder, end = int(spells.place[row]), int(spells.holder[row]), spells.end[row]
        holder = holder if spells.observed[row] else -1
        if world.last_observed < world.until and not end <= world.last_observed:
            end = world.last_observed + np.timedelta64(1, "D")
        last = spell_list[-1] if spell_list else None
        if last is not None and (last.place, last.holder, last.end) == (place, holder, spells.start[row]):
            # A spell that goes on, only contested or not, is one spell to a reader.
            spell_list[-1] = replace(last, end=end)
        elif not end <= first:
            spell_list.append(Spell(place, holder, spells.start[row], end))
    return tuple(spell_list)


def with_past(world: World, ahead: Days, origin: np.datetime64 | None = None, history: int = HISTORY) -> Days:
    """Dates of the model from the origin on (their first where None), after the `history` weeks before it."""
    cut = ahead[0] if origin is None else origin
    past = np.arange(cut, max(world.start, cut - history * WEEK) - 1, -WEEK)[::-1]
    return np.concatenate([past[~np.isin(past, ahead)], ahead])


def recorded(world: World, dates: Days) -> Holders:
    """Holders [T, P] of the record on some dates, -1 where nobody looked: after its end, and in its gaps."""
    return np.where(world.observed(dates), world.holders(dates), np.int8(-1))


def holders_of(world: World) -> tuple[Holder, ...]:
    """Everybody who may hold a place, nobody last.

    Marks go by what each holds over the whole record, so that they are the same in every run of a scenario.
    """
    organisations = world.organisations
    weeks = world.holders(np.arange(world.start, world.until + 1, WEEK))
    shapes = marks(extent(weeks, world.nobody + 1))
    return (
        *(
            Holder(*row)
            for row in zip(organisations.id, organisations.name, organisations.colour, shapes, strict=False)
        ),
        NOBODY,
    )


def place_table(world: World) -> PlaceTable:
    """The places of a world for the map."""
    places = world.places
    return PlaceTable(places.id, places.name, places.country, places.lat, places.lon, places.people)


def _bands(
    world: World,
    shown: Days,
    record: NDArray[np.int8],
    quantiles: Mapping[str, NDArray[np.float32]],
    observed: Mapping[str, NDArray[np.float32]] | None,
    keep: NDArray[np.bool_],
) -> tuple[Band, ...]:
    """Bands with the record beside them, for each quantity given and every organisation."""
    weights = {"people": world.places.people, "places": np.ones(len(world.places.id))}
    unknown = (record < 0).any(axis=1)
    # What no war has a number of (men, where no strengths are known) has no curve.
    quantiles = {name: values for name, values in quantiles.items() if not np.isnan(values).all()}
    bands = []
    for quantity in (*(name for name in QUANTITIES if name in quantiles), *sorted(set(quantiles) - set(QUANTITIES))):
        for number in range(world.nobody):
            estimate = np.full(len(shown), np.nan, np.float32)
            if quantity in weights:
                estimate[:] = (record == number) @ weights[quantity]
                estimate[unknown] = np.nan
            elif observed is not None and quantity in observed:
                estimate[len(shown) - int(keep.sum()) :] = observed[quantity][keep, number]
            elif quantity == "fighters":
                _pin_estimates(world, number, shown, estimate)
            drawn_bands = quantiles[quantity][:, :, number]
            if quantity == "attacks":
                # They are of the step that ends at a date, and none ends at the first.
                drawn_bands = np.concatenate([np.full_like(drawn_bands[:, :1], np.nan), drawn_bands[:, 1:]], axis=1)
            bands.append(Band(number, quantity, drawn_bands, estimate))
    return tuple(bands)


def _pin_estimates(world: World, organisation: int, shown: Days, estimates: NDArray[np.float32]) -> None:
    """Put the dated estimates of an organisation's fighters at the nearest date shown: of those in the field."""
    rows, share = world.strengths, world.organisations.field_share[organisation]
    for actor, measure, date, best in zip(rows.organisation, rows.measure, rows.date, rows.best, strict=True):
        if actor == organisation and measure == "fighters" and shown[0] <= date <= shown[-1]:
            estimates[int(np.abs(shown - date).argmin())] = best * share


def _coverage(bands: Sequence[Band], first: int) -> tuple[Coverage, ...]:
    """Shares of the dates after the first at which the record lay inside the bands."""
    rows = []
    for band in bands:
        observed, spread = band.record[first + 1 :], band.quantiles[:, 1:]
        is_observed = ~np.isnan(observed)
        # An organisation that holds nothing in the record and in the model says nothing of the model's spread.
        if is_observed.sum() >= FEWEST and (np.nanmax(band.record) > 0 or np.nanmax(band.quantiles) > 0):
            wide = (spread[0] <= observed) & (observed <= spread[4])
            narrow = (spread[1] <= observed) & (observed <= spread[3])
            rows.append(
                Coverage(
                    band.organisation,
                    band.quantity,
                    int(is_observed.sum()),
                    float(narrow[is_observed].mean()),
                    float(wide[is_observed].mean()),
                )
            )
    return tuple(rows)


def _readings(bands: Sequence[Band], focus: int, shown: Days, first: int) -> tuple[Reading, ...]:
    """People and places of the focus at a quarter, half a year, and each year after the origin."""
    ahead = shown[first:]
    days = [
        days for days in (91, 182, *range(365, 36500, 365)) if shown[first] + np.timedelta64(days, "D") <= shown[-1]
    ]
    rows = []
    for band in bands:
        if band.organisation == focus and band.quantity in ("people", "places"):
            for after in days:
                i = int(np.abs(ahead - (shown[first] + np.timedelta64(after, "D"))).argmin())
                points = tuple(float(value) for value in band.quantiles[:, i])
                rows.append(Reading(focus, band.quantity, ahead[i], points, float(band.record[first + i])))
    return tuple(rows)


def amount(value: float) -> str:
    """A rounded amount in words: `1.2 million`, `840,000`, `17`."""
    if value >= 1e6:
        return f"{value / 1e6:.1f} million"
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 1000 else f"{value:.0f}"


def long_date(date: np.datetime64) -> str:
    """A day in words: `27 October 2017`."""
    when = date.astype("datetime64[D]").item()
    return f"{when.day} {when:%B %Y}"


def band_sentences(bands: Sequence[Band], focus: int, name: str, shown: Days, first: int) -> tuple[str, ...]:
    """What the focus held at the origin, what it holds a year on in the middle half of the wars, what it really had."""
    of_people = [band for band in bands if band.quantity == "people"]
    focus_bands = [band for band in of_people if band.organisation == focus]
    ahead = len(shown) - first
    # Where nobody holds anybody, how many people live in the places is not known.
    if not focus_bands or ahead < 2 or not any((band.quantiles > 0).any() for band in of_people):
        return ()
    band = focus_bands[0]
    year = int(np.argmin(np.abs(shown[first:] - (shown[first] + np.timedelta64(365, "D")))))
    low, high, had, then = *band.quantiles[[1, 3], year], band.record[first], band.record[first + year]
    # Without the name as a subject, as some names want an article and some are plural.
    start = "not observed in full" if np.isnan(had) else amount(float(had))
    expected = f"{_between(float(low), float(high))} (the middle half of the simulated wars)"
    in_fact = "" if np.isnan(then) else f"; in fact {amount(float(then)) if then > 0 else 'none'}"
    return (
        f"People in the places held by {name}, counted as before the war: {start} on {long_date(shown[first])}; "
        f"expected on {long_date(shown[first + year])}, {expected}{in_fact}.",
    )


def _between(low: float, high: float) -> str:
    """A range of amounts in words, which is one amount where both ends read alike."""
    first, last = amount(low), amount(high)
    return first if first == last else f"{first} to {last}"
