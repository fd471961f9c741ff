"""The page in a browser: no request, no error, slider and play work, hostile text stays text."""

from __future__ import annotations

import shutil
import time
from math import asinh, radians, tan

import pytest

from pages import HOSTILE, sample
from polemos.report import charts, page
from scenarios import tiny as write_tiny

pytestmark = pytest.mark.slow
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install '.[dev]')")
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no Chromium found on the path ({', '.join(NAMES)}); install one to test the page")
    with sync_api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    return sample(write_tiny(tmp_path_factory.mktemp("war")))


@pytest.fixture(scope="module")
def report(contents, tmp_path_factory):
    return page.write(contents, tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture(params=[1200, 400])
def tab(browser, report, request):
    opened = browser.new_page(viewport={"width": request.param, "height": 900})
    opened.errors, opened.asked = [], []
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.on("console", lambda message: opened.errors.append(message.text))
    opened.on("request", lambda asked: opened.asked.append(asked.url))
    begun = time.perf_counter()
    opened.goto(report.as_uri())
    opened.wait_for_selector("body[data-ready]", state="attached", timeout=20000)
    opened.seconds = time.perf_counter() - begun
    opened.wait_for_selector("body[data-drawn]", state="attached", timeout=20000)
    yield opened
    opened.close()


def pixels(tab, element):
    return tab.evaluate("id => document.querySelector('#' + id + ' canvas').toDataURL()", element)


def turn(tab, week):
    tab.evaluate(
        "v => { const s = document.getElementById('week'); s.value = v; s.dispatchEvent(new Event('input')); }", week
    )
    tab.wait_for_selector(f"body[data-week='{week}']", state="attached", timeout=5000)


def test_page_opens_offline_without_an_error(tab, report):
    assert tab.asked == [report.as_uri()]
    assert tab.errors == []
    assert tab.seconds < 10, "a bound for a busy machine; about one second on a quiet one"
    width = tab.viewport_size["width"]
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.locator("#forecasts tbody tr").count() == 6
    assert tab.locator(".chart canvas").count() == tab.locator(".chart").count() > 4


def test_slider_moves_both_maps_and_the_curves(tab):
    before = {name: pixels(tab, name) for name in ("map-record", "map-model")}
    turn(tab, 80)
    after = {name: pixels(tab, name) for name in ("map-record", "map-model")}
    assert before["map-record"] != after["map-record"]
    assert before["map-model"] != after["map-model"]
    assert after["map-model"] != after["map-record"]
    assert "2002" in tab.locator("#date").inner_text()
    tab.locator("input[value=focus]").check()
    tab.wait_for_timeout(200)
    assert pixels(tab, "map-model") != after["map-model"]
    assert pixels(tab, "map-record") == after["map-record"]
    assert tab.errors == []


def test_play_goes_on_and_stops(tab):
    turn(tab, 10)
    tab.locator("#play").click()
    until = time.perf_counter() + 10
    while int(tab.evaluate("document.body.dataset.week")) < 14 and time.perf_counter() < until:
        tab.wait_for_timeout(50)
    tab.locator("#play").click()
    assert tab.locator("#play").inner_text() == "Play"
    tab.wait_for_timeout(200)
    stopped = tab.evaluate("document.body.dataset.week")
    tab.wait_for_timeout(400)
    assert tab.evaluate("document.body.dataset.week") == stopped
    assert int(stopped) >= 14
    assert tab.errors == []


def test_hostile_names_stay_text(tab, contents):
    assert HOSTILE in tab.locator("#forecasts").inner_text()
    canvas = tab.locator("#map-record canvas")
    canvas.scroll_into_view_if_needed()
    box, world = canvas.bounding_box(), charts.map_box(contents.places)
    top, bottom, here = (asinh(tan(radians(lat))) for lat in (world.north, world.south, contents.places.lat[0]))
    across = (contents.places.lon[0] - world.west) / (world.east - world.west)
    tab.mouse.move(box["x"] + 2, box["y"] + 2)
    tab.mouse.move(box["x"] + across * box["width"], box["y"] + (top - here) / (top - bottom) * box["height"])
    tip = tab.locator("#vg-tooltip-element.visible")
    tip.wait_for(timeout=5000)
    assert HOSTILE in tip.inner_text()
    assert "The Crown" in tip.inner_text()
    assert tab.evaluate("window.pwned") is None
    assert tab.locator("img").count() == 0
