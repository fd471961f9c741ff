"""The page of a run in the folder of the run: given back as it is, and only while nothing has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from asked import ask
from polemos.cli.commands import app
from polemos.report.page import kept_page
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
        patch.setattr("polemos.war.war.load", nobody)
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


def test_a_page_is_found_again_without_the_compiler_and_the_numerical_libraries(tmp_path):
    folder = ask(tiny(tmp_path / "war"))
    words = ["run", str(folder), "--members", "20", "--runs", str(tmp_path / "runs"), "--out", str(tmp_path / "p.html")]
    assert runner.invoke(app, words).exit_code == 0
    program = (
        "import sys\nfrom polemos.cli.commands import app\n"
        f"try:\n    app({words!r})\nexcept SystemExit as end:\n    assert not end.code\n"
        "print(sorted({'numba', 'scipy', 'pandas', 'zarr', 'xarray', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "0 wars simulated, 20 found on disk" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", ["page-key.html", "page-key.json", "answers.npz", "manifest.json"])
def test_a_page_is_not_found_again_once_a_file_of_its_run_is_altered(tmp_path, name):
    folder = finished(tmp_path)
    assert kept_page.find(tmp_path, "key") is not None
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    assert kept_page.find(tmp_path, "key") is None


def test_a_page_is_not_found_again_once_a_chunk_is_gone_or_another_run_has_answers(tmp_path):
    folder = finished(tmp_path)
    (folder / "done" / "100").write_text("")
    assert kept_page.find(tmp_path, "key") is None
    (folder / "done" / "100").unlink()
    assert kept_page.find(tmp_path, "key") is not None
    (folder / "answers.json").write_text("its own")
    assert kept_page.find(tmp_path, "key") is not None
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "answers.json").write_text("{}")
    assert kept_page.find(tmp_path, "key") is None


def test_pages_of_several_commands_stand_beside_each_other_and_the_last_few_are_kept(tmp_path):
    folder = finished(tmp_path)
    around = kept_page.beside(tmp_path)
    pages = {"key": PAGE} | {f"key{n}": replace(PAGE, html=f"<html>{n}".encode()) for n in range(kept_page.MOST - 1)}
    for key, page in list(pages.items())[1:]:
        kept_page.write(folder, key, page, around)
    assert {key: kept_page.find(tmp_path, key) for key in pages} == {key: (folder, page) for key, page in pages.items()}
    os.utime(folder / "page-key0.key", ns=(0, 0))
    kept_page.write(folder, "another", PAGE, around)
    assert kept_page.find(tmp_path, "key0") is None
    assert kept_page.find(tmp_path, "another") == kept_page.find(tmp_path, "key") == (folder, PAGE)
    assert sorted(path.name for path in folder.glob("page-key0*")) == []


def test_the_quick_view_and_the_whole_page_of_a_run_are_both_found_again(tmp_path, monkeypatch):
    folder = ask(tiny(tmp_path / "war"))
    out, runs = tmp_path / "page.html", tmp_path / "runs"
    command = ["run", str(folder), "--members", "20", "--runs", str(runs), "--out", str(out), "--json"]
    pages = {}
    for more in ((), ("--quick",)):
        assert runner.invoke(app, [*command, *more]).exit_code == 0
        pages[more] = out.read_bytes()

    def nobody(*_, **__):
        raise AssertionError("the page was made anew")

    monkeypatch.setattr("polemos.war.war.load", nobody)
    for more, page in pages.items():
        assert runner.invoke(app, [*command, *more]).exit_code == 0
        assert out.read_bytes() == page


def test_of_two_writers_only_a_page_that_is_whole_is_found(tmp_path):
    folder = finished(tmp_path)
    statement = (folder / "page-key.json").read_bytes()
    other = replace(PAGE, html=b"<html>2")
    kept_page.write(folder, "key", other, kept_page.beside(tmp_path))
    assert kept_page.find(tmp_path, "key") == (folder, other)
    # The first writer was slower with one of its files.
    (folder / "page-key.json").write_bytes(statement)
    assert kept_page.find(tmp_path, "key") is None


def test_the_key_is_of_the_settings_and_of_every_file_that_they_name(tmp_path):
    folder, file = tiny(tmp_path / "war"), tmp_path / "theory.yaml"
    file.write_text("title: one")
    keys = {kept_page.key_of(folder, settings, [file], []) for settings in ({"seed": 1}, {"seed": 2})}
    file.write_text("title: two")
    keys.add(kept_page.key_of(folder, {"seed": 1}, [file], []))
    keys.add(kept_page.key_of(folder, {"seed": 1}, [file], [{"kind": "board"}]))
    assert len(keys) == 4


PAGE = kept_page.KeptPage(b"<html>", {"headline": "so"}, {"plan": {}}, {"sentence": "Data"})


def finished(runs):
    """The folder of a finished run with a page under the key `key`."""
    folder = runs / "a-run"
    (folder / "done").mkdir(parents=True)
    (folder / "done" / "0").write_text("")
    for name in ("manifest.json", "answers.npz"):
        (folder / name).write_text(name)
    kept_page.write(folder, "key", PAGE, kept_page.beside(runs))
    return folder
