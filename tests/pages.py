"""Contents of a page for tests: the invented war of `scenarios`, a made-up model, a hostile place name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from polemos.record.build import load
from polemos.report import build
from polemos.report.contents import Fact, ForecastRow, ScoreRow, Stand, Who

HOSTILE = '<img src=x onerror="window.pwned=1"></script><script>window.pwned=1</script>'
ORIGIN = np.datetime64("2002-01-01")
WHO = (Who("author", "author"), Who("rival", "rival"), Who("model", "model"), Who("no change", "baseline"))


def rows():
    """Four questions: answered and come true, answered and not, beyond the horizon, not in the model."""
    model = [
        Stand("model", 0.87, error=0.011, brier=0.0169),
        Stand("model", 0.004, error=0.002, brier=0.000016),
        Stand("model", None, status="beyond horizon"),
        Stand("model", None, status="not in the model"),
    ]
    texts = ("The Crown holds Alder.", "The Guild holds Alder", HOSTILE, "A treaty is signed")
    outcomes = (True, False, False, None)
    return tuple(
        ForecastRow(
            f"P{i + 1}",
            "Towns" if i < 2 else "Other",
            text,
            "an article",
            f"paragraph {i}",
            outcome,
            (Stand("author", 0.9, 0.8, 0.95, brier=0.01), Stand("rival", 0.4, 0.3, 0.5), said, Stand("no change", 1.0)),
        )
        for i, (text, outcome, said) in enumerate(zip(texts, outcomes, model, strict=True))
    )


def sample(folder, hostile=True):
    """A page of the war in `folder` at `ORIGIN`: the model half believes the record and half that nothing changes."""
    world = load(folder)
    if hostile:
        names = (HOSTILE, *world.places.name[1:])
        world = replace(world, places=replace(world.places, name=names))
    dates = np.arange(ORIGIN, np.datetime64("2003-06-01"), 7)
    true = world.holders(np.minimum(dates, world.until))
    shape = (len(dates), len(world.places.id), world.nobody + 1)
    probability = np.zeros(shape, np.float32)
    t, p = np.ogrid[: shape[0], : shape[1]]
    np.add.at(probability, (t, p, true.astype(int)), 0.5)
    np.add.at(probability, (t, p, np.broadcast_to(true[:1], true.shape).astype(int)), 0.5)
    spread = np.array([0.5, 0.8, 1.0, 1.2, 1.5], np.float32)[:, None, None]
    people = np.einsum("tpo,p->to", probability[:, :, :-1], world.places.people)
    quantiles = {
        "people": (people * spread).astype(np.float32),
        "places": (probability[:, :, :-1].sum(1) * spread).astype(np.float32),
        "fighters": np.full((5, shape[0], world.nobody), 9000, np.float32) * spread,
    }
    scores = tuple(ScoreRow("All", who.name, 2, 0.1, 0.05, 0.2) for who in WHO)
    return build.contents(
        world,
        ORIGIN,
        "guild",
        dates,
        probability,
        quantiles,
        members=100,
        said=build.Said(WHO, rows(), scores),
        headline_questions=("P1", "P3"),
        facts=(Fact("Members", "100"),),
        command="polemos run tiny",
        limits=("Nothing smaller than a town.",),
        credits=(Fact("Nobody", "CC0"),),
    )
