"""What every command prints fits a terminal: no line is longer, no word broken, no row a column of letters.

`COLUMNS` sets the width, as a terminal does; two commands run in a real one.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from asked import ask
from polemos.cli import printing
from polemos.cli.commands import app
from polemos.cli.compare import signless
from scenarios import tiny as write_tiny
from test_facts import FILE as FACTS
from test_what_if import COUNTERFACTUAL

NARROW = 80
SHORTEST = 6
"""Words that may stand alone at the edge have at least so many letters, or are followed by no more of the same word."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = ask(write_tiny(tmp_path_factory.mktemp("terminal")))
    with (path / "argument.yaml").open("a", encoding="utf-8") as file:
        file.write(COUNTERFACTUAL)
    (path / "facts.csv").write_text(FACTS)
    (path / "theories").mkdir(exist_ok=True)
    for name, value in (("mild", 0.5), ("fierce", 2)):
        (path / "theories" / f"{name}.yaml").write_text(f"title: {name}\npriors: {{beta_t: {value}}}\n")
    return path


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLEMOS_LEDGER", str(tmp_path / "ledger.sqlite"))
    return tmp_path


def printed(*words, columns=NARROW):
    """What a command prints, with no line longer than the terminal."""
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": str(columns)})
    assert done.exit_code == 0, done.output + repr(done.exception)
    long = [line for line in done.stdout.splitlines() if cell_len(line.rstrip()) > columns]
    # A path and the head of a ledger are to be copied, so they stay whole.
    whole = re.compile(r"polemos ledger |Ledger: |/.*ledger\.sqlite: ")
    assert not [line for line in long if " " in line.strip() and not whole.match(line)], long
    return done.stdout


def heads(text, title):
    """The lines of the head and the rows of the table with a title."""
    lines = text.splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith(title)) + 1
    last = next(k for k, line in enumerate(lines) if k >= first and not line.startswith(" "))
    return lines[first : last + 1], lines[last + 1 :]


def test_run_prints_question_and_outcome_at_every_width(folder, here):
    for columns in (80, 100, 120, 160):
        head, rows = heads(printed("run", folder, "--members", 20, columns=columns), "Probability of yes")
        names = re.split(r" {2,}", head[-1].strip())
        assert names[:6] == ["question", "forecast", "model", "author", "rival", "outcome"], columns
        assert ("contiguity" in " ".join(head)) == (columns >= 120)
        assert any(row.startswith("Dale falls within the year") for row in rows)
        assert any(re.search(r" yes\b", row) for row in rows)
    whole = printed("run", folder, "--members", 20, "--wide")
    assert "persistence" in whole
    assert "dale-lost" in whole
    assert "Left out for width" not in whole


COMMANDS = {
    "list": ["list"],
    "list wide": ["list", "--wide"],
    "show": ["show", "{war}"],
    "show place": ["show", "{war}", "--place", "cedar"],
    "explain": ["explain"],
    "explain process": ["explain", "{war}", "attitudes", "--process", "attitudes"],
    "explain mechanism": ["explain", "caliphate", "M18"],
    "argument": ["argument", "caliphate"],
    "argument wide": ["argument", "caliphate", "--wide"],
    "argument claim": ["argument", "caliphate", "P17"],
    "argument scores": ["argument", "caliphate", "--scores"],
    "check": ["check", "{war}"],
    "hindcast": [
        "hindcast", "{war}", "--origins", "2", "--leads", "1,2,3,6", "--members", "20",
        "--forecasters", "persistence,contiguity,front,model,forecast",
    ],
    "ablate": ["ablate", "{war}", "--origins", "1", "--leads", "1,2", "--members", "5"],
    "facts": ["facts", "{war}", "--members", "20"],
    "ladder": ["ladder", "{war}", "mild", "fierce", "--members", "20"],
    "sensitivity": ["sensitivity", "{war}", "--question", "dale-lost", "--trajectories", "2", "--sample", "16"],
    "compare": ["compare", "{war}", "--theories", "mild,fierce", "--members", "50", "--origins", "2001-06-01"],
    "watch": ["watch", "replay", "{war}", "--members", "20", "--from", "2001-06-01", "--to", "2001-09-01"],
    "what-if": ["what-if", "{war}", "--claim", "C1", "--members", "20"],
    "what-if players": ["what-if", "{war}", "--claim", "C2", "--members", "20"],
}  # fmt: skip


BEGINS = {
    "compare": r"mild against fierce, by what happened after 2001-06-01: (cannot be told apart|\w+ is ahead)",
    "sensitivity": r"Dale falls within the year \(dale-lost\): 0\.\d+ on average\. It depends ",
    "watch": r"Recorded before the answer: .*\.\n\nMade up to 1 month ahead; skill over \w+, the best simple rule\n",
}
"""How some commands begin: with the answer."""


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_table_fits_eighty_columns(folder, here, name):
    text = printed(*(word.replace("{war}", str(folder)) for word in COMMANDS[name]))
    assert text.strip()
    assert no_columns_of_letters(text), text
    assert re.match(BEGINS.get(name, ""), text), text
    assert name not in BEGINS or not re.search(r"^  [\w ]+: ", text, re.MULTILINE), "rows, and no block of lines a row"


def test_zeros_have_no_sign():
    assert [signless(one) for one in ("-0.0", "+0.0", "-0.1", "+1.0", "0.0")] == ["0.0", "0.0", "-0.1", "+1.0", "0.0"]


@pytest.mark.slow
def test_scores_and_the_ledger_fit_eighty_columns(folder, here):
    printed("run", folder, "--members", 20, "--register", "--quick")
    (run,) = (here / "runs").iterdir()
    text = printed("score", run, "--scenario", folder)
    assert "Dale falls within" in text
    question = "Will the long treaty of the six towns of the river be signed by everybody before the year 2999 begins?"
    printed("ledger", "add", question, "--id", "treaty-of-the-six-towns", "--closes", "2999-01-01", "--probability",
            "30%", "--owner", "me")  # fmt: skip
    printed(
        "ledger", "resolve", "treaty-of-the-six-towns", "--outcome", "yes", "--owner", "me", "--citation", "Gazette",
        "--settled", "2020-01-01"
    )  # fmt: skip
    for words in (["list"], ["show", "treaty-of-the-six-towns"], ["score"], ["verify"]):
        text = printed("ledger", *words)
        assert no_columns_of_letters(text), text
    assert "treaty-of-the-six-towns" in printed("ledger", "list")


def no_columns_of_letters(text):
    """Whether no run of three lines is one or two letters each, as of a column squeezed to nothing."""
    short = [0 < len(line.strip()) <= 2 for line in text.splitlines()]
    return not any(all(short[k : k + 3]) for k in range(len(short) - 2))


words = st.text(st.characters(categories=("L", "N"), max_codepoint=0x2FF), min_size=1, max_size=14)
sentences = st.lists(words, max_size=8).map(" ".join)


@given(st.data(), st.integers(60, 160), st.integers(1, 8))
def test_no_table_breaks_a_word_or_loses_a_row(data, width, count):
    columns = [f"head {k}" for k in range(count)]
    rows = data.draw(st.lists(st.tuples(*[sentences] * count), min_size=1, max_size=4))
    right = data.draw(st.sets(st.sampled_from(columns[1:]))) if count > 1 else set()
    if any(cell_len(row[k]) > 30 for row in rows for k in range(count) if columns[k] in right):
        return
    spare = data.draw(st.lists(st.sampled_from(columns[1:]), unique=True)) if count > 1 else []
    out = Console(width=width, force_terminal=False, **printing.PLAIN)
    with out.capture() as capture:
        out.print(printing.table("A title", columns, rows, right=right, spare=spare))
    text = capture.get()
    assert all(cell_len(line) <= width for line in text.splitlines())
    there = set(text.split())
    left_out = set(re.sub(r"\s+", " ", text).partition("Left out for width: ")[2].partition(". A wider")[0].split(", "))
    for k, name in enumerate(columns):
        if name not in left_out:
            assert {word for row in rows for word in row[k].split()} <= there, name
    assert left_out - {""} <= set(spare)


def test_a_sentence_breaks_between_words(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    sentence = "A sentence of :x: some [length] that is wider than the terminal it is read in."
    printing.say(sentence)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert " ".join(" ".join(lines).split()) == sentence
    monkeypatch.delenv("COLUMNS")
    printing.say("word " * 60)
    assert len(capsys.readouterr().out.splitlines()) == 1, "a pipe gets a line a sentence"


def test_a_docstring_is_broken_once(folder, monkeypatch):
    lines = printed("explain", folder, "attitudes", columns=100).splitlines()
    text = lines[: next(k for k, line in enumerate(lines) if line.startswith("A week of"))]
    prose = [line for line in text if line and not line.startswith("    ")]
    paragraphs = "\n".join(line if line.strip() else "" for line in text).split("\n\n")
    for paragraph in paragraphs:
        broken = [line for line in paragraph.splitlines() if not line.startswith("    ")]
        for line, following in pairwise(broken):
            assert len(line.rstrip()) + 1 + len(following.split()[0]) > 100, "a line ends before it is full"
    assert len(prose) > 3


def test_what_chance_alone_can_move_is_folded_away(folder, here):
    text = printed("what-if", folder, "--set", "beta_t=0", "--members", 20, columns=120)
    for low, high in re.findall(r"\[([-+]?[\d.]+), ([-+]?[\d.]+)\]", text.partition("Battle deaths")[0]):
        assert low[0] == high[0], (low, high)
    assert not re.search(r"\d{5,}\.\d", text), "no absurd ratio"


def test_the_version_is_said():
    from polemos import __version__

    assert printed("--version") == f"polemos {__version__}\n"


@pytest.mark.slow
def test_a_real_terminal_gets_what_it_can_show(folder, tmp_path):
    """In a pseudo-terminal of 80 columns, colours and all."""
    for words in (["run", str(folder), "--members", "20"], ["argument", "caliphate", "--kind", "P"]):
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, NARROW, 0, 0))
        env = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"TERM": "xterm"}
        command = [sys.executable, "-m", "polemos", *words]
        running = subprocess.Popen(command, stdin=side, stdout=side, stderr=subprocess.DEVNULL, env=env, cwd=tmp_path)
        os.close(side)
        read = b""
        while True:
            try:
                piece = os.read(main, 65536)
            except OSError:
                break
            if not piece:
                break
            read += piece
        os.close(main)
        assert running.wait(60) == 0
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", read.decode())
        assert all(cell_len(line.rstrip()) <= NARROW for line in text.splitlines())
        assert no_columns_of_letters(text)
        assert "outcome" in text
