"""How good the counts off the map would have been in the past: python tools/theatre_scores.py [SCENARIO].

On the first of each January the attacks of the next twelve months are forecast in every theatre that there was, from
what was known then, with the core of each network as it stood. A row is a band of attacks in the twelve months before:
how often the middle 80 % of the forecast contained the outcome, the mean continuous ranked probability score (attacks),
that of "the last year repeats itself" (its mean absolute error), and the same two on the scale of log(1 + attacks).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from polemos.elsewhere.counts import BLOCK, draw_nb, mean_of, size_of
from polemos.elsewhere.learn import learn
from polemos.record.world import World
from polemos.war.war import load

DRAWS = 1000
BANDS = ((0, 0), (1, 4), (5, 19), (20, 99), (100, 100_000))


def crps(drawn: np.ndarray, came: np.ndarray) -> np.ndarray:
    """Score [T] of draws [T, n]; Gneiting and Raftery 2007, doi 10.1198/016214506000001437."""
    ordered, n = np.sort(drawn, axis=1), drawn.shape[1]
    apart = ((2 * np.arange(1, n + 1) - n - 1) * ordered).sum(axis=1) / n**2
    return np.asarray(np.abs(drawn - came[:, np.newaxis]).mean(axis=1) - apart)


def past_forecasts(world: World, years: range) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Of each year: attacks before [T], attacks that came [T] and draws of the forecast [T, n]."""
    whole = world.theatres
    assert whole is not None
    months, row = whole.months.astype("datetime64[M]"), {name: number for number, name in enumerate(whole.id)}
    for year in years:
        learnt = learn(world.as_of(np.datetime64(f"{year}-01-01")))
        first = learnt.ended.astype("datetime64[M]")
        ahead = (months >= first) & (months < first + BLOCK)
        if ahead.sum() < BLOCK:
            return
        before = np.nan_to_num(learnt.attacks[:, -1])
        came = np.array([whole.attacks[row[name], ahead].sum() for name in learnt.theatres.id])
        rng, still = np.random.default_rng(year), np.zeros_like(before)
        drawn = np.empty((before.size, DRAWS))
        for n in range(DRAWS):
            values = learnt.model.draw(rng)
            drawn[:, n] = draw_nb(rng, mean_of(values, before, still, still), size_of(values, before))
        yield before, came, drawn


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="?", default="caliphate")
    world = load(parser.parse_args().scenario).world
    first = int(str(world.start)[:4]) + 1
    parts = list(past_forecasts(world, range(first, int(str(world.until)[:4]) + 1)))
    before, came = (np.concatenate([part[n] for part in parts]) for n in (0, 1))
    drawn = np.concatenate([part[2] for part in parts])
    low, high = np.quantile(drawn, (0.1, 0.9), axis=1)
    inside = (low <= came) & (came <= high)
    scores = crps(drawn, came), np.abs(before - came)
    logs = crps(np.log1p(drawn), np.log1p(came)), np.abs(np.log1p(before) - np.log1p(came))
    heads = ("theatres and years", "in the middle 80 %", "CRPS", "last year", "log CRPS", "last year")
    print(f"| attacks in the year before | {' | '.join(heads)} |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    bands = [(f"{a}" if a == b else f"{a} to {b}" if b < 1000 else f"{a} and more", a, b) for a, b in BANDS]
    for name, a, b in (*bands, ("1 and more", 1, 100_000), ("all", 0, 100_000)):
        of = (before >= a) & (before <= b)
        means = " | ".join(
            f"{values[of].mean():.{digits}f}" for digits, pair in ((1, scores), (2, logs)) for values in pair
        )
        print(f"| {name} | {of.sum()} | {inside[of].mean():.2f} | {means} |")


if __name__ == "__main__":
    main()
