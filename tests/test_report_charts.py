"""Colours and marks, spreads behind questions, rival theories from disk, charts as files, results on the page."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

import polemos
from asked import ask
from pages import COUNTERFACTUAL, HINDCAST, sample
from polemos.cli.commands import app
from polemos.questions.questions import question
from polemos.questions.resolve import Resolution
from polemos.report.charts.answers import forecast_rows
from polemos.report.charts.run_charts import Charts
from polemos.report.html import basemap_svg, result_sections
from polemos.report.page import assess as reporting
from polemos.report.page import build, palette, related_results
from polemos.report.page.contents import Holder, PlaceTable
from polemos.report.page.outcome_spread import BINS, spread
from polemos.scenario.load import library
from polemos.war import assessment
from polemos.war.assessment import assess
from scenarios import tiny as write_tiny

ALIKE = ({"circle", "hexagon"}, {"square", "bar"}, {"plus", "cross"})
APART = 6.0


def test_colours_of_the_wars_that_ship_are_told_apart_by_every_eye():
    """By colour, or else by marks that nobody takes for one another: red-, green- and blue-blind, and in grey."""
    for name in library():
        world = polemos.load(name).world
        found = world.organisations
        dressed = palette.dressed(build.holders_of(world))
        assert len({row["mark"] for row in dressed[:-1]}) == len(found.id)
        for vision, (one, other) in itertools.product(palette.VISIONS, itertools.combinations(dressed[:-1], 2)):
            colours = [palette.simulated_vision(row["fill"], vision) for row in (one, other)]
            close = palette.distance(*colours) < APART
            assert not (close and any({one["mark"], other["mark"]} == pair for pair in ALIKE)), (
                name,
                vision,
                one,
                other,
            )


def test_lines_stand_out_from_their_ground():
    for colour in ("#000000", "#ffffff", "#F0E442", "#56B4E9", "#2b2f32"):
        for land in palette.GROUNDS.values():
            assert palette.contrast(palette.line_on(colour, land), land) >= palette.LEAST
    assert palette.against("#0072b2", "#fbfaf6") == "#0072b2", "what stands out already is left alone"


def test_contrast_and_distance_know_their_ends():
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.distance("#000000", "#ffffff") == pytest.approx(100, abs=0.1)
    assert palette.distance("#123456", "#123456") == 0
    grey = palette.simulated_vision("#e69f00", "grey")
    assert grey[1:3] == grey[3:5] == grey[5:7]
    assert palette.distance(
        *(palette.simulated_vision(c, "protanopia") for c in ("#ff0000", "#8f7a00"))
    ) < palette.distance("#ff0000", "#8f7a00")


def test_marks_go_to_who_holds_most():
    holders = [Holder(name, name, "#000000") for name in "abc"]
    shapes = palette.marks(palette.extent(np.array([[2, 2, 1, -1, 3]], np.int8), 4))
    marked = [replace(holder, mark=shape) for holder, shape in zip(holders, shapes, strict=False)]
    found = palette.dressed([*marked, build.NOBODY])
    assert [row["mark"] for row in found] == ["diamond", "square", "circle", "circle"]
    assert found[-1]["fill"] == "transparent"


def crowd(places):
    chance = np.random.default_rng(1)
    ids = tuple(f"p{i}" for i in range(places))
    names = tuple(f"Town of {'M' * (i % 9)} {i}" for i in range(places))
    lat, lon = chance.uniform(30, 36, places), chance.uniform(36, 46, places)
    return PlaceTable(ids, names, ("AA",) * places, lat, lon, np.round(10 ** chance.uniform(2, 6, places)))


@pytest.mark.parametrize("width", [300, 480, 800])
def test_names_never_touch_at_any_width(width):
    places = crowd(400)
    box = basemap_svg.map_box(places)
    chosen = basemap_svg.labels(places, box, width, 60)
    across, down = (
        share * size
        for share, size in zip(basemap_svg.shares(places, box), (width, width * basemap_svg.aspect(box)), strict=True)
    )
    taken, offs = [], basemap_svg.label_offsets(places, width)
    for i, side in chosen.items():
        long = basemap_svg.text_width(basemap_svg.short(places.name[i]))
        sides = dict(basemap_svg._sides(across[i], down[i], long, offs[i]))
        taken.append(sides[side])
        assert taken[-1][0] >= 0
        assert taken[-1][2] <= width
    assert len(chosen) >= 5
    for a, b in itertools.combinations(taken, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    assert len({basemap_svg.short(places.name[i]) for i in chosen}) == len(chosen)


FALLS = question(
    kind="first_time",
    id="falls",
    title="It falls",
    asked="Does it fall by July?",
    origin="2002-01-01",
    when={"by": "crown", "quantifier": "all"},
    no_later_than="2002-07-01",
)


def came(quantity, threshold=181.0):
    return Resolution("falls", 1, quantity, threshold, "days", 0.0, None, "record", 1.0, False)


def test_first_passage_dates_are_spread_over_months():
    days = np.array([10.0, 40.0, 41.0, 200.0, np.inf, np.nan])
    table = np.stack([np.ones(6), days, [0, 0, 0, 0, 0, 1]], axis=1)
    found = spread(FALLS, table, came(50.0), np.datetime64("2002-12-31"))
    assert found.dates
    assert (found.never, found.members) == (1, 5), "a member that was not asked does not count"
    assert sum(found.counts) == 4
    assert found.counts[:2] == (1, 2)
    start = (np.datetime64("2002-01-01") - np.datetime64("1970-01-01")).astype(int)
    assert (found.came, found.line) == (start + 50, start + 181)
    long = spread(FALLS, table, came(None), np.datetime64("2031-01-01"))
    assert len(long.counts) <= BINS
    assert long.came is None


def test_numbers_are_spread_over_whole_bins():
    asked = FALLS.model_copy(update={})
    share = question(
        kind="share",
        id="share",
        title="s",
        asked="?",
        origin="2002-01-01",
        by="crown",
        date="2002-02-01",
        unit="amount",
        at_least=3,
    )
    table = np.stack([np.ones(4), [1.0, 2.0, 2.0, 4.0], np.zeros(4)], axis=1)
    found = spread(share, table, came(2.0, 3.0), np.datetime64("2002-12-31"))
    assert found.edges == (0.5, 1.5, 2.5, 3.5, 4.5)
    assert found.counts == (1, 2, 0, 1)
    table[:, 1] = 3
    assert spread(share, table, came(2.0), np.datetime64("2002-12-31")) is None, "nothing spreads"
    table[:, 1] = np.nan
    assert spread(asked, table, came(2.0), np.datetime64("2002-12-31")) is None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return ask(write_tiny(tmp_path_factory.mktemp("war")))


@pytest.fixture(scope="module")
def kept(folder, tmp_path_factory):
    """A run of the neutral theory beside one of another, both kept."""
    runs = tmp_path_factory.mktemp("home") / "runs"
    war = polemos.load(folder)
    other = war.run(members=10, theory="slow", store=runs)
    reporting.write(reporting.account(assess(war, other)), tmp_path_factory.mktemp("pages") / "slow.html")
    return war, war.run(members=12, store=runs)


def test_rival_theories_stand_side_by_side(kept):
    war, own = kept
    found = reporting.account(assess(war, own)).contents.theories
    assert found.names == ("neutral", "slow")
    assert {len(said) for _, _, said in found.rows} == {2}
    mine = {answer.probability for answer in own.answers}
    assert {said[0] for _, _, said in found.rows} <= mine
    ahead = int((own.summary.dates >= own.run.plan.origin).sum())
    assert [len(line) for line in found.median] == [ahead, ahead]


def test_page_of_a_kept_run_has_its_first_wars(kept):
    war, own = kept
    contents = reporting.account(assess(war, own)).contents
    ahead = own.control.values[:, own.summary.dates >= own.run.plan.origin]
    assert (contents.members == ahead).all()


def test_notebooks_have_the_charts(kept):
    _, own = kept
    assert own.plot is own.plot
    assert own.plot.map(mode="chance", organisation="guild").to_dict()["datasets"]["places"]
    assert own.plot.control("places").to_dict()
    assert own.plot.forecasts().to_dict()
    with pytest.raises(ValueError, match="no quantity 'ships'; there are people, places"):
        own.plot.control("ships")
    with pytest.raises(ValueError, match="outside the page"):
        own.plot.map("1999-01-01")
    with pytest.raises(KeyError, match="no organisation 'senate'"):
        own.plot.map(organisation="senate")


def test_charts_read_what_the_run_holds_and_write_nothing(kept, tmp_path, monkeypatch):
    """No baseline is asked and no file changes; what baselines said is shown once the page has left it."""
    war, own = kept

    def never(*_):
        raise AssertionError("a chart asked a baseline")

    def kinds():
        return {row["kind"] for row in forecast_rows(Charts(own).answers)}

    def files():
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in own.run.folder.rglob("*")}

    before = files()
    monkeypatch.setattr(assessment, "baselines", never)
    for chart in (Charts(own).map(), Charts(own).control(), Charts(own).forecasts()):
        assert chart.to_dict()
    assert files() == before
    assert not (own.run.folder / "answers.json").exists()
    assert "baseline" not in kinds()
    monkeypatch.undo()
    reporting.write(reporting.account(assess(war, own)), tmp_path / "own.html")
    monkeypatch.setattr(assessment, "baselines", never)
    assert "baseline" in kinds()


def test_a_chart_of_answers_says_where_the_run_has_none(folder):
    war = polemos.load(folder)
    mute = replace(war, questions=()).run(members=2)
    assert mute.plot.map().to_dict()
    with pytest.raises(ValueError, match="this run answers no question; polemos run tiny answers those in questions"):
        mute.plot.forecasts()


@pytest.mark.parametrize(
    ("chart", "end", "begin"), [("map", "png", b"\x89PNG"), ("control", "svg", b"<svg"), ("forecasts", "pdf", b"%PDF")]
)
def test_plot_writes_a_file(kept, folder, tmp_path, chart, end, begin):
    _, own = kept
    out = tmp_path / "sub" / f"x.{end}"
    done = CliRunner().invoke(app, ["plot", str(own.run.folder), chart, "-o", str(out), "--scenario", str(folder)])
    assert done.exit_code == 0, done.output
    assert out.read_bytes().startswith(begin)
    assert [path.name for path in out.parent.iterdir()] == [out.name]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["map", "-o", "x.gif"], "ends in .png, .svg, .pdf"),
        (["control", "-o", "x.png", "--quantity", "ships"], "no quantity 'ships'"),
        (["map", "-o", "x.png", "--date", "1999-01-01"], "outside the page"),
        (["map", "-o", "x.png", "--organisation", "senate"], "no organisation 'senate'"),
    ],
)
def test_plot_says_what_is_wrong(kept, folder, tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    _, own = kept
    done = CliRunner().invoke(app, ["plot", str(own.run.folder), *arguments, "--scenario", str(folder)])
    assert done.exit_code == 2
    assert told in done.output
    assert not list(tmp_path.iterdir())


def test_results_are_known_by_what_they_have(tmp_path):
    path = tmp_path / "x.json"
    for one in (COUNTERFACTUAL, HINDCAST):
        path.write_text(json.dumps({name: value for name, value in one.items() if name != "kind"}))
        assert related_results.read(path)["kind"] == one["kind"]
    path.write_text("[1]")
    with pytest.raises(ValueError, match="no result that a page shows"):
        related_results.read(path)
    path.write_text("{")
    with pytest.raises(ValueError, match="no JSON"):
        related_results.read(path)


def test_results_become_sections(tmp_path):
    learnt = {
        "kind": "posterior",
        "war": "tiny",
        "until": "2002-01-01",
        "windows": [],
        "failed": ["too <narrow>"],
        "parameters": [
            {
                "parameter": "a",
                "prior": "b",
                "prior_quantiles": [1, 2, 3],
                "posterior_quantiles": [2, 2.5, 3],
                "contraction": 0.4,
            }
        ],
    }
    moved = {
        "kind": "sensitivity",
        "title": "Does it fall?",
        "answer": 0.5,
        "wars": 1000,
        "rows": [
            {"factor": "a.b", "meaning": "pace", "mean": 0.1, "mean_absolute": 0.12, "total": 0.4},
            {"factor": "c"},
        ],
    }
    text = result_sections.sections([moved, learnt, COUNTERFACTUAL])
    places = [text.index(f'id="{name}"') for name in ("posterior", "sensitivity")]
    assert places == sorted(places)
    assert "too &lt;narrow&gt;" in text
    assert "narrower by" in text
    assert "+10.0" in text
    assert "-20.0 (-30.0 to -10.0)" in text
    assert "<img" not in text


def test_page_says_how_often_in_a_hundred(tmp_path):
    contents = sample(write_tiny(tmp_path / "war"), hostile=False)
    assert contents.spells[0].start <= contents.dates[0]
    pairs = [(a, b) for a, b in itertools.pairwise(contents.spells) if a.place == b.place]
    assert not any(a.holder == b.holder and a.end == b.start for a, b in pairs), "one spell to a reader"
