"""A watch: registered before, resolved after; killed and gone on; a revised record; one at a time; nothing twice."""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.cli.watch import imported
from polemos.ledger.chain import head, read
from polemos.ledger.verify import verify
from polemos.scenario.errors import ScenarioError
from polemos.war.ongoing import is_recent
from polemos.war.war import load
from polemos.watch.lock import WatchError, alone
from polemos.watch.replay import earlier, replay
from polemos.watch.run import run
from polemos.watch.settings import LEADS, Watch, check_leads, read_watch
from scenarios import put, rows, save, tiny

runner = CliRunner()
TODAY = np.datetime64("2020-01-01")


def bring_in(command, files, into, options):
    imported(command, files, into, options, quiet=True)


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


def watch_of(tmp_path: Path, **values) -> Path:
    """A watch of the small war, answered by the contiguity Markov chain."""
    if not (tmp_path / "tiny").exists():
        tiny(tmp_path)
    folder = tmp_path / "watch"
    folder.mkdir(exist_ok=True)
    plain = {"scenario": "../tiny", "forecaster": "contiguity", "leads": ["1mo", "3mo"]} | values
    # JSON is YAML.
    (folder / "watch.yaml").write_text(json.dumps(plain))
    return folder


def once(folder: Path, date: str, today=TODAY):
    return run(read_watch(folder), bring_in, date=day(date), today=today)


def said(path: Path) -> list[object]:
    """What a ledger says, without the times at which it was recorded."""
    return [one.entry.model_copy(update={"recorded": ""}) for one in read(path)]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replay")
    watch = Watch(scenario="war", forecaster="front", members=20, leads=("1mo", "3mo"))
    war = load(tiny(folder))
    return war, watch, folder, replay(war, watch, folder / "out", day("2002-01-01"), day("2002-06-01"), today=TODAY)


def test_a_replay_registers_before_and_resolves_after(replayed):
    _, _, _, done = replayed
    assert (done.rounds, done.made, done.notice) == (6, 6, "")
    assert done.questions > 60
    assert done.resolved == done.questions
    kept = read(done.ledger)
    assert verify(done.ledger).whole
    for one in kept:
        entry = one.entry
        if entry.kind in ("forecast", "revision"):
            assert entry.recorded[:10] == entry.made == str(entry.origin)
            assert entry.made < str(entry.question.closes)
            assert "times are those of the war" in entry.source.program
        else:
            assert entry.recorded[:10] >= str(entry.settled)
            assert f"as of {entry.recorded[:10]}" in entry.source.record
    owners = {one.entry.owner for one in kept}
    assert {"front hazard", "persistence", "pooled Markov", "contiguity Markov", "the record"} <= owners


def test_the_page_of_a_replay_says_what_it_is_and_how_good_it_was(replayed):
    _, _, _, done = replayed
    page, text = done.page.read_text(), done.text.read_text()
    for words in (
        "This is a replay of a past war",
        "Largest misses",
        "skill over the best simple rule",
        str(head(done.ledger)),
    ):
        assert words in page
    assert page.count("<table") >= 5
    assert "http" not in page.replace("http-equiv", "")
    assert text.count("\n") < 30
    assert "Made up to 1 month ahead: " in text


def test_a_replay_sees_nothing_of_later(replayed, tmp_path):
    _, watch, _, done = replayed
    folder = tiny(tmp_path)
    # The war goes another way from April on.
    put(folder, "control.csv", "cedar,guild,2002-02-01,2002-09-20", "cedar,guild,2002-02-01,2002-04-15")
    put(folder, "control.csv", "cedar,crown,2002-09-20", "cedar,crown,2002-04-15")
    other = replay(load(folder), watch, tmp_path / "out", day("2002-01-01"), day("2002-06-01"), today=TODAY)

    def forecasts(path):
        found = [one for one in said(path) if one.kind != "resolution"]
        return {(one.owner, one.question.id, one.made): (one.choices, one.probability, one.quantiles) for one in found}

    before, after = forecasts(done.ledger), forecasts(other.ledger)
    early = {at for at in before if at[2] <= "2002-04-01"}
    assert len(early) > 200
    assert all(before[at] == after[at] for at in early)
    assert before != after


def test_a_replay_again_makes_nothing_again(replayed):
    war, watch, folder, done = replayed
    page = done.page.read_bytes()
    again = replay(war, watch, folder / "out", day("2002-01-01"), day("2002-06-01"), today=TODAY)
    assert again.made == 0
    assert str(head(again.ledger)) == str(head(done.ledger))
    assert again.page.read_bytes() == page
    with pytest.raises(WatchError, match="holds another replay"):
        replay(war, watch.model_copy(update={"seed": 2}), folder / "out", day("2002-01-01"), day("2002-06-01"))


def test_a_lag_is_what_the_forecast_has_not_seen(replayed, tmp_path):
    war, watch, _, _ = replayed
    plain = watch.model_copy(update={"forecaster": "contiguity"})
    done = replay(war, plain, tmp_path / "out", day("2002-03-01"), day("2002-05-01"), lag="1mo", today=TODAY)
    for one in read(done.ledger):
        if one.entry.kind == "forecast":
            assert str(one.entry.origin) == str(earlier(day(one.entry.made), "1mo"))
        if one.entry.kind == "resolution":
            assert one.entry.recorded[:10] > str(one.entry.settled)
    assert str(earlier(day("2002-03-31"), "1mo")) == "2002-02-28"
    assert str(earlier(day("2002-03-31"), "2w")) == "2002-03-17"


COMMAND = [
    sys.executable, "-m", "polemos", "watch", "replay", "watch", "--from", "2001-06-01", "--to", "2002-11-01",
    "--out", "out", "--json",
]  # fmt: skip


@pytest.mark.slow
def test_a_killed_replay_goes_on_and_ends_as_if_it_had_not_been(tmp_path):
    watch_of(tmp_path, rules=False)
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    rounds = tmp_path / "out" / "rounds"
    for most in (2, 9):
        running = subprocess.Popen(COMMAND, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 120
        while running.poll() is None and time.monotonic() < until:
            if rounds.is_dir() and len(list(rounds.glob("*.json"))) >= most:
                break
            time.sleep(0.002)
        assert running.poll() is None, "it ended before it was killed"
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert len(list(rounds.glob("*.json"))) < 18
    done = subprocess.run(COMMAND, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert 0 < json.loads(done.stdout)["made"] < 17
    whole = replay(
        load(tmp_path / "tiny"),
        read_watch(tmp_path / "watch").watch,
        tmp_path / "whole",
        day("2001-06-01"),
        day("2002-11-01"),
    )
    assert str(head(tmp_path / "out" / "ledger.sqlite")) == str(head(whole.ledger))
    assert verify(tmp_path / "out" / "ledger.sqlite").whole


@pytest.mark.slow
def test_a_run_killed_anywhere_registers_once(tmp_path):
    """A run stops at each step, as if killed there; the next one takes it up, and all is there once."""
    from polemos.watch import page, rounds
    from polemos.watch import run as running

    whole = watch_of(tmp_path)
    reference = once(whole, "2002-02-10")
    expected = said(whole / "ledger.sqlite")
    assert reference.registered == len(expected) > 50
    steps = [(running, "build"), (running, "register"), (rounds, "registered"), (running, "resolve"), (page, "write")]
    for number, (module, name) in enumerate(steps):
        for after in (False, True):
            base = tmp_path / f"{number}-{after}"
            base.mkdir()
            folder = watch_of(base)
            real = getattr(module, name)

            def stop(*given, real=real, after=after, **named):
                if after:
                    real(*given, **named)
                raise KeyboardInterrupt

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(module, name, stop)
                with pytest.raises(KeyboardInterrupt):
                    once(folder, "2002-02-10")
            once(folder, "2002-02-12")
            found = said(folder / "ledger.sqlite")
            # Stopped before it was pinned, the round is that of the later day.
            assert {one.made for one in found} == {"2002-02-12" if name == "build" else "2002-02-10"}
            assert len(found) == len(expected), (name, after)
            assert found == expected or name == "build", (name, after)
            assert once(folder, "2002-02-12").registered == 0


def test_the_same_run_twice_adds_nothing_and_daily_cron_forecasts_once_a_month(tmp_path):
    folder = watch_of(tmp_path)
    first = once(folder, "2002-02-01")
    page = first.page.read_bytes()
    line = str(head(folder / "ledger.sqlite"))
    again = once(folder, "2002-02-01")
    assert (again.registered, again.resolved, again.round) == (0, (), None)
    assert str(head(folder / "ledger.sqlite")) == line
    assert again.page.read_bytes() == page
    for date in ("2002-02-02", "2002-02-28"):
        assert once(folder, date).round is None
    assert once(folder, "2002-03-01").registered > 0
    with pytest.raises(WatchError, match="rounds go forward"):
        once(folder, "2002-01-01")


def test_one_run_at_a_time_and_the_lock_outlives_no_process(tmp_path):
    folder = watch_of(tmp_path)
    code = (
        "import time; from pathlib import Path; from polemos.watch.lock import alone\n"
        f"with alone(Path({str(folder)!r})): print('held', flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(WatchError, match=rf"another run is under way in .*\(process {holder.pid}, since"):
        once(folder, "2002-02-01")
    assert not (folder / "ledger.sqlite").exists()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert once(folder, "2002-02-01").registered > 0
    with alone(folder), pytest.raises(WatchError, match="under way"), alone(folder):
        pass


def test_a_revised_record_changes_what_it_should_and_nothing_else(tmp_path):
    tiny(tmp_path)
    maps = tmp_path / "maps"
    maps.mkdir()
    table = rows(tmp_path / "tiny" / "control.csv")
    mine = [row for row in table if row["place"] == "birch"]
    save(maps / "birch.csv", mine, list(mine[0]))
    source = {"command": "table", "files": ["../maps/*.csv"], "options": ["--as", "control"]}
    folder = watch_of(tmp_path, sources=[source], questions={"places": "all", "totals": ["places"]})
    assert once(folder, "2002-02-01").registered > 0
    first = once(folder, "2002-06-01")
    resolved = {one.entry.question.id: one.entry for one in first.resolved}
    assert resolved["holder-birch-2002-03-01"].choice == "The Crown"
    forecasts = [one for one in said(folder / "ledger.sqlite") if one.kind != "resolution"]
    records = sorted((folder / "records").iterdir())
    # The town fell three weeks later than the maps said.
    mine[1] |= {"end": "2002-03-20"}
    mine[2] |= {"start": "2002-03-20"}
    save(maps / "birch.csv", mine, list(mine[0]))
    report = once(folder, "2002-06-02")
    assert report.news.changed == (str(Path("..") / "maps" / "birch.csv"),) or "birch.csv" in str(report.news.changed)
    assert report.registered == 0
    changed = {one.entry.question.id: one.entry for one in report.resolved}
    assert set(changed) == {
        "holder-birch-2002-03-01",
        "places-crown-2002-03-01-from-2002-02-01",
        "places-guild-2002-03-01-from-2002-02-01",
    }
    assert changed["holder-birch-2002-03-01"].choice == "The Guild"
    assert "the record was revised since entry" in changed["holder-birch-2002-03-01"].note
    assert "which said The Crown" in changed["holder-birch-2002-03-01"].note
    assert report.revised == 3
    assert [one for one in said(folder / "ledger.sqlite") if one.kind != "resolution"] == forecasts
    assert set(records) < set((folder / "records").iterdir()), "the earlier records stay"
    assert "What a revised record changed" in report.page.read_text()
    assert once(folder, "2002-06-02").resolved == ()


def test_another_forecaster_answers_from_the_next_round_on(tmp_path):
    folder = watch_of(tmp_path, rules=False)
    once(folder, "2002-02-01")
    watch_of(tmp_path, forecaster="log-linear", rules=False)
    assert "by contiguity Markov" in once(folder, "2002-02-02").page.read_text()
    assert "by log-linear" in once(folder, "2002-03-02").page.read_text()


def test_an_unobserved_day_stays_open(tmp_path):
    tiny(tmp_path)
    put(tmp_path / "tiny", "scenario.yaml", "end: 2003-01-01", "end: 2003-01-01\nobserved_until: 2002-02-15")
    folder = watch_of(tmp_path)
    once(folder, "2002-02-01")
    later = once(folder, "2002-06-01")
    # Nothing was seen after 14 February: nothing is due, and the forecast of June rests on that day.
    assert later.resolved == ()
    assert {str(one.origin) for one in said(folder / "ledger.sqlite") if one.made == "2002-06-01"} == {"2002-02-14"}


def test_a_war_that_goes_on_gets_the_notice_and_no_short_lead():
    today = day("2026-05-20")
    assert is_recent(day("2026-03-01"), today)
    assert not is_recent(day("2026-02-20"), today)
    assert check_leads(LEADS, today, today) == LEADS
    assert check_leads(("4w",), today, today) == ("4w",)
    with pytest.raises(ScenarioError) as error:
        check_leads(("1w", "2w", "1mo"), today, today)
    assert len(error.value.problems) == 2
    assert "under four weeks" in str(error.value)
    assert check_leads(("1w", "1mo"), day("2020-01-01"), today) == ("1w", "1mo")


def test_a_run_of_today_prints_the_notice(tmp_path):
    tiny(tmp_path)
    put(tmp_path / "tiny", "scenario.yaml", "end: 2003-01-01", "end: 2100-01-01")
    folder = watch_of(tmp_path, forecaster="persistence", rules=False)
    done = runner.invoke(app, ["watch", "run", str(folder)])
    assert done.exit_code == 0, done.output
    flat = " ".join(done.stdout.split())
    assert "not for operations: not for targeting" in flat
    assert "no lead under four weeks" in flat
    assert "not for targeting" in (folder / "index.html").read_text()
    assert "not for targeting" in (folder / "summary.txt").read_text()
    watch_of(tmp_path, forecaster="persistence", rules=False, leads=["2w", "1mo"])
    done = runner.invoke(app, ["watch", "run", str(folder)])
    assert done.exit_code == 2
    assert "2 weeks is under four weeks" in done.stderr


def test_own_questions_are_asked_anew_for_the_day_of_each_lead(tmp_path):
    held = {"kind": "held", "by": "guild", "places": {"ids": ["fir"]}}
    own = [
        held | {"id": "fir", "asked": "Does the guild hold Fir on {date}?", "date": "{date}"},
        held | {"id": "year", "asked": "Does it ever?", "window": ["{origin}", "2002-12-01"]},
    ]
    folder = watch_of(tmp_path, questions={"places": "none", "totals": [], "own": own})
    report = once(folder, "2002-02-01")
    found = {one.question.id: one for one in said(folder / "ledger.sqlite") if one.owner == "contiguity Markov"}
    assert set(found) == {"fir-2002-03-01", "fir-2002-05-01", "year"}
    assert found["fir-2002-05-01"].question.text == "Does the guild hold Fir on 2002-05-01?"
    assert report.registered == 3 * 5
    own[0]["by"] = "nobodies"
    own[1]["kind"] = "helt"
    watch_of(tmp_path, questions={"places": ["atlantis"], "own": own})
    with pytest.raises(ScenarioError, match="atlantis"):
        once(folder, "2002-03-01")
    watch_of(tmp_path, questions={"places": "none", "totals": [], "own": own})
    with pytest.raises(ScenarioError) as error:
        once(folder, "2002-03-01")
    assert "no organisation nobodies" in str(error.value)
    assert "helt" in str(error.value)


def test_a_wrong_watch_is_told_at_once_and_nothing_is_registered(tmp_path):
    folder = watch_of(tmp_path, leads=["often"], sources=[{"command": "osint", "files": []}], colour="red")
    done = runner.invoke(app, ["watch", "run", str(folder)])
    assert done.exit_code == 2
    for words in ("leads.0", "sources.0.command", "sources.0.files", "unknown key 'colour'"):
        assert words in done.stderr
    watch_of(tmp_path, sources=[{"command": "table", "files": ["nothing.csv"]}])
    done = runner.invoke(app, ["watch", "run", str(folder)])
    assert "there is no file nothing.csv" in done.stderr
    assert not (folder / "ledger.sqlite").exists()
    watch_of(tmp_path, forecaster="oracle")
    done = runner.invoke(app, ["watch", "run", str(folder), "--date", "2002-02-01"])
    assert "no forecaster 'oracle'" in done.stderr
    assert done.exit_code == 2


def test_an_import_that_is_refused_stops_the_run_and_doubtful_names_are_told(tmp_path):
    (tmp_path / "towns.csv").write_text("place,holder,start,end\nbirch,crown,soon,\n")
    source = {"command": "table", "files": ["../towns.csv"], "options": ["--as", "control"]}
    folder = watch_of(tmp_path, sources=[source], rules=False)
    done = runner.invoke(app, ["watch", "run", str(folder), "--date", "2002-02-01"])
    assert done.exit_code == 2, done.output
    assert "towns.csv:2:start" in done.stderr
    assert not (folder / "ledger.sqlite").exists()
    assert not list((folder / "records").glob("*"))
    (tmp_path / "towns.csv").write_text("place,holder,start,end\nbirch,nobodies,2001-01-01,\n")
    done = runner.invoke(app, ["watch", "run", str(folder), "--date", "2002-02-01"])
    assert done.exit_code == 0, done.output
    assert "Names were left to a person" in " ".join(done.stdout.split())
    assert "source 1 of watch.yaml, ...)" in " ".join(done.stdout.split())
    assert len(list(folder.glob("records/*/tiny/doubtful.csv"))) == 1


def test_a_new_watch_names_the_scenario_and_runs(tmp_path):
    tiny(tmp_path)
    done = runner.invoke(app, ["watch", "new", str(tmp_path / "mine"), "--scenario", str(tmp_path / "tiny")])
    assert done.exit_code == 0, done.output
    watch = read_watch(tmp_path / "mine")
    assert watch.watch.scenario == "../tiny"
    assert watch.watch.leads == LEADS
    assert runner.invoke(app, ["watch", "new", str(tmp_path / "mine"), "--scenario", "mali"]).exit_code == 2
    assert runner.invoke(app, ["watch", "new", str(tmp_path / "own"), "--scenario", "mali"]).exit_code == 0
    assert read_watch(tmp_path / "own").watch.scenario == "mali"
    assert datetime.date.today() > datetime.date(2020, 1, 1)
