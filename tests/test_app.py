"""The what-if page without a browser: states and their command lines, runs given up, replays, the door, the server."""

from __future__ import annotations

import base64
import http.client
import json
import os
import shlex
import threading
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import polemos
from asked import ask
from pages import serving
from polemos.app import assets, export, result
from polemos.app.access import Door, refusal
from polemos.app.controls import levers
from polemos.app.factual_cache import spans
from polemos.app.presets import keep, presets
from polemos.app.replay import replay
from polemos.app.run_pool import Hall, Run
from polemos.app.state import State, StateError, of_claim, plans, read, usual
from polemos.cli.commands import app
from polemos.counterfactual.effects import effects_of
from polemos.report.page.build import holders_of
from polemos.report.page.palette import dressed
from scenarios import tiny
from test_what_if import COUNTERFACTUAL

CHANGED = "supports.emperor=0@2002-01-08"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = ask(tiny(tmp_path_factory.mktemp("war")))
    with (path / "argument.yaml").open("a", encoding="utf-8") as file:
        file.write(COUNTERFACTUAL)
    (path / "theories").mkdir(exist_ok=True)
    (path / "theories" / "rival.yaml").write_text("title: <i>The rival</i>\nprocesses: [pull]\npriors: {beta_t: 0.5}\n")
    return path


@pytest.fixture(scope="module")
def war(folder):
    return polemos.load(folder)


@pytest.fixture(scope="module")
def hall(war):
    made = Hall(war, 2)
    yield made
    made.close()


def ours():
    return {thread for thread in threading.enumerate() if thread.name.startswith("polemos-")}


def test_marks_are_those_of_the_report_at_every_origin(war, hall):
    from polemos.report.html.embedded_data import page_data
    from polemos.report.page.assess import account
    from polemos.war.assessment import assess

    state = replace(usual(war), members=10)
    shown = page_data(account(assess(war, war.simulate(plans(war, state)[0]))).contents)["holders"]
    found = result.fixed(war, hall.pair(state).dates)["holders"]
    assert found == shown
    later = replace(state, origin="2002-06-01")
    assert result.fixed(war, hall.pair(later).dates)["holders"] == shown
    unmarked = [replace(holder, mark="") for holder in holders_of(war.world)]
    assert [row["mark"] for row in found] != [row["mark"] for row in dressed(unmarked)], "who holds most is a circle"


@given(members=st.integers(1, 3000), threads=st.integers(1, 64))
def test_spans_cover_every_member_once(members, threads):
    parts = spans(members, threads)
    assert [m for first, last in parts for m in range(first, last)] == list(range(members))
    assert all(last > first for first, last in parts)


@pytest.mark.parametrize(
    "state",
    [
        State("2002-01-01", "2002-12-31"),
        State("2002-01-01", "2002-06-30", 50, 7, "known", "rival", changes=(CHANGED, "beta_t=normal(3, 0.5)")),
        State("2001-07-01", "2002-12-31", probability=0.25, added=("leaders",), changes=("leaders.guild=dead",)),
    ],
)
def test_a_link_gives_its_state_back(war, state):
    assert read(war, state.query) == state
    plans(war, state)


def test_a_claim_gives_its_experiment(war):
    state = read(war, "claim=C1&members=20")
    assert state == of_claim(war, "C1", 20)
    assert state.changes == (CHANGED,)
    assert read(war, state.query) == state


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "a link cannot say colour"),
        ("members=1", "whole number from 2 to 2000"),
        ("members=x", "whole number"),
        ("set=nonsense", "is no change"),
        ("set=beta_tt%3D0", "did you mean 'beta_t'?"),
        ("origin=yesterday", "neither a day"),
        ("to=2001-01-01", "at least a week after"),
        ("to=soon", "is not a day"),
        ("theory=../../etc/passwd", "no theory"),
        ("with=evil.py&set=beta_t%3D0", "switches on no file"),
        ("claim=C99", "no counterfactual"),
        ("probability=2", "above 0 and at most 1"),
        (f"set={CHANGED.replace('2002', '2009')}", "outside the run"),
    ],
)
def test_a_wrong_link_says_what_is_wrong(war, query, said):
    with pytest.raises(StateError) as caught:
        plans(war, read(war, query))
    assert said in str(caught.value)


@pytest.mark.parametrize("query", [f"members=30&set={CHANGED}", f"members=30&probability=0.5&set={CHANGED}&seed=4"])
def test_the_command_line_gives_the_same_numbers(hall, war, folder, query, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    state = read(war, query)
    shown = {one.question: one for one in effects_of(hall.pair(state))}
    words = shlex.split(state.command(str(folder)))
    done = CliRunner().invoke(app, [*words[1:], "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)["effects"]
    assert len(told) > 1
    for row in told:
        one = shown[row["question"]]
        mine = (one.factual, one.counterfactual, one.difference, one.low, one.high, one.gained, one.lost)
        names = ("factual", "counterfactual", "difference", "low", "high", "gained", "lost")
        assert mine == tuple(row[name] for name in names)


def test_a_pair_is_the_same_for_any_threads(war, hall):
    state = read(war, f"members=60&set={CHANGED}")
    other = Hall(war, 1)
    one, two = hall.pair(state), other.pair(state)
    other.close()
    for name in one.after:
        assert np.array_equal(one.after[name], two.after[name], equal_nan=True), name
        assert np.array_equal(one.before[name], two.before[name], equal_nan=True), name


def test_a_replayed_member_is_the_one_of_the_ensemble(war, hall):
    import zlib

    state = read(war, "members=40&set=beta_t%3D0&set=supports.emperor%3D0")
    pair = hall.pair(state)
    for member in (0, 17, 39):
        found = replay(hall, state, member)
        assert found["parted"] == pair.parting[member]
        for side, kept in (("before", pair.before), ("after", pair.after)):
            moves = np.frombuffer(zlib.decompress(base64.b64decode(found[side]["control"])), np.uint8)
            control = np.cumsum(moves.reshape(pair.dates.size, -1), axis=0, dtype=np.uint8)
            assert np.array_equal(control, kept["control"][member])
    with pytest.raises(StateError, match="no member 40"):
        replay(hall, state, 40)


def test_events_tell_every_change_of_hands(war, hall):
    """The log of a war, played from the origin, gives the places their holders on the last day."""
    state = read(war, "members=12&set=supports.emperor%3D0")
    pair = hall.pair(state)
    changes = 0
    for member in range(12):
        held = pair.after["control"][member, 0].copy()
        for row in replay(hall, state, member)["after"]["events"]:
            if row["kind"] != "battle" or row["won"]:
                held[row["place"]] = row["who"]
                changes += 1
        assert np.array_equal(held, pair.after["control"][member, -1])
    assert changes > 0


def test_bands_are_numpys_quantiles():
    values = np.random.default_rng(1).gamma(2.0, size=(37, 5, 3)).astype(np.float32)
    assert np.allclose(result.bands(values), np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0), rtol=1e-6)


def test_a_run_that_is_given_up_ends_and_tells_no_more(war):
    before, hall, told = ours(), Hall(war, 2), []
    state = replace(usual(war), members=2000, changes=("supports.emperor=0",))
    runs = [Run(replace(state, seed=seed), lambda *_: told.append(1), told.append) for seed in range(100)]
    for run in runs:
        hall.begin(run)
        run.stop()
    last = threading.Event()
    small = replace(state, members=20)
    hall.begin(Run(small, lambda *_: last.set(), told.append))
    assert last.wait(30)
    hall.close()
    assert told == []
    assert all(run.over for run in runs)
    assert ours() == before


@pytest.mark.slow
def test_memory_is_flat_over_two_hundred_runs(war):
    """Resident memory of the process after 60, 130 and 200 runs, and the threads there are."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("the system does not say what memory a process holds in /proc/self/statm")
    before, hall, sizes = ours(), Hall(war, 2), []
    for i in range(1, 201):
        hall.pair(replace(usual(war), members=20, seed=1 + i % 7, changes=(f"beta_t={i / 100}",)))
        if i in (60, 130, 200):
            sizes.append(int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6)
    assert len(ours() - before) == 2
    hall.close()
    assert ours() == before
    print("resident after 60, 130 and 200 runs: " + ", ".join(f"{size:.1f} MB" for size in sizes))
    assert sizes[2] < sizes[0] + 10


def test_kept_wars_are_few(war, hall):
    from polemos.app import run_pool

    for seed in range(2 * run_pool.WARS):
        hall.pair(replace(usual(war), members=4, seed=seed))
    assert len(hall._wars) <= run_pool.WARS


def test_levers_come_from_the_scenario(war, tmp_path):
    found = levers(war, usual(war), tmp_path / "none.json")
    assert {row["patron"] for row in found["supporters"]} == set(war.world.supports.patron)
    rows = {row["name"]: row for row in found["theories"]["rows"]}
    assert rows["beta_t"]["values"] == {"rival": "beta_t=0.5"}
    assert rows["pull"]["values"] == {"rival": "processes.pull=on"}
    names = [row["name"] for row in found["processes"]]
    assert {"credibility", "pull", "initial"} <= set(names)
    slider = next(p for row in found["processes"] for p in row["parameters"] if p["name"] == "l_min")
    assert slider["low"] < slider["middle"] < slider["high"]
    assert max(slider["density"]) == 1
    for preset in (*found["presets"]["argument"], *found["presets"]["theories"]):
        plans(war, read(war, preset["query"]))
    assert [preset["id"] for preset in found["presets"]["argument"]] == ["C1", "C2"]


def test_every_lever_can_be_moved(war, tmp_path):
    """Each change that a lever writes is one that the war can have."""
    found = levers(war, usual(war), tmp_path / "none.json")
    changes = [f"supports.{row['patron']}=0.5" for row in found["supporters"]]
    changes += [f"supports.{row['patron']}.{name}=0" for row in found["supporters"] for name in row["clients"]]
    changes += [f"claims.{row['id']}=0" for row in found["claims"]]
    for row in found["processes"]:
        if row["on"] and row["name"] != "initial":
            changes.append(f"processes.{row['name']}=off")
        if row["on"]:
            changes += [f"{one['name']}={one['high']:.3g}" for one in row["parameters"]]
    off = [change for change in changes if change.endswith("=off")]
    plans(war, replace(usual(war), changes=tuple(change for change in changes if change not in off)))
    for change in off:
        plans(war, replace(usual(war), changes=(change,)))
    assert len(changes) > 40


def test_presets_are_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "mine.json"
    assert keep(path, "  my   war ", "set=beta_t%3D0") == {"my war": "set=beta_t%3D0"}
    assert presets(path) == {"my war": "set=beta_t%3D0"}

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("polemos.app.presets.os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        keep(path, "other", "x")
    monkeypatch.undo()
    assert presets(path) == {"my war": "set=beta_t%3D0"}
    assert [one.name for one in path.parent.iterdir()] == ["mine.json"]
    assert keep(path, "my war", None) == {}
    path.write_text("[1]")
    with pytest.raises(ValueError, match="holds no presets"):
        presets(path)


DOOR = Door(8123, "secret")
GOOD = {"host": "127.0.0.1:8123", "cookie": "polemos-8123=secret"}


@pytest.mark.parametrize(
    ("change", "query", "method", "status"),
    [
        ({}, "", "GET", 0),
        ({"cookie": ""}, "token=secret", "GET", 0),
        ({"cookie": "", "sec-fetch-site": "cross-site"}, "token=secret", "GET", 0),
        ({"origin": "http://127.0.0.1:8123"}, "", "POST", 0),
        # Cookies of a host are shared by all its ports, and others set what they like.
        ({"cookie": 'x={"a": 1}; polemos-8123=secret'}, "", "GET", 0),
        ({"cookie": "consent; a/b=1; polemos-8123=secret"}, "", "GET", 0),
        ({}, "", "POST", 403),
        ({"cookie": ""}, "", "GET", 403),
        ({"cookie": "polemos-8123=wrong"}, "", "GET", 403),
        ({"cookie": "polemos-9999=secret"}, "", "GET", 403),
        ({"origin": "http://evil.example"}, "", "GET", 403),
        ({"origin": "null"}, "", "POST", 403),
        ({"sec-fetch-site": "cross-site"}, "", "GET", 403),
        ({"sec-fetch-site": "same-site"}, "", "GET", 403),
        ({"host": "evil.example:8123"}, "", "GET", 421),
        ({"host": "127.0.0.1:80"}, "", "GET", 421),
        ({"host": "127.0.0.1"}, "", "GET", 421),
    ],
)
def test_the_door_lets_nobody_else_in(change, query, method, status):
    assert refusal(DOOR, GOOD | change, query, method)[0] == status


def test_a_browser_leaves_the_usual_port_out():
    usual = Door(80, "secret")
    for host, status in (("127.0.0.1", 0), ("127.0.0.1:80", 0), ("[::1]", 0), ("evil.example", 421)):
        assert refusal(usual, {"host": host}, "token=secret", "GET")[0] == status, host


def test_what_is_given_up_is_not_taken_for_the_whole(war):
    short, told = Hall(war, 1), []

    def ask_all():
        try:
            short.pair(read(war, "members=2000"))
        except StateError as error:
            told.append(str(error))

    asking = threading.Thread(target=ask_all)
    asking.start()
    time.sleep(0.1)
    short.close()
    asking.join(20)
    assert told == ["the server stopped before all wars were simulated"]


@pytest.fixture(scope="module")
def server(war, folder, tmp_path_factory):
    yield from serving(Hall(war, 2), folder, tmp_path_factory.mktemp("home"))


def ask_server(server, path, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.door.port, timeout=60)
    given = {"Cookie": f"{server.door.cookie}={server.door.token}"} | headers
    connection.request(method, path, body, given)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def events_of(text):
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "event" in lines:
            yield lines["event"], json.loads(lines["data"])


def test_the_server_tells_a_run_as_events(server):
    query = urlencode({"tab": "a", "state": f"members=120&set={CHANGED}"})
    answer, text = ask_server(server, f"/run?{query}")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = list(events_of(text))
    assert told[0][0] == "state"
    assert told[-1] == ("end", {"members": 120})
    members = [value["members"] for name, value in told if name == "picture"]
    assert members == sorted(members)
    assert members[0] < members[-1] == 120
    wide = [
        np.frombuffer(base64.b64decode(v["difference"]["series"]["people"]), "<f4") for n, v in told if n == "picture"
    ]
    assert all(np.isfinite(one).all() for one in wide)
    whole = [value for name, value in told if name == "factual"][-1]
    assert whole["whole"]
    again = urlencode({"tab": "a", "have": whole["id"], "state": f"members=120&set={CHANGED}"})
    assert "factual" not in [name for name, _ in events_of(ask_server(server, f"/run?{again}")[1])]


def test_a_factual_war_that_grows_while_it_is_told_is_told_as_it_was(server, hall, war):
    """Another thread may finish the war between two looks at it."""
    from polemos.app.server import factual

    state = read(war, "members=120&seed=9")
    pair, seen = hall.pair(state), []
    kept, _, _ = hall.setups(state)
    part = replace(pair, before={name: values[:50] for name, values in pair.before.items()})
    for whole in (False, True):
        (told,) = events_of(factual(server.room, kept, part, whole))
        seen.append((told[1]["before"]["members"], "leading" in told[1]))
    assert seen == [(50, False), (120, True)]


def test_the_server_tells_what_is_wrong(server):
    _, text = ask_server(server, "/run?" + urlencode({"state": "set=beta_tt%3D0"}))
    told = dict(events_of(text))
    assert "did you mean 'beta_t'?" in told["failed"]["error"]
    answer, text = ask_server(server, "/levers?state=colour%3Dred")
    assert answer.status == 400
    assert "cannot say colour" in json.loads(text)["error"]
    assert ask_server(server, "/assets/..%2Fserver.py")[0].status == 404
    assert ask_server(server, "/export/passwords")[0].status == 404
    assert ask_server(server, "/levers", Cookie="")[0].status == 403


def test_only_who_is_let_in_learns_the_link(server):
    address = json.loads(ask_server(server, "/link")[1])["address"]
    assert address == server.address()
    assert ask_server(server, "/link", Cookie="")[0].status == 403
    away = {"Sec-Fetch-Site": "cross-site", "Origin": "http://elsewhere.example"}
    answer, text = ask_server(server, "/link", **away)
    assert answer.status == 403
    assert server.door.token not in text


def test_the_command_line_takes_a_copied_link():
    from polemos.cli.serve import state_of

    link = "http://127.0.0.1:8765/?token=secret&members=20&set=supports.emperor%3D0"
    assert state_of(link) == "members=20&set=supports.emperor%3D0"
    assert state_of("?members=20") == "members=20"


def test_a_process_that_one_war_lacks_has_nothing_to_be_compared_with(war, hall):
    added = replace(usual(war), members=10, changes=("processes.pull=on", "processes.attitudes=on"))
    pair = hall.pair(added)
    alone = set(pair.after) - set(pair.before)
    assert "held_opinion" in alone
    shown = result.whole(war, pair)
    assert "held_opinion" in shown["after"]["series"]
    assert "held_opinion" not in shown["difference"]["series"]
    assert {row.split(",")[2] for row in export.curves(war, pair).splitlines() if ",held_opinion," in row} == {
        "counterfactual"
    }
    half = hall.pair(replace(added, probability=0.5))
    assert 0 < np.isnan(half.after["held_opinion"]).all(axis=(1, 2)).sum() < 10


def test_the_page_has_a_policy_and_its_files(server):
    answer, text = ask_server(server, "/?token=" + server.door.token, Cookie="")
    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for name in assets.NAMES:
        assert f"/assets/{name}" in text
        assert ask_server(server, f"/assets/{name}")[0].status == 200


def test_presets_are_saved_by_the_page_alone(server):
    origin = f"http://127.0.0.1:{server.door.port}"
    body = json.dumps({"name": "mine", "query": "set=beta_t%3D0"})
    assert ask_server(server, "/presets", "POST", body)[0].status == 403
    saved = json.loads(ask_server(server, "/presets", "POST", body, Origin=origin)[1])
    assert "beta_t" in saved["own"]["mine"]
    bad = json.dumps({"name": "bad", "query": "members=0"})
    assert ask_server(server, "/presets", "POST", bad, Origin=origin)[0].status == 400
    assert list(json.loads(ask_server(server, "/presets")[1])["own"]) == ["mine"]


def test_a_closed_tab_and_a_new_move_end_a_run(server):
    hall = server.room.hall
    state = urlencode({"tab": "gone", "state": "members=2000&set=beta_t%3D0"})
    gone = http.client.HTTPConnection("127.0.0.1", server.door.port, timeout=60)
    gone.request("GET", f"/run?{state}", headers={"Cookie": f"{server.door.cookie}={server.door.token}"})
    gone.getresponse().fp.readline()
    gone.sock.close()
    gone.close()
    for i in range(30):
        query = urlencode({"tab": "fast", "state": f"members={2000 if i < 29 else 10}&set=beta_t%3D{i / 10}"})
        last = http.client.HTTPConnection("127.0.0.1", server.door.port, timeout=60)
        last.request("GET", f"/run?{query}", headers={"Cookie": f"{server.door.cookie}={server.door.token}"})
    text = last.getresponse().read().decode()
    assert list(events_of(text))[-1] == ("end", {"members": 10})
    deadline = time.perf_counter() + 20
    while hall.running and time.perf_counter() < deadline:
        time.sleep(0.05)
    assert hall.running == 0
    assert server.room.tabs == {}


def test_exports(server, war, hall):
    state = read(war, f"members=40&set={CHANGED}")
    pair = hall.pair(state)
    answer, text = ask_server(server, "/export/questions?" + urlencode({"state": state.query}))
    assert "attachment" in answer.headers["content-disposition"]
    assert text == export.questions(pair)
    rows = export.curves(war, pair).splitlines()
    assert len({row.split(",")[2] for row in rows[1:]}) == 3
    page = ask_server(server, "/export/page?" + urlencode({"state": state.query}))[1]
    assert "default-src 'none'" in page
    assert 'src="' not in page
    (inside,) = json.loads(page.split('id="snapshot">', 1)[1].split("</script>", 1)[0])["choices"]
    assert inside["state"]["command"] == state.command(str(server.room.scenario))
    assert [row["question"] for row in inside["difference"]["effects"]] == [one.question for one in effects_of(pair)]


def test_serve_says_what_is_wrong(folder):
    for words, said in (
        (["nowhere"], "nowhere"),
        ([str(folder), "--link", "members=0"], "whole number"),
        ([str(folder), "--host", "192.0.2.1"], "cannot listen on 192.0.2.1"),
    ):
        done = CliRunner().invoke(app, ["serve", *words, "--no-open"])
        assert done.exit_code == 2, done.output
        assert said in done.output
