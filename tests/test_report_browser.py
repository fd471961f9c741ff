"""The page in a browser: no request, no error, everything on it works by mouse and by keys, hostile text stays text.

Screenshots go into `artefacts/report` beside the tests' folder (ignored by git), at three widths, light and dark.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pages import ARABIC, HOSTILE, LONG, chromium, large, sample
from polemos.report.html import page
from polemos.report.page.contents import Fact
from polemos.report.page.notable_places import opening_index
from scenarios import tiny as write_tiny

pytestmark = pytest.mark.slow
ARTEFACTS = Path(__file__).parents[1] / "artefacts" / "report"


@pytest.fixture(scope="module")
def browser():
    yield from chromium()


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    return sample(write_tiny(tmp_path_factory.mktemp("war")))


@pytest.fixture(scope="module")
def report(contents, tmp_path_factory):
    return page.write(contents, tmp_path_factory.mktemp("page") / "report.html")


def opened(browser, path, width=1000, scheme="light"):
    """A tab that keeps what went wrong and what it asked for; `seconds` to the first picture."""
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab.errors, tab.asked = [], []
    tab.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.on("console", lambda message: tab.errors.append(message.text))
    tab.on("request", lambda asked: tab.asked.append(asked.url))
    begun = time.perf_counter()
    tab.goto(path.as_uri())
    tab.wait_for_selector("body[data-ready]", state="attached", timeout=20000)
    tab.seconds = time.perf_counter() - begun
    tab.wait_for_selector("body[data-drawn]", state="attached", timeout=20000)
    return tab


@pytest.fixture(params=[1000, 400])
def tab(browser, report, request):
    shown = opened(browser, report, request.param)
    yield shown
    shown.close()


def pixels(tab, element):
    return tab.evaluate("id => document.querySelector('#' + id + ' canvas').toDataURL()", element)


def turn(tab, week):
    tab.evaluate(
        "v => { const s = document.getElementById('week'); s.value = v; s.dispatchEvent(new Event('input')); }", week
    )
    tab.wait_for_selector(f"body[data-week='{week}']", state="attached", timeout=5000)


def mode(tab, name):
    tab.locator(f"input[value={name}]").check()
    tab.wait_for_selector(f"body[data-mode='{name}']", state="attached", timeout=5000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1000, 1600])
def test_page_opens_offline_without_an_error(browser, report, contents, width, scheme):
    tab = opened(browser, report, width, scheme)
    assert tab.asked == [report.as_uri()]
    assert tab.errors == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.locator("#forecasts tr.row").count() == len(contents.forecasts)
    assert tab.locator(".pm-curve svg:visible").count() == tab.locator("figure div[id^=curve-]:visible").count() > 2
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    tab.wait_for_timeout(100)
    assert tab.locator(".pm-curve svg").count() == tab.locator("figure div[id^=curve-]").count() > 4, "folded ones too"
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = false; })")
    assert tab.locator("#curve-theories .pm-line").count() == 2
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=ARTEFACTS / f"sample-{width}-{scheme}.png", full_page=True)
    tab.close()


def test_labels_do_not_touch_or_leave_the_map(browser, tmp_path):
    path = page.write(large(260, 12), tmp_path / "large.html")
    for width in (400, 700, 1000, 1600):
        tab = opened(browser, path, width)
        rows = tab.evaluate(
            """() => [...document.querySelectorAll('#map-model .pm-names span')]
            .map((span) => span.getBoundingClientRect()).filter((box) => box.width)
            .map((box) => [box.left, box.top + 2, box.right, box.bottom - 2])"""
        )
        frame = tab.locator("#map-model").bounding_box()
        assert len(rows) >= 6
        for i, a in enumerate(rows):
            assert a[0] >= frame["x"] - 1
            assert a[2] <= frame["x"] + frame["width"] + 1
            for b in rows[:i]:
                assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (width, a, b)
        tab.close()


def test_slider_moves_the_maps_and_the_curves(tab):
    wide = tab.viewport_size["width"] > 800
    turn(tab, 60)
    before = {name: pixels(tab, name) for name in ("map-record", "map-model")}
    upright = tab.locator("#curve-1-people .pm-week").get_attribute("x1")
    turn(tab, 80)
    after = {name: pixels(tab, name) for name in ("map-record", "map-model")}
    assert before["map-model"] != after["map-model"]
    if wide:
        assert before["map-record"] != after["map-record"]
        assert after["map-model"] != after["map-record"]
    assert "2002" in tab.locator("#date").inner_text()
    assert tab.locator("#curve-1-people .pm-week").get_attribute("x1") != upright
    assert "2002: happened" in tab.locator("#curve-1-people .pm-readout").inner_text()
    assert tab.errors == []


def test_map_switches_between_its_modes(tab):
    turn(tab, 80)
    seen = {"likely": pixels(tab, "map-model")}
    mode(tab, "chance")
    seen["chance"] = pixels(tab, "map-model")
    tab.locator("#whose").select_option("0")
    tab.wait_for_timeout(150)
    seen["chance of another"] = pixels(tab, "map-model")
    tab.locator("#member").fill("2")
    tab.locator("#member").dispatch_event("change")
    tab.wait_for_selector("body[data-mode='member']", state="attached", timeout=5000)
    seen["member"] = pixels(tab, "map-model")
    assert "war 2" in tab.locator("#model-note").inner_text()
    mode(tab, "record")
    seen["record"] = pixels(tab, "map-model")
    assert len(set(seen.values())) == len(seen)
    assert not tab.locator("#left").is_visible(), "the record alone takes the whole width"
    assert tab.errors == []


def test_map_opens_where_something_can_be_seen_and_says_how_far_the_two_part(browser, report, contents):
    tab = opened(browser, report)
    assert tab.evaluate("document.body.dataset.week") == str(opening_index(contents))
    week = opening_index(contents)
    known = contents.record[week] >= 0
    apart = (contents.likely[week - contents.first] != contents.record[week]) & known
    words = f"disagrees with what happened in {apart.sum()} of {known.sum()} places"
    assert words in tab.locator("#model-note").inner_text()
    assert tab.locator("#ramp").is_hidden()
    mode(tab, "chance")
    assert tab.locator("#ramp i").count() == 5
    assert tab.locator("#ramp").is_visible()
    tab.close()


def test_map_is_enlarged_by_buttons_keys_wheel_and_mouse(tab):
    host = tab.locator("#map-model")
    host.scroll_into_view_if_needed()

    def zoom():
        return float(host.get_attribute("data-zoom"))

    host.locator("button[aria-label='Show the whole map']").dispatch_event("click")
    assert zoom() == 1
    whole = pixels(tab, "map-model")
    host.locator("button[aria-label='Enlarge the map']").click()
    assert zoom() == 1.6
    near = pixels(tab, "map-model")
    assert near != whole
    host.focus()
    tab.keyboard.press("+")
    assert zoom() == 2.4
    box = host.bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before = pixels(tab, "map-model")
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2 + 25, steps=4)
    tab.mouse.up()
    assert pixels(tab, "map-model") != before, "dragged"
    assert zoom() == 2.4
    if tab.viewport_size["width"] > 800:
        assert tab.locator("#map-record").get_attribute("data-zoom") == host.get_attribute("data-zoom"), "both alike"
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, -300)
    tab.keyboard.up("Control")
    tab.wait_for_timeout(100)
    assert zoom() > 2.4
    host.focus()
    tab.keyboard.press("0")
    assert zoom() == 1
    shown = host.locator(".pm-scale span").inner_text()
    assert shown.endswith(" km")
    assert tab.errors == []


def test_ground_around_places_is_a_view(tab):
    turn(tab, 80)
    plain = pixels(tab, "map-model")
    tab.locator("#areas").check()
    assert pixels(tab, "map-model") != plain
    tab.locator("#areas").uncheck()
    assert pixels(tab, "map-model") == plain


def test_the_address_holds_what_is_looked_at(browser, report):
    first = opened(browser, report)
    turn(first, 80)
    mode(first, "chance")
    first.locator("#whose").select_option("0")
    first.locator("#map-model button[aria-label='Enlarge the map']").click()
    first.locator("#areas").check()
    address = first.evaluate("location.href")
    zoom = first.locator("#map-model").get_attribute("data-zoom")
    first.close()
    second = browser.new_page(viewport={"width": 1000, "height": 900})
    second.goto(address)
    second.wait_for_selector("body[data-drawn]", state="attached", timeout=20000)
    assert second.evaluate("document.body.dataset.week") == "80"
    assert second.locator("#whose").input_value() == "0"
    assert second.locator("#map-model").get_attribute("data-zoom") == zoom != "1.00"
    assert second.locator("#areas").is_checked()
    assert second.locator("#ramp").is_visible()
    second.close()


def test_every_figure_is_saved_as_a_picture_a_drawing_and_a_table(browser, report):
    tab = opened(browser, report)

    def saved(label):
        with tab.expect_download() as waiting:
            tab.locator(f"button[aria-label='{label}']").first.click()
        return Path(waiting.value.path()).read_bytes()

    for name in ("What was said, what happened", "Track record", "Map of the simulated wars"):
        assert saved(f"Save {name} as PNG").startswith(b"\x89PNG")
        drawing = ElementTree.fromstring(saved(f"Save {name} as SVG"))
        assert drawing.tag.endswith("svg")
        assert len(list(drawing.iter())) > 10
    rows = saved("Save What was said, what happened as CSV").decode().splitlines()
    assert rows[0] == "question,author,rival,model,baseline,what happened"
    assert "The Crown in Alder,80-95 %,30-50 %,87 %,100 %,yes" in rows
    places = saved("Save Map of the simulated wars as CSV").decode().splitlines()
    assert places[0] == "place,country,people,what happened,simulated wars"
    assert len(places) == 7
    assert tab.asked[0] == report.as_uri()
    assert all(one.startswith(("file:", "blob:", "data:")) for one in tab.asked), "no request leaves the page"
    assert tab.errors == []
    tab.close()


def test_the_map_alone_can_be_embedded(browser, report):
    tab = browser.new_page(viewport={"width": 700, "height": 700})
    tab.goto(report.as_uri() + "?only=map")
    tab.wait_for_selector("body[data-drawn]", state="attached", timeout=20000)
    assert tab.locator("#map-model").is_visible()
    assert not tab.locator("h1").is_visible()
    assert not tab.locator("#answers").is_visible()
    tab.close()


def test_a_phone_reaches_the_forecasts_within_three_screens(browser, report):
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.goto(report.as_uri())
    tab.wait_for_selector("body[data-drawn]", state="attached", timeout=20000)
    assert tab.locator("#dots .slim svg").bounding_box()["y"] < 3 * 844
    tab.close()


def test_paper_has_the_map_at_a_few_dates(browser, report):
    tab = opened(browser, report)
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")
    assert tab.locator("#multiples canvas").count() == 4
    captions = [one.partition(",")[0] for one in tab.locator("#multiples figcaption").all_inner_texts()]
    assert captions == ["Forecast date", "3 months on", "6 months on", "12 months on"], "under two years"
    assert tab.locator("#multiples figcaption").first.inner_text() == "Forecast date, 1 Jan 2002"
    assert tab.locator("#multiples canvas").first.is_visible()
    assert not tab.locator("#map-model").is_visible()
    assert tab.errors == []
    tab.close()


def test_play_goes_on_and_stops(tab):
    turn(tab, 10)
    tab.locator("#play").click()
    until = time.perf_counter() + 10
    while int(tab.evaluate("document.body.dataset.week")) < 14 and time.perf_counter() < until:
        tab.wait_for_timeout(50)
    tab.locator("#play").click()
    assert tab.locator("#play").inner_text() == "Play"
    stopped = tab.evaluate("document.body.dataset.week")
    tab.wait_for_timeout(300)
    assert tab.evaluate("document.body.dataset.week") == stopped
    assert int(stopped) >= 14
    assert tab.errors == []


def test_keys_move_the_week_and_over_the_map(tab):
    turn(tab, 10)
    tab.locator("#week").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.body.dataset.week") == "11"
    tab.locator("#map-model").focus()
    tab.keyboard.press("ArrowRight")
    first = tab.locator("#map-model .pm-tip").inner_text()
    assert "People" in first
    assert " to " in first, "the spells of the record"
    for key in ("ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"):
        tab.keyboard.press(key)
        if tab.locator("#map-model .pm-tip").inner_text() != first:
            break
    else:
        pytest.fail("no key leads to another place")
    assert tab.locator("#map-model .pm-live").inner_text()
    tab.keyboard.press("Escape")
    assert not tab.locator("#map-model .pm-tip").is_visible()


def test_table_filters_sorts_and_opens(tab, contents):
    rows = tab.locator("#forecasts tr.row")
    tab.locator("select[name=outcome]").select_option("no")
    assert rows.count() == sum(row.outcome is False for row in contents.forecasts)
    tab.locator("select[name=outcome]").select_option("")
    tab.locator("select[name=owner]").select_option("author")
    assert rows.count() == len(contents.forecasts)
    for words, count in (
        ("treaty", 1),
        ("paraphrase strictly", len(contents.forecasts)),
        ("militia", 1),
        ("neither", 0),
    ):
        tab.locator("input[name=text]").fill(words)
        assert rows.count() == count, words
    tab.locator("input[name=text]").fill("")
    if tab.viewport_size["width"] > 800:
        tab.locator("#forecasts thead th.p.model button").click()
        assert "The Guild holds Alder" in rows.first.inner_text(), "the least likely first"
        tab.locator("#forecasts thead th.p.model button").click()
        assert "The Crown in Alder" in rows.first.inner_text()
    button = tab.locator("#forecasts tr.row button").first
    button.focus()
    tab.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    more = tab.locator("#forecasts tr.more:not([hidden])")
    assert "Words of confidence: certain" in more.inner_text()
    assert "The Crown holds Alder." in more.inner_text(), "the strict question, which the row itself leaves out"
    assert "P1" not in tab.locator("#forecasts tr.row .source").first.inner_text().split(" · ")
    assert more.locator(".histogram .bar").count() == 3
    assert "never" in more.inner_text()
    assert tab.errors == []


@pytest.mark.parametrize("width", [400, 1000, 1600])
def test_unbroken_text_widens_no_page(browser, contents, width, tmp_path):
    """A name, a source, a note, a question of 3,000 letters without a space."""
    long = "Unbroken" * 375
    first, *rest = contents.forecasts
    quotes = tuple(replace(quote, text=long, owner=long, words=long, strict=long) for quote in first.claims)
    row = replace(
        first, text=long, title=long, owner=long, where=long, note=long, came=long, strict=long, claims=quotes
    )
    wide = replace(
        contents,
        title=long,
        subtitle=long,
        headline=(long,),
        holders=tuple(replace(holder, name=long) for holder in contents.holders),
        places=replace(contents.places, name=(long, *contents.places.name[1:])),
        facts=(Fact("Members", long), Fact(long, "100")),
        limits=(long,),
        credits=(Fact(long, long),),
        command=f"polemos run {long}",
        forecasts=(row, *rest),
        scores=tuple(replace(score, group=long) for score in contents.scores),
    )
    tab = opened(browser, page.write(wide, tmp_path / "long.html"), width)
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    tab.locator("#forecasts tr.row button").first.click()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.errors == []
    tab.close()


def test_hostile_names_stay_text(tab):
    assert HOSTILE in tab.locator("#forecasts").inner_text()
    tab.locator("#places summary").click()
    tab.locator("#places table", has_text=LONG).wait_for()
    table = tab.locator("#places table").inner_text()
    assert all(name in table for name in (HOSTILE, ARABIC, LONG))
    assert HOSTILE in tab.locator("header .kicker").inner_text()
    assert HOSTILE in tab.title()
    tab.locator("#map-model").focus()
    tab.keyboard.press("0")
    tab.keyboard.press("ArrowRight")
    assert HOSTILE in tab.locator("#map-model .pm-tip").inner_text()
    assert tab.evaluate("window.pwned") is None
    assert tab.locator("img").count() == 0
    assert tab.errors == []


def test_page_prints_on_paper_in_ink(browser, report):
    tab = opened(browser, report, 1000, "dark")
    tab.emulate_media(media="print")
    paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    assert not tab.locator("#play").is_visible()
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    tab.pdf(path=ARTEFACTS / "sample.pdf", prefer_css_page_size=True)
    assert (ARTEFACTS / "sample.pdf").read_bytes().startswith(b"%PDF")
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_a_readers_way(browser, report, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed (pip install '.[dev]')"
    )
    tab = opened(browser, report, 1000, scheme)
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    tab.locator("#forecasts tr.row button").first.click()
    found = axe.Axe().run(tab).response["violations"]
    told = [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:120]} x{len(one['nodes'])}" for one in found]
    assert not told, "\n".join(told)
    tab.close()


@pytest.mark.parametrize(("places", "weeks", "megabytes"), [(260, 290, 2.5), (2500, 150, 8)])
def test_large_wars_stay_small(browser, tmp_path, places, weeks, megabytes):
    """The seconds of the first picture and of a frame are printed (`-s`); how busy a machine is decides no test."""
    path = page.write(large(places, weeks), tmp_path / "large.html")
    size = path.stat().st_size / 1e6
    tab = opened(browser, path, 1200)
    # A frame ends when the browser has painted it: two animation frames after the draw.
    times = tab.evaluate(
        """async () => { const s = document.getElementById('week'), out = [], first = Number(s.max) >> 1;
        const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
        for (let i = 0; i < 40; i++) { await painted(); const began = performance.now(); s.value = first + i;
          s.dispatchEvent(new Event('input')); await painted(); out.push(performance.now() - began); }
        return out.sort((a, b) => a - b); }"""
    )
    middle = times[len(times) // 2]
    print(f"{places} places, {weeks} weeks: {size:.2f} MB, first picture {tab.seconds:.2f} s, frame {middle:.0f} ms")
    assert size < megabytes
    assert len(times) == 40
    assert tab.errors == []
    tab.close()


def test_the_scale_stands_where_no_place_is(browser, contents, tmp_path):
    aside = {}
    for name, x in (("left", contents.places.lon.min()), ("right", contents.places.lon.max())):
        lon, lat = contents.places.lon.copy(), contents.places.lat.copy()
        lon[:], lat[:] = (contents.places.lon.min() + contents.places.lon.max()) / 2, contents.places.lat.max()
        lon[:3], lat[:3] = [contents.places.lon.min(), contents.places.lon.max(), x], contents.places.lat.max()
        lat[2] = contents.places.lat.min()
        moved = replace(contents, places=replace(contents.places, lon=lon, lat=lat))
        tab = opened(browser, page.write(moved, tmp_path / f"{name}.html"))
        tab.locator("[aria-label='Show the whole map']").last.evaluate("(button) => button.click()")
        aside[name] = "pm-aside" in tab.locator("#map-model .pm-scale").get_attribute("class")
        tab.close()
    assert aside == {"left": True, "right": False}
