"""The model card of a run: every heading, filled from the run, and plain about what nobody measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from scenarios import tiny

runner = CliRunner()
HEADINGS = (
    "The model", "Purpose", "Data", "Grade of the record", "Skill", "What it cannot say", "Ethics", "Sign-off",
)  # fmt: skip


def polemos(*words, code=0):
    done = runner.invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A kept run of the small war."""
    folder = tmp_path_factory.mktemp("card")
    war = tiny(folder)
    polemos("run", war, "--members", 20, "--runs", folder / "runs", "--out", folder / "page.html")
    (run,) = (path for path in (folder / "runs").iterdir() if path.is_dir() and not path.name.startswith("."))
    return war, run


def test_a_card_is_filled_from_the_run(kept, tmp_path):
    war, run = kept
    out = tmp_path / "card.md"
    done = polemos("card", run, "--scenario", war, "--out", out)
    assert "The skill is not measured" in " ".join(done.stdout.split())
    text = out.read_text()
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == list(HEADINGS)
    for words in (
        "# Model card: The war of the six towns",
        "20 simulated wars",
        "The Crown, The Guild, Hill League",
        "Nobody (CC0)",
        "2001-01-01 to 2002-12-31",
        "polemos run tiny --origin 2002-01-01",
        "**Not measured.**",
        "decisions about persons",
        "| who | role | use that is approved |",
    ):
        assert words in text
    grade = text.split("## Grade of the record")[1]
    assert "changes of hands" in grade.split("##")[0]
    # A table is one in Markdown: as many cells in every row.
    for table in (block.splitlines() for block in text.split("\n\n") if block.startswith("|")):
        assert len({line.count("|") for line in table}) == 1, table[0]


def test_a_card_shows_the_skill_that_somebody_measured(kept, tmp_path):
    war, run = kept
    found = polemos(
        "hindcast", war, "--forecasters", "persistence,contiguity", "--origins", 3, "--leads", "1mo", "--json"
    )  # fmt: skip
    (tmp_path / "skill.json").write_text(found.stdout)
    polemos("card", run, "--scenario", war, "--show", tmp_path / "skill.json", "--out", tmp_path / "card.md")
    text = (tmp_path / "card.md").read_text()
    assert "Not measured" not in text
    assert "| lead | forecaster | skill | 90 % interval | simple rule |" in text
    assert "| 1 month |" in text


def test_a_card_shows_the_skill_of_a_ledger(kept, tmp_path):
    war, run = kept
    out = tmp_path / "replay"
    words = ("--from", "2002-01-01", "--to", "2002-04-01", "--leads", "1mo", "--forecaster", "contiguity")
    polemos("watch", "replay", war, *words, "--out", out)
    done = polemos(
        "card", run, "--scenario", war, "--ledger", out / "ledger.sqlite", "--out", tmp_path / "c.md", "--json"
    )
    assert json.loads(done.stdout)["skill_measured"]
    text = (tmp_path / "c.md").read_text()
    assert "By a ledger, `polemos ledger " in text
    assert "| up to 1 month | contiguity Markov |" in text
    assert "in a replay: no foresight" in text
    assert "| before the answer |" not in text
    other = tmp_path / "other.sqlite"
    polemos(
        "ledger", "add", "Rain?", "--closes", "2031-05-01", "--probability", 0.3, "--owner", "me", "--ledger", other
    )
    done = polemos("card", run, "--scenario", war, "--ledger", other, "--out", tmp_path / "d.md", code=2)
    assert "has no question on tiny" in done.stderr
    spoken = polemos("ledger", "score", "--by", "horizon", "--ledger", out / "ledger.sqlite").stdout
    assert "This ledger has a replay" in " ".join(spoken.split())


def test_what_is_no_run_is_told_in_a_line(tmp_path):
    done = polemos("card", tmp_path, code=2)
    assert "is not the folder of a run" in done.stderr
    assert not list(Path(tmp_path).iterdir())
