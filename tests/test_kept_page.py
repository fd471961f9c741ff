"""The page of a run in the folder of the run: given back as it is, and only while nothing has changed."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from asked import ask
from polemos.cli.commands import app
from scenarios import tiny

runner = CliRunner()


def test_a_reopened_run_has_its_page_and_its_answers_from_the_folder(tmp_path, monkeypatch):
    folder, out = ask(tiny(tmp_path / "war")), tmp_path / "page.html"
    command = ["run", str(folder), "--members", "20", "--runs", str(tmp_path / "runs"), "--out", str(out), "--json"]
    first = runner.invoke(app, command)
    assert first.exit_code == 0, first.output
    page = out.read_bytes()
    out.unlink()

    def nobody(*_, **__):
        raise AssertionError("the page was made anew")

    with monkeypatch.context() as patch:
        patch.setattr("polemos.war.assessment.simulate", nobody)
        again = runner.invoke(app, command)
    assert again.exit_code == 0, again.output
    assert out.read_bytes() == page
    one, two = json.loads(first.stdout), json.loads(again.stdout)
    assert (one["simulated"], two["simulated"]) == (20, 0)
    for answer in (one, two):
        del answer["simulated"], answer["seconds"]
    assert one == two


def test_a_page_is_made_anew_once_a_file_of_the_scenario_says_something_else(tmp_path):
    folder, out = ask(tiny(tmp_path / "war")), tmp_path / "page.html"
    command = ["run", str(folder), "--members", "20", "--runs", str(tmp_path / "runs"), "--out", str(out), "--quiet"]
    assert runner.invoke(app, command).exit_code == 0
    file = folder / "scenario.yaml"
    text = file.read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title:"))
    file.write_text(text.replace(title, "title: Another name"), encoding="utf-8")
    assert runner.invoke(app, command).exit_code == 0
    assert "Another name" in out.read_text(encoding="utf-8")
