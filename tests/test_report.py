"""The page, its charts and the base map, without a browser."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import polemos
from pages import HOSTILE, ORIGIN, sample
from polemos.record.from_scenario import load
from polemos.report import basemap
from polemos.report.basemap import Box
from polemos.report.charts import answers as answer_charts
from polemos.report.charts import curves, maps
from polemos.report.html import basemap_svg, embedded_data, forecast_table, page, svg_figures, tables
from polemos.report.html.courses_section import courses_section
from polemos.report.page import build, quantity_names
from polemos.report.page.contents import STEPS, Stand
from scenarios import tiny as write_tiny


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    return sample(write_tiny(tmp_path_factory.mktemp("war")))


@pytest.fixture(scope="module")
def text(contents):
    return page.html(contents)


class Elements(HTMLParser):
    """Counts the elements of a page and keeps the content of its scripts."""

    def __init__(self, text):
        super().__init__()
        self.seen, self.scripts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs).get("id"), ""))

    def handle_data(self, data):
        if self.scripts and self.seen[-1][0] == "script":
            name, before = self.scripts[-1]
            self.scripts[-1] = (name, before + data)


def test_base_map_is_small_and_whole():
    assert len((files("polemos.report") / "basemap.json").read_bytes()) < 1.5e6
    names = [shape["properties"]["name"] for shape in basemap.topology()["objects"]["countries"]["geometries"]]
    assert len(names) > 200
    assert len(set(names)) == len(names)
    for name in ("countries", "lakes"):
        assert all(ring[0] == ring[-1] for _, rings in basemap._parts(name) for ring in rings)
    assert len(basemap.topology()["objects"]["rivers"]["geometries"]) > 400


@pytest.mark.parametrize(("lon", "lat"), [(-60, -4), (31, 25), (105, 31), (-91, 35), (145, -35), (44, 35)])
def test_rivers_reach_all_parts_of_the_world(lon, lat):
    assert basemap.rivers(Box(lon - 4, lat - 4, lon + 4, lat + 4))


def test_land_is_cut_to_the_box():
    box = Box(6, 45, 10, 48)
    shapes = basemap.land(box)
    assert len(shapes) >= 4
    points = [point for shape in shapes for part in shape["geometry"]["coordinates"] for ring in part for point in ring]
    assert min(x for x, _ in points) >= 6
    assert max(x for x, _ in points) <= 10
    assert min(y for _, y in points) >= 45
    assert max(y for _, y in points) <= 48


def area(ring):
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring))) / 2


@given(st.tuples(*[st.floats(-20, 20) for _ in range(4)]))
def test_clip_of_a_square_is_the_overlap(corners):
    west, east = sorted(corners[:2])
    south, north = sorted(corners[2:])
    square = [(west, south), (west, north), (east, north), (east, south), (west, south)]
    box = Box(-10, -10, 10, 10)
    width = max(0.0, min(east, 10) - max(west, -10))
    height = max(0.0, min(north, 10) - max(south, -10))
    clipped = basemap.clip_ring(square, box)
    assert area(clipped) == pytest.approx(width * height, abs=0.01)


def test_a_line_is_kept_where_it_crosses_the_box():
    line = [(float(x), 0.0) for x in range(-20, 21)]
    (piece,) = basemap.clip_line(line, Box(-3, -3, 3, 3))
    assert (piece[0][0], piece[-1][0]) == (-4, 4)
    there_and_back = [*line, *[(float(x), 9.0) for x in range(20, -21, -1)], (0.0, 0.0), (0.0, -9.0)]
    assert len(basemap.clip_line(there_and_back, Box(-3, -3, 3, 3))) == 2


def test_even_odd_rule():
    ring = [(0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0), (0.0, 0.0)]
    hole = [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0), (1.0, 1.0)]
    shape = {"geometry": {"coordinates": [[ring, hole]]}}
    assert basemap.holds(shape, [(3.0, 3.0)])
    assert not basemap.holds(shape, [(1.5, 1.5), (5.0, 1.0)])


def test_contents_say_what_the_record_and_the_model_say(contents):
    assert contents.dates[contents.origin_index] == ORIGIN
    assert contents.first == contents.origin_index
    after = contents.dates > np.datetime64("2002-12-31")
    assert (contents.record[after] == -1).all()
    assert (contents.record[~after] >= 0).all()
    assert (contents.probability.sum(2) == STEPS).all()
    people = contents.band(contents.focus, "people")
    assert people.record[contents.origin_index] == 40000 + 30000
    assert np.isnan(people.record[after]).all()
    fighters = contents.band(contents.focus, "fighters")
    assert np.nanmax(fighters.record) == pytest.approx(0.8 * 9000), "in the field, as those of the model"
    assert np.isfinite(fighters.record).sum() == 1, "estimates after the first date shown and up to the last"


def test_nothing_is_said_of_people_whose_number_nobody_knows(contents):
    shown = (contents.focus, "The Guild", contents.dates, contents.first)
    assert len(build.band_sentences(contents.bands, *shown)) == 1
    empty = [replace(band, quantiles=0 * band.quantiles) for band in contents.bands]
    assert build.band_sentences(empty, *shown) == ()


def test_the_page_opens_with_a_headline_and_the_dots(contents, text):
    head = text[text.index("<h1>") : text.index('<section id="map">')]
    assert "Likely (87 %), and it happened: The Crown in Alder" in head
    assert "People in the places held by The Guild, counted as before the war: 70,000 on 1 January 2002" in head
    assert head.count('class="dots"') == 2
    assert "author 80-95\u00a0%, rival 30-50\u00a0%, simulated" in head


def test_the_courses_of_the_war_stand_on_the_page(contents, text):
    section = text[text.index('<section id="courses"') : text.index('<section id="curves"')]
    assert "</i>All simulated wars</h3>" in section
    assert "there is one course" in section
    assert "is nearest to this course" not in section, "of one course that says nothing"
    assert 'id="curve-courses"' in section
    two = tuple(replace(contents.courses[0], share=share, happened=share > 0.5) for share in (0.7, 0.3))
    section, data = courses_section(replace(contents, courses=two))
    assert "70 of 100 simulated wars" in section
    assert section.count("<b>What happened</b> is nearest to this course") == 1
    assert [line["name"] for line in data["curve-courses"]["lines"]] == ["course 1", "course 2"]
    assert courses_section(replace(contents, courses=())) == ("", {})


def test_coverage_counts_dates_inside_the_bands(contents):
    band = contents.band(contents.focus, "places")
    known = np.isfinite(band.record) & (np.arange(len(contents.dates)) > contents.first)
    inside = [
        band.quantiles[0, i - contents.first] <= band.record[i] <= band.quantiles[4, i - contents.first]
        for i in np.flatnonzero(known)
    ]
    (row,) = [c for c in contents.coverage if c.organisation == contents.focus and c.quantity == "places"]
    assert row.dates == known.sum()
    assert row.inside90 == pytest.approx(np.mean(inside))
    assert row.inside50 <= row.inside90


def test_readings_follow_the_band(contents):
    readings = [row for row in contents.readings if row.quantity == "people"]
    assert [str(row.date) for row in readings] == ["2002-04-02", "2002-07-02", "2002-12-31"]
    assert readings[0].record == 25000 + 30000
    assert all(list(row.points) == sorted(row.points) for row in readings)


def test_wrong_shapes_are_refused(contents):
    with pytest.raises(ValueError, match="likely has shape"):
        replace(contents, likely=contents.likely[:, 1:])


def test_unknown_focus_is_named(tiny):
    nothing = np.zeros((1, 6, 4), np.float32)
    with pytest.raises(KeyError, match="no organisation 'senate'"):
        build.contents(load(tiny), ORIGIN, "senate", np.array([ORIGIN]), nothing, {}, members=1)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0, "0"), (0.004, "<1"), (0.87, "87"), (0.994, ">99"), (1.0, "100"), (0.5, "50")]
)
def test_certainty_is_only_shown_where_there_is_certainty(value, shown):
    assert svg_figures.number(value) == shown


def test_table_shows_every_status_and_outcome(text):
    body = text[text.index('<table id="forecasts">') : text.index('<section id="score">')]
    assert body.count(">beyond horizon<") == 1
    assert body.count(">not in the model<") == 1
    assert [body.count(f'<td class="outcome {mark}">') for mark in ("yes", "no", "open")] == [1, 2, 1]
    assert "<b>87</b>" in body
    assert "&lt;1" in body


def test_a_score_of_one_question_has_no_range(contents):
    row = replace(contents.scores[0], low=float("nan"), high=float("nan"))
    assert "nan" not in tables.score_table(replace(contents, scores=(row,)))
    assert tables.score_table(contents).count("0.05–0.20") == len(contents.scores)


def test_no_attacks_are_told_of_a_step_that_was_not_simulated(contents):
    told = contents.band(contents.focus, "attacks").quantiles
    assert np.isnan(told[:, 0]).all()
    assert (told[2, 1:] == 12).all()


def test_attacks_are_named_by_their_step(contents):
    assert quantity_names.quantity_name(contents, "attacks") == "Attacks in a week"
    sparse = replace(contents, dates=contents.dates[0] + np.arange(len(contents.dates)) * 30)
    assert quantity_names.quantity_name(sparse, "attacks") == "Attacks in 30 days"


def test_years_are_evenly_marked(contents):
    assert curves.years(contents, 8) == [2002, 2003]
    long = replace(contents, dates=contents.dates[0] + np.arange(len(contents.dates)) * 40)
    marked = curves.years(long, 4)
    assert len(marked) <= 4
    assert len(set(np.diff(marked))) == 1
    from_new_year = replace(contents, dates=np.datetime64("2001-01-01") + np.arange(len(contents.dates)))
    assert curves.years(from_new_year, 8) == [2001], "a year that begins on the first date counts"


def test_silence_is_a_dash():
    assert "–" in forecast_table._stand(Stand("rival", None))
    assert "–" in forecast_table._stand(None)
    assert "±" in forecast_table._stand(Stand("model", 0.9, error=0.01))
    assert "±" not in forecast_table._stand(Stand("model", 1.0, error=0.0))


def test_no_text_becomes_an_element(text):
    parsed = Elements(text)
    assert HOSTILE not in text
    assert "img" not in {tag for tag, _ in parsed.seen}
    assert [name for name, _ in parsed.scripts] == ["page-data", *[None] * len(page.SCRIPTS)]
    assert json.loads(parsed.scripts[0][1])["places"]["name"][0] == HOSTILE


def test_nothing_on_the_page_is_fetched(text):
    parsed = Elements(text)
    metas = [attrs for tag, attrs in parsed.seen if tag == "meta"]
    (policy,) = [m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    for tag, attrs in parsed.seen:
        assert "src" not in attrs, tag
        assert attrs.get("href", "data:,").startswith(("data:,", "#")), tag


def test_packed_fields_come_back(contents):
    flat = np.frombuffer(zlib.decompress(b64decode(embedded_data.packed(contents.probability))), np.uint8)
    moves = flat.reshape(contents.probability.shape)
    assert (np.cumsum(moves, axis=0, dtype=np.uint8) == contents.probability).all()


def test_page_is_written_whole_or_not_at_all(contents, text, tmp_path, monkeypatch):
    monkeypatch.setattr(page, "html", lambda _: text)
    target = page.write(contents, tmp_path / "sub" / "report.html")
    assert target.read_text(encoding="utf-8") == text
    assert len(text) < 0.4e6
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        page.write(replace(contents, title="other"), target)
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]


def test_labels_keep_apart_and_name_the_largest(contents):
    places = contents.places
    box = basemap_svg.map_box(places)
    chosen = basemap_svg.labels(places, box, 560, 3)
    assert 1 <= len(chosen) <= 3
    assert all(places.people[i] > 0 for i in chosen)
    assert 0 not in basemap_svg.labels(places, box, 60, 3), "a name wider than the map is left out"
    assert len(basemap_svg.short(places.name[0])) == basemap_svg.LONGEST
    short = replace(places, name=("Alder", *places.name[1:]))
    assert next(iter(basemap_svg.labels(short, box, 560, 3))) == int(np.argmax(places.people))


def test_box_holds_every_place_at_a_sane_shape(contents):
    box = basemap_svg.map_box(contents.places)
    places = contents.places
    assert box.west < places.lon.min() <= places.lon.max() < box.east
    assert box.south < places.lat.min() <= places.lat.max() < box.north
    assert 0.4 < basemap_svg.aspect(box) < 1.1


def test_map_rows_follow_the_mode(contents):
    last = len(contents.dates) - 1
    record, likely, focus = (maps.place_rows(contents, last, mode) for mode in ("record", "likely", "chance"))
    assert {row["record"] for row in record} == {"not known"}
    assert {row["strength"] for row in likely} <= {0.5, 1.0}
    assert {row["fill"] for row in focus} == {contents.holders[contents.focus].colour}
    early = maps.place_rows(contents, 0, "chance")
    assert {row["strength"] for row in early} == {0.0, 1.0}
    with pytest.raises(ValueError, match="no mode 'colour'"):
        maps.place_rows(contents, 0, "colour")


def test_charts_for_notebooks_draw(contents):
    import vl_convert

    answers = (answer_charts.forecasts(contents), answer_charts.reliability(contents))
    for chart in (
        maps.place_map(contents),
        maps.place_map(contents, 0, "chance"),
        curves.curves(contents),
        *answers,
    ):
        assert vl_convert.vegalite_to_svg(chart.to_dict()).startswith("<svg")
    assert "The Guild" in vl_convert.vegalite_to_svg(curves.curves(contents).to_dict())


def test_the_words_of_an_argument_find_its_claims():
    from polemos.questions.resolve import resolve_all
    from polemos.report.page.forecast_rows import forecast_row, question_rows

    war = polemos.load("caliphate")
    questions = war.questions_at(war.origin())
    came = {one.question: one for one in resolve_all(questions, war.world, draws=0)}
    rows = [forecast_row(row) for row in question_rows(war, questions, came, {}, war.origin())]
    spoken = {claim.id for claim in war.argument.claims if "guerrilla" in claim.text}
    hits = [row for row in rows if "guerrilla" in forecast_table.searched(row)]
    assert len(hits) >= 3
    assert {quote.id for row in rows for quote in row.claims} & spoken <= {
        quote.id for row in hits for quote in row.claims
    }
    assert all(row.title for row in rows)
    assert all(len(row.title) < 90 for row in rows if row.strict)
