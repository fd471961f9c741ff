"""The what-if page in a browser: keyboard, rapid moves, two tabs, a stopped server, one file; and how quick it is."""

from __future__ import annotations

import re
import signal
import statistics
import subprocess
import sys
import threading
import time

import pytest
from typer.testing import CliRunner

import polemos
from asked import ask
from interrupts import hear_interrupts
from pages import chromium, serving
from polemos.app.run_pool import Hall
from polemos.cli.commands import app
from scenarios import tiny
from test_what_if import COUNTERFACTUAL

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser():
    yield from chromium()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = ask(tiny(tmp_path_factory.mktemp("war")))
    with (path / "argument.yaml").open("a", encoding="utf-8") as file:
        file.write(COUNTERFACTUAL)
    (path / "theories").mkdir(exist_ok=True)
    (path / "theories" / "loyal.yaml").write_text("title: Hearts and minds\nprocesses: [pull, attitudes]\n")
    settings = (path / "scenario.yaml").read_text()
    (path / "scenario.yaml").write_text(settings.replace("Hill League", "Hill <img src=x onerror=alert(1)> League"))
    return path


@pytest.fixture(scope="module")
def server(folder, tmp_path_factory):
    yield from served(folder, tmp_path_factory)


@pytest.fixture(scope="module")
def flagship(tmp_path_factory):
    yield from served("caliphate", tmp_path_factory)


def served(scenario, tmp_path_factory):
    hall = Hall(polemos.load(scenario))
    yield from serving(hall, scenario, tmp_path_factory.mktemp("home"))
    assert not [one for one in threading.enumerate() if one in hall._pool._threads]


def opened(browser, server, query="", width=1200, **how):
    context = browser.new_context(viewport={"width": width, "height": 900}, **how)
    tab = context.new_page()
    tab.errors = []
    tab.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.on("console", lambda message: tab.errors.append(message.text))
    tab.on("request", lambda asked: tab.errors.append(asked.url) if "127.0.0.1" not in asked.url else None)
    tab.goto(server.address(query))
    done(tab)
    # Most tests are of what an expert moves.
    tab.evaluate("P.opened.add('Expert'); P.drawLevers()")
    return tab


def done(tab, seconds=60):
    """Wait until the last run is over."""
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        runs, over, bad = tab.evaluate(
            "[document.body.dataset.run, document.body.dataset.done, document.body.dataset.failed]"
        )
        if bad:
            pytest.fail(tab.inner_text("#status"))
        if runs and runs == over:
            return
        tab.wait_for_timeout(20)
    pytest.fail(f"not done: {tab.inner_text('#status')}")


def test_a_lever_changes_the_curves_the_table_and_the_link(browser, server):
    tab = opened(browser, server)
    assert "token" not in tab.url
    before = tab.evaluate("document.querySelector('#cards canvas').toDataURL()")
    tab.locator("[data-lever='supports.emperor on']").uncheck()
    done(tab)
    assert "set=supports.emperor%3D0" in tab.url
    assert tab.evaluate("document.querySelector('#cards canvas').toDataURL()") != before
    assert tab.locator("#effects tbody tr").count() >= 1
    assert "--set supports.emperor=0" in tab.inner_text("#command")
    link = tab.url
    other = tab.context.new_page()
    other.goto(link)
    done(other)
    assert other.inner_text("#effects") == tab.inner_text("#effects")
    assert other.inner_text("#parted") == tab.inner_text("#parted")
    assert tab.errors == []
    tab.context.close()


def test_everything_can_be_done_with_the_keyboard(browser, server):
    tab = opened(browser, server)
    reached = set()
    for _ in range(400):
        tab.keyboard.press("Tab")
        name = tab.evaluate("(a => a.dataset.lever || a.id || a.textContent.trim())(document.activeElement)")
        reached.add(name)
        if name == "supports.emperor":
            tab.keyboard.press("Home")
            done(tab)
            assert tab.evaluate("document.activeElement.dataset.lever") == "supports.emperor"
            assert tab.evaluate("P.state.changes") == ["supports.emperor=0"]
        if name == "week":
            tab.keyboard.press("Home")
            assert tab.inner_text("#date") == "1 January 2002"
        if name == "map-right":
            tab.keyboard.press("ArrowRight")
            assert tab.locator("#map-right .pm-tip").is_visible()
        if name == "Replay":
            tab.keyboard.press("Enter")
            tab.wait_for_selector("body[data-replay]", state="attached", timeout=20000)
            break
    assert {"preset", "origin", "to", "members", "Copy link", "play", "week", "map-left", "Replay"} <= reached
    assert tab.locator("#log li").count() > 0
    assert tab.errors == []
    tab.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1000, 1600])
def test_nothing_overflows(browser, server, width, scheme):
    tab = opened(browser, server, "members=60&set=supports.emperor%3D0", width, color_scheme=scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    beyond_keys = """[...document.querySelectorAll("body *")]
      .filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth)
      .filter((one) => /auto|scroll/.test(getComputedStyle(one).overflowX) && one.tabIndex < 0)
      .filter((one) => !one.querySelector("button, a, input, select")).map((one) => one.id || one.className)"""
    assert tab.evaluate(beyond_keys) == [], "what scrolls can be reached and moved with the keys"
    assert tab.locator("img").count() == 0
    assert tab.errors == []
    tab.context.close()


@pytest.mark.parametrize("width", [400, 1000, 1600])
def test_unbroken_text_widens_no_page(browser, server, width):
    """Names, presets, changes and notes of 3,000 letters without a space."""
    tab = opened(browser, server, "members=20&set=supports.emperor%3D0", width)
    tab.evaluate(
        """(long) => {
          for (const one of [...P.fixed.holders, ...P.fixed.places]) one.name = long;
          for (const preset of [...P.levers.presets.argument, ...P.levers.presets.theories]) preset.text = long;
          for (const effect of P.difference.effects) effect.title = long;
          for (const process of P.levers.processes) process.title = long;
          P.state.command = long;
          P.state.changes = [long + "=0"];
          for (const draw of ["drawModes", "drawLevers", "drawChips"]) P[draw]();
          P.drawAll(20);
          P.say(long, true);
          document.querySelector("h1").textContent = P.id("about").textContent = P.id("credit").textContent = long;
        }""",
        "Unbroken" * 375,
    )
    beyond = tab.evaluate(
        """Array.from(document.querySelectorAll("body *"), (e) => [e.getBoundingClientRect().right, e])
          .filter(([right]) => right > innerWidth + 1).map(([, e]) => e.tagName + "#" + e.id + "." + e.className)"""
    )
    assert tab.evaluate("document.documentElement.scrollWidth") <= width, beyond[:20]
    assert tab.errors == []
    tab.context.close()


def test_a_change_is_said_in_words_with_names(browser, server):
    tab = opened(browser, server, "members=20&set=supports.emperor%3D0")
    assert tab.inner_text("#chips li").split("×")[0].strip() == "Emperor: nothing"
    assert tab.get_attribute("#chips li", "title") == "supports.emperor=0"
    words = tab.evaluate(
        """() => { const [[a, A], [b, B]] = P.orgs;
          return [`supports.*.${a}=0.5@2002-03-01`, `relations.${a}.${b}=truce`, `claims.${b}=0`, "beta_t=1"]
            .map((one) => P.changeWords(one).replaceAll(A, "A").replaceAll(B, "B")); }"""
    )
    assert words == ["All supporters to A: 50 % from 2002-03-01", "A and B: truce", "B: no claim to statehood", ""]
    assert " that " in tab.inner_text("#worth") or "wars (the middle question)." in tab.inner_text("#worth")
    assert tab.errors == []
    tab.context.close()


def test_a_hundred_rapid_moves_end_with_the_last(browser, server):
    tab = opened(browser, server)
    tab.evaluate("for (let i = 1; i <= 100; i++) P.change('beta_t', i / 50)")
    done(tab)
    assert tab.evaluate("P.state.changes") == ["beta_t=2"]
    assert "beta_t=2" in tab.inner_text("#command")
    quiet(server)
    fresh = opened(browser, server, "members=200&set=beta_t%3D2")
    assert fresh.inner_text("#effects") == tab.inner_text("#effects")
    assert tab.errors == []
    for one in (tab, fresh):
        one.context.close()


def test_two_browsers_and_a_tab_closed_in_the_middle(browser, server):
    one, two = opened(browser, server), opened(browser, server)
    gone = opened(browser, server)
    gone.evaluate("P.set({ members: 2000 })")
    gone.wait_for_timeout(100)
    gone.context.close()
    one.evaluate("P.change('beta_t', 0)")
    two.evaluate("P.change('supports.emperor', 0)")
    done(one)
    done(two)
    assert one.evaluate("P.state.changes") == ["beta_t=0"]
    assert two.evaluate("P.state.changes") == ["supports.emperor=0"]
    assert one.inner_text("#effects") != two.inner_text("#effects")
    for tab in (one, two):
        assert tab.errors == []
        tab.context.close()
    quiet(server)


def test_a_lever_moved_at_once_keeps_the_preset(browser, server):
    tab = opened(browser, server, "members=20")
    tab.evaluate("P.open(P.levers.presets.argument.find((p) => p.id === 'C1').query); P.change('beta_t', 0.5)")
    done(tab)
    told = tab.evaluate("P.state.changes")
    assert "beta_t=0.5" in told
    assert set(tab.evaluate("P.levers.presets.argument.find((p) => p.id === 'C1').means.changes")) < set(told)
    assert tab.errors == []
    tab.context.close()


def shapes(tab):
    """The mark of each name in the legend, and the marks that the maps draw for the same holders."""
    legend = "Array.from(document.querySelectorAll('#legend li'), (li) => li.querySelector('svg').dataset.shape)"
    maps = "['left', 'right'].map((side) => P.id('map-' + side).dataset.shapes.split(' '))"
    count = tab.evaluate("P.fixed.holders.length")
    return tab.evaluate(legend), [one[:count] for one in tab.evaluate(maps)]


def presets_in_turn(tab, members):
    """Choose every preset of the page as a reader does, with few wars; gives its id and its marks."""
    tab.evaluate(f"P.usual.members = {members}")
    for group in ("argument", "theories"):
        for one in tab.evaluate(f"P.levers.presets.{group}"):
            query = one["query"].replace("members=200", f"members={members}")
            tab.evaluate("(query) => P.open(query)", query)
            done(tab, 240)
            legend, maps = shapes(tab)
            assert maps == [legend, legend], f"preset {one['id']}: legend and maps show different marks"
            yield one["id"], legend


def test_every_preset_runs_and_every_holder_keeps_its_mark(browser, server):
    tab = opened(browser, server, "members=20&origin=2001-07-01")
    at_first = shapes(tab)[0]
    seen = dict(presets_in_turn(tab, 20))
    assert set(seen) >= {"C1", "C2", "loyal"}
    assert all(legend == at_first for legend in seen.values())
    tab.evaluate("P.open(P.levers.presets.theories.find((one) => one.id === 'loyal').query)")
    done(tab)
    loyal = [name for name in tab.evaluate("Object.keys(P.after.series)") if name.endswith("_opinion")]
    assert loyal
    assert not set(loyal) & set(tab.evaluate("Object.keys(P.before.series)"))
    assert tab.locator(f"#curve-{loyal[0]}").count() == 1
    assert tab.errors == []
    tab.context.close()


def test_every_preset_of_the_flagship_runs(browser, flagship):
    tab = opened(browser, flagship, "members=4")
    seen = dict(presets_in_turn(tab, 4))
    assert len(seen) >= 15
    assert len({tuple(legend) for legend in seen.values()}) == 1
    assert tab.errors == []
    tab.context.close()


def test_a_fault_of_the_server_is_a_sentence(browser, server, monkeypatch):
    from polemos.app import run_pool

    tab = opened(browser, server, "members=20")

    def broken(*_):
        raise KeyError("held_opinion")

    monkeypatch.setattr(run_pool, "stacked", broken)
    tab.evaluate("P.change('beta_t', 0.7)")
    tab.wait_for_selector("body[data-failed]", state="attached", timeout=20000)
    said = tab.inner_text("#status")
    assert "This is a fault of polemos" in said
    assert "held_opinion" in said
    monkeypatch.undo()
    tab.evaluate("delete document.body.dataset.failed")
    tab.get_by_role("button", name="Take all back").click()
    done(tab)
    tab.context.close()


def test_a_copied_link_opens_for_somebody_else(browser, server):
    tab = opened(browser, server, "members=20&set=supports.emperor%3D0")
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.get_by_role("button", name="Copy link").click()
    tab.locator("#status", has_text="copied").wait_for()
    link = tab.evaluate("navigator.clipboard.readText()")
    assert server.door.token in link
    fresh = browser.new_context()
    other = fresh.new_page()
    other.goto(link)
    done(other)
    assert server.door.token not in other.url
    assert other.evaluate("P.state.changes") == ["supports.emperor=0"]
    assert other.inner_text("#effects") == tab.inner_text("#effects")
    other.reload()
    done(other)
    (cookie,) = fresh.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    for context in (tab.context, fresh):
        context.close()


def test_a_tap_on_a_phone_shows_a_place_until_the_next_tap_elsewhere(browser, server):
    tab = opened(browser, server, "members=20", 400, has_touch=True, is_mobile=True)
    host = tab.locator("#map-left")
    host.scroll_into_view_if_needed()
    box, at = host.bounding_box(), tab.evaluate("[P.land.x[0], P.land.y[0]]")
    tab.touchscreen.tap(box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"])
    tip = tab.locator("#map-left .pm-tip")
    tab.wait_for_timeout(400)
    assert tip.is_visible()
    assert tip.locator("b").inner_text() == "Alder"
    words = tab.locator("#left-name").bounding_box()
    tab.touchscreen.tap(words["x"] + 5, words["y"] + 5)
    tab.wait_for_timeout(100)
    assert not tip.is_visible()
    assert tab.errors == []
    tab.context.close()


def quiet(server):
    deadline = time.perf_counter() + 20
    while (server.room.hall.running or server.room.tabs) and time.perf_counter() < deadline:
        time.sleep(0.05)
    assert server.room.hall.running == 0
    assert server.room.tabs == {}


def test_a_mistake_is_told_and_mended(browser, server):
    tab = opened(browser, server)
    tab.evaluate("P.change('pins.Nowhere', 1)")
    tab.wait_for_selector("body[data-failed]", state="attached", timeout=20000)
    assert "no place 'Nowhere'" in tab.inner_text("#status")
    tab.evaluate("delete document.body.dataset.failed")
    tab.get_by_role("button", name="Take all back").click()
    done(tab)
    tab.context.close()


def test_presets_are_saved_and_forgotten(browser, server):
    tab = opened(browser, server, "members=20&set=beta_t%3D0")
    tab.fill("#save-name", "no land <b>")
    tab.get_by_role("button", name="Save").click()
    tab.wait_for_selector("optgroup[label=Yours] option", state="attached")
    assert tab.inner_text("optgroup[label=Yours]", timeout=5000).strip() == "no land <b>"
    tab.get_by_role("button", name="Forget").click()
    tab.wait_for_selector("optgroup[label=Yours] option", state="detached")
    tab.select_option("#preset", label="C1 Without the Emperor the Crown <b>falls</b> [at once]")
    done(tab)
    assert tab.evaluate("P.state.claim") == "C1"
    assert "--claim C1" in tab.inner_text("#command")
    assert tab.errors == []
    tab.context.close()


def test_a_class_sees_buttons_and_few_levers_and_one_sentence_of_result(browser, server):
    tab = opened(browser, server, "members=60")
    tab.evaluate("P.opened.clear(); P.drawLevers()")
    assert not tab.locator("#members").is_visible()
    choices = tab.locator("button.choice")
    assert choices.first.inner_text() == "Nothing changed"
    assert choices.first.get_attribute("aria-pressed") == "true"
    choices.filter(has_text="Without the Emperor").click()
    done(tab)
    assert tab.evaluate("P.state.claim") == "C1"
    assert choices.filter(has_text="Without the Emperor").get_attribute("aria-pressed") == "true"
    assert "of 100 wars" in tab.inner_text("#verdict") or "by more than chance" in tab.inner_text("#verdict")
    moved = tab.evaluate("P.difference.effects.filter(P.moves).length")
    assert tab.locator("#effects > table tbody tr").count() == moved
    assert tab.locator("#effects details tbody tr").count() == tab.evaluate("P.difference.effects.length") - moved
    assert tab.errors == []
    tab.context.close()


def test_a_page_carries_every_counterfactual_and_a_reader_switches_between_them(browser, folder, tmp_path):
    path = tmp_path / "every.html"
    command = ["what-if", str(folder), "--every", "--members", "40", "--runs", str(tmp_path), "--out", str(path)]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    assert "2 counterfactuals, 40 wars" in told.stdout
    tab = browser.new_page()
    errors, asked = [], []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda message: errors.append(message.text))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(path.as_uri())
    tab.wait_for_selector("body[data-ready]", state="attached", timeout=20000)
    first = tab.inner_text("#command")
    tab.locator("button.choice").nth(1).click()
    tab.wait_for_selector("body[data-chosen='1']", state="attached", timeout=20000)
    assert tab.locator("button.choice").nth(1).get_attribute("aria-pressed") == "true"
    assert "--claim C1" in first
    assert "--claim C2" in tab.inner_text("#command")
    assert asked == [path.as_uri()]
    assert errors == []
    tab.close()


def test_the_exported_page_stands_alone(browser, server, tmp_path):
    tab = opened(browser, server, "members=60&set=supports.emperor%3D0")
    effects = tab.inner_text("#effects")
    with tab.expect_download() as taken:
        tab.get_by_role("button", name="Page (HTML)").click()
    path = tmp_path / "alone.html"
    taken.value.save_as(path)
    with tab.expect_download() as taken:
        tab.get_by_role("button", name="Picture (PNG)").click()
    taken.value.save_as(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    tab.context.close()
    alone = browser.new_page(viewport={"width": 400, "height": 900})
    asked, errors = [], []
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("pageerror", lambda error: errors.append(str(error)))
    alone.on("console", lambda message: errors.append(message.text))
    alone.goto(path.as_uri())
    alone.wait_for_selector("body[data-ready]", state="attached", timeout=20000)
    assert asked == [path.as_uri()]
    assert errors == []
    assert alone.inner_text("#effects") == effects or alone.locator("#effects tr").count() > 1
    assert alone.evaluate("document.documentElement.scrollWidth") <= 400
    alone.close()


def test_ctrl_c_stops_the_server_in_the_middle_of_a_run(browser, folder):
    command = [sys.executable, "-m", "polemos", "serve", str(folder), "--no-open"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    running = subprocess.Popen(command, **pipes, preexec_fn=hear_interrupts)
    try:
        address = None
        while address is None:
            address = re.search(r"http\S+", running.stdout.readline())
        tab = browser.new_page()
        tab.goto(address[0] + "&members=2000&set=beta_t%3D0")
        tab.wait_for_selector("body[data-run]", state="attached", timeout=20000)
        began = time.perf_counter()
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=20)
        print(f"Ctrl-C to the end of the process: {time.perf_counter() - began:.2f} s")
        assert running.returncode == 0
        assert "Stopped." in out
        assert "Traceback" not in out
        tab.close()
    finally:
        running.kill()


def test_how_quick_a_lever_is(browser, flagship):
    """From the release of a lever to the first band and to the whole, over 20 moves; seconds are printed (`-s`)."""
    tab = opened(browser, flagship)
    weeks = tab.evaluate("P.fixed.dates.length")
    tab.evaluate("P.times.length = 0")
    for i in range(20):
        tab.locator("[data-lever='supports.us_coalition']").evaluate(
            "(range, v) => { range.value = v; ['input', 'change'].map((e) => range.dispatchEvent(new Event(e))); }",
            10 * (i % 10),
        )
        done(tab)
    times = tab.evaluate("P.times")
    first, whole = ([one[name] / 1000 for one in times] for name in ("first", "done"))
    for name, values in (("first band", first), ("200 members whole", whole)):
        quick, slow = min(values), max(values)
        print(f"{name}, {weeks} weeks: median {statistics.median(values):.2f} s ({quick:.2f} to {slow:.2f}, 20 moves)")
    print(tab.inner_text("#worth"))
    assert len(times) == 20
    assert all(0 < soon <= late for soon, late in zip(first, whole, strict=True))
    tab.context.close()
