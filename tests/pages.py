"""Contents of a page for tests: the invented war of `scenarios`, a made-up model, a hostile place name."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest

from polemos.app.serve import stand
from polemos.app.server import Room
from polemos.courses.courses import courses
from polemos.record.from_scenario import load
from polemos.report.page import build
from polemos.report.page.contents import (
    STEPS,
    Band,
    Diagram,
    Fact,
    ForecastRow,
    Holder,
    PageContents,
    PlaceTable,
    Quote,
    ScoreRow,
    Spread,
    Stand,
    Theories,
    Who,
)
from polemos.scores.calibration import Bin

HOSTILE = '<img src=x onerror="window.pwned=1"></script><script>window.pwned=1</script>'
ARABIC = "\u202e\u0645\u062f\u064a\u0646\u0629 \"'& \U0001f3f0"
LONG = "Long" * 75
ORIGIN = np.datetime64("2002-01-01")
WHO = (Who("author", "author"), Who("rival", "rival"), Who("model", "model"), Who("no change", "baseline"))


FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium():
    """A Chromium, as the generator of a fixture; skips where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install '.[dev]')")
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no Chromium found on the path ({', '.join(BROWSERS)}); install one to test the page")
    with sync_api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


def serving(hall, scenario, home):
    """The what-if page on a port, as the generator of a fixture; its threads end with it."""
    made = stand(Room(hall, str(scenario), home / "mine.json"))
    thread = threading.Thread(target=made.serve)
    thread.start()
    yield made
    made.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert hall.running == 0


SPREADS = (
    Spread("First day", "", (11688.0, 11719.0, 11747.0), (30, 50), 20, 100, True, 11730.0, 11700.0),
    Spread(HOSTILE, "places", (-0.5, 0.5, 1.5), (60, 40), 0, 100, False, 1.0, None),
    None,
    None,
)


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
            claims=(Quote(f"P{i + 1}", "author", (i + 1,), f"paraphrase {HOSTILE}", "certain", "strictly"),),
            strict=text,
            came="found 3 against 4 places",
            spread=SPREADS[i],
            title=("The Crown in Alder", "", HOSTILE, "A treaty")[i],
            keywords=("", "militia", "", "")[i],
        )
        for i, (text, outcome, said) in enumerate(zip(texts, outcomes, model, strict=True))
    )


def sample(folder, hostile=True):
    """A page of the war in `folder` at `ORIGIN`: the model half believes the record and half that nothing changes."""
    world = load(folder)
    if hostile:
        names = (HOSTILE, ARABIC, LONG, *world.places.name[3:])
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
        "attacks": np.full((5, shape[0], world.nobody), 12, np.float32) * spread,
    }
    scores = tuple(ScoreRow("All", who.name, 2, 0.1, 0.05, 0.2) for who in WHO)
    if hostile:
        world = replace(world, title=f"{LONG} {ARABIC} {HOSTILE}")
    made = build.contents(
        world,
        ORIGIN,
        "guild",
        dates,
        probability,
        quantiles,
        statements=build.Said(WHO, rows(), scores),
        notes=build.Notes(
            facts=(Fact("Members", "100"),),
            command="polemos run tiny",
            limits=("Nothing smaller than a town.",),
            credits=(Fact("Nobody", "CC0"),),
        ),
        members=np.stack([true, np.broadcast_to(true[:1], true.shape)]),
    )
    bins = (Bin(0.0, 0.5, 30, 0.2, 0.1), Bin(0.5, 1.0, 40, 0.8, 0.9))
    return replace(
        made,
        simulated=100,
        courses=courses(made.members, made.dates[made.first :], made.places.people, len(made.holders)),
        diagrams=(Diagram("Answers", "few", ((WHO[2], bins), (WHO[0], bins[:1]))),),
        theories=Theories(
            ("neutral", HOSTILE if hostile else "author"),
            (("Does the Crown hold Alder?", True, (0.87, None)),),
            (0.02, None),
            1,
            tuple(tuple(float(v) for v in quantiles["people"][2, :, 1]) for _ in range(2)),
        ),
        results=(HINDCAST, COUNTERFACTUAL),
    )


HINDCAST = {
    "kind": "hindcast",
    "scenario": "tiny",
    "origins": ["2001-06-01", "2001-07-01"],
    "leads": ["1mo", "3mo"],
    "members": 100,
    "reference": "no change",
    "rows": [
        {"forecaster": who, "lead": f"{lead}mo", "scope": "all", "log": score * lead, "brier": 0.1}
        for who, score in (("model", 0.1), ("no change", 0.2))
        for lead in (1, 3)
    ],
}
COUNTERFACTUAL = {
    "kind": "counterfactual",
    "claim": "C1",
    "text": HOSTILE,
    "changes": ["support.crown=off"],
    "origin": "2002-01-01",
    "until": "2002-12-31",
    "members": 100,
    "sentence": "In the model it changes little.",
    "note": "",
    "thin": "",
    "effects": [
        {"title": "Alder", "factual": 0.8, "counterfactual": 0.6, "difference": -0.2, "low": -0.3, "high": -0.1}
    ],
}
COLOURS = ("#CC79A7", "#000000", "#F0E442", "#AAAAAA", "#0072B2", "#009E73", "#E69F00", "#D55E00", "#56B4E9")


def large(places, weeks, seed=0):
    """A made-up page of a size with nine organisations, two thirds of whose weeks the model covers."""
    chance = np.random.default_rng(seed)
    organisations = len(COLOURS)
    holders = (*(Holder(f"o{i}", f"Organisation {i}", colour) for i, colour in enumerate(COLOURS)), build.NOBODY)
    people = np.round(10 ** chance.uniform(3, 6, places))
    people[::9] = 0
    dates, first = np.datetime64("2013-01-01") + 7 * np.arange(weeks), weeks // 3
    moved = chance.random((weeks, places)) < 0.01
    record = np.zeros((weeks, places), np.int8)
    record[0] = chance.integers(0, organisations, places)
    for t in range(1, weeks):
        record[t] = np.where(moved[t], chance.integers(0, organisations, places), record[t - 1])
    level = chance.normal(0, 1, (places, organisations + 1))
    level[np.arange(places), record[first]] += 6
    probability = np.zeros((weeks - first, places, organisations + 1), np.uint8)
    for t in range(weeks - first):
        share = np.exp(level)
        probability[t] = np.rint(STEPS * share / share.sum(1, keepdims=True))
        level = 0.99 * level + (chance.random((places, 1)) < 0.15) * chance.normal(0, 0.3, level.shape)
    bands = []
    for o in range(organisations):
        for quantity in build.QUANTITIES:
            line = (np.abs(np.cumsum(chance.normal(0, 1, weeks))) + 3).astype(np.float32)
            spread = np.array([0.5, 0.8, 1, 1.2, 1.5], np.float32)[:, None] * line[first:]
            bands.append(Band(o, quantity, spread, line))
    ids = tuple(f"p{i}" for i in range(places))
    lat, lon = chance.uniform(29, 37.5, places), chance.uniform(36, 48, places)
    table = PlaceTable(ids, tuple(f"Town {i}" for i in range(places)), ("AA",) * places, lat, lon, people)
    return PageContents(
        title="A large war",
        subtitle="",
        origin=dates[first],
        headline=(),
        facts=(),
        command="",
        dates=dates,
        origin_index=first,
        places=table,
        holders=holders,
        focus=1,
        record=record,
        likely=probability.argmax(2).astype(np.int8),
        probability=probability,
        bands=tuple(bands),
        readings=(),
        coverage=(),
        forecasters=(),
        forecasts=(),
        scores=(),
        limits=(),
        credits=(),
        members=record[np.newaxis, first:],
    )
