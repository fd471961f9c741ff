"""Forecasters that stand in no file (a notebook, `python -c`, a heredoc) are asked, with workers too, and kept."""

from __future__ import annotations

import subprocess
import sys
import textwrap

from IPython.core.interactiveshell import InteractiveShell

from scenarios import tiny as write_tiny

MINE = """
import numpy as np
import polemos
from polemos.ensemble.executor import Executor
from polemos.hindcasts.hindcast import hindcast

def stay():
    return RATE

class Mine:
    name = "mine"

    def forecast(self, world, leads):
        held = world.holders([world.until])[0]
        k = world.nobody + 1
        row = (1 - stay()) / k + stay() * np.eye(k)[held]
        return np.repeat(row[np.newaxis], len(leads), axis=0)

RATE = 0.9
"""
ASK = """
import warnings
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    done = hindcast(polemos.load({folder!r}).world, [Mine()], ["2002-01-01", "2002-02-01"], [1], {more})
print(done.computed, round(float(done.probability.max()), 4), len(warned), *(str(one.message) for one in warned))
"""


def ask(folder, more):
    return ASK.format(folder=str(folder), more=more)


def python(*words: str, text: str = "") -> str:
    done = subprocess.run([sys.executable, *words], input=text, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_python_c_is_asked_alone_and_by_two_workers(tmp_path):
    code = (
        MINE
        + ask(write_tiny(tmp_path), 'executor=Executor(1, "processes")')
        + ask(tmp_path / "tiny", 'executor=Executor(2, "processes")')
    )
    assert python("-c", code).splitlines() == ["2 0.925 0", "2 0.925 0"]


def test_a_heredoc_is_asked_by_two_workers(tmp_path):
    code = MINE + ask(write_tiny(tmp_path), 'executor=Executor(2, "processes")')
    assert python("-", text=code) == "2 0.925 0\n"


def test_what_has_no_source_is_computed_each_time_and_says_so(tmp_path):
    folder = write_tiny(tmp_path)
    code = MINE + 2 * ask(folder, f"store={str(tmp_path / 'kept')!r}")
    first, second = python("-", text=code).splitlines()
    assert first.startswith("2 0.925 1 the source of forecaster 'mine' cannot be read, so its forecasts are not kept")
    assert second == first
    assert not list((tmp_path / "kept").rglob("*.npz"))


def cell(shell: InteractiveShell, code: str, capsys) -> str:
    shell.run_cell(textwrap.dedent(code), store_history=True).raise_error()
    return capsys.readouterr().out.strip()


def test_a_notebook_is_kept_until_something_that_its_forecaster_names_changes(tmp_path, capsys):
    again = ask(write_tiny(tmp_path), f"store={str(tmp_path / 'kept')!r}, executor=Executor(2, 'processes')")
    shell = InteractiveShell.instance()
    main = sys.modules["__main__"]
    sys.modules["__main__"] = shell.user_module
    shell.user_module.__dict__.pop("__file__", None)
    try:
        cell(shell, MINE, capsys)
        assert cell(shell, again, capsys) == "2 0.925 0"
        assert cell(shell, again, capsys) == "0 0.925 0", "found again"
        cell(shell, MINE, capsys)
        assert cell(shell, again, capsys) == "0 0.925 0", "the same code in another cell is the same forecaster"
        cell(shell, "RATE = 0.3", capsys)
        assert cell(shell, again, capsys) == "2 0.475 0", "a number that it uses has changed"
        cell(shell, "def stay():\n    return RATE / 2", capsys)
        assert cell(shell, again, capsys) == "2 0.3625 0", "a helper in another cell has changed"
        cell(shell, MINE.replace("- stay()) / k", "- stay()) / (k + 0)"), capsys)
        assert cell(shell, again, capsys) == "2 0.925 0", "the class has changed, though not what it says"
    finally:
        sys.modules["__main__"] = main
        InteractiveShell.clear_instance()
