"""What a command prints gets out: in any encoding, into a closed pipe, onto a full disk; no traceback, an exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios import put

FULL = Path("/dev/full")


def polemos(*words, encoding="utf-8", **more):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "80"}
    command = [sys.executable, "-m", "polemos", *map(str, words)]
    return subprocess.run(command, env=environment, stderr=subprocess.PIPE, timeout=300, **more)


@pytest.mark.parametrize("encoding", ["cp1252:strict", "ascii:strict"])
def test_a_narrow_encoding_is_escaped_and_not_a_traceback(tiny, tmp_path, encoding):
    put(tiny, "places.csv", "birch,Birch", "birch,Bïrч")
    put(tiny, "scenario.yaml", "The Guild", "The Güild ч")
    for words in (("show", tiny), ("run", tiny, "--members", 2, "--keep", "none", "--out", tmp_path / "page.html")):
        done = polemos(*words, encoding=encoding, stdout=subprocess.PIPE)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"\\u0447" in done.stdout
    assert "The Güild ч" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_json_in_a_narrow_encoding_says_the_same(tmp_path):
    (tmp_path / "towns.csv").write_text("name,lat,lon,people\nBïrч \U0001f3f3,10.1,20.1,500\nYew,10.3,20.1,500\n")
    words = ["new", "W", "--places", tmp_path / "towns.csv", "--start", "2001-01-01", "--end", "2002-01-01"]
    words += ["--organisation", "north:government:Nörth", "--organisation", "south:insurgent:Sч", "--json"]
    said = []
    for encoding in ("utf-8", "ascii:strict"):
        folder = tmp_path / encoding[:3]
        folder.mkdir()
        done = polemos(*words, "--in", folder, encoding=encoding, stdout=subprocess.PIPE)
        assert done.returncode == 0, done.stderr
        said.append(json.loads(done.stdout.decode()) | {"folder": ""})
    assert said[0].keys() == said[1].keys()


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
@pytest.mark.parametrize("words", [("list",), ("explain", "mali"), ("check", "mali", "--json"), ("--help",)])
def test_output_onto_a_full_disk_is_one_line_and_exit_code_2(words):
    with FULL.open("w") as full:
        done = polemos(*words, stdout=full)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [
        "polemos: writing failed: No space left on device; mend that, or name another place"
    ]


@pytest.mark.parametrize("words", [("list",), ("explain", "mali")])
def test_a_reader_that_goes_away_ends_the_command_quietly(words):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = polemos(*words, stdout=pipe)
    assert done.returncode == 1
    assert done.stderr == b""


STOPPED_IN_THE_MIDDLE = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from polemos.scenario import write
def slow(folder):
    print("half way", flush=True)
    time.sleep(60)
write._sound = slow
from polemos.cli import main
sys.argv[0] = "polemos"
main()
"""


@pytest.mark.parametrize(("sign", "code"), [("SIGINT", 130), ("SIGTERM", 130), ("SIGKILL", -9)])
def test_an_import_that_is_interrupted_leaves_nothing_behind(tiny, tmp_path, sign, code):
    (tmp_path / "held.csv").write_text("place,holder,start,end\nalder,guild,2001-01-01,\n")
    before = {path.name: path.read_bytes() for path in tiny.iterdir()}
    words = ["import", "table", str(tmp_path / "held.csv"), "--as", "control", "--into", str(tiny)]
    command = [sys.executable, "-c", STOPPED_IN_THE_MIDDLE, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"half way\n"
        process.send_signal(getattr(signal, sign))
        _, told = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"Traceback" not in told
    left = [path.name for path in tiny.iterdir() if path.name not in before]
    assert len(left) == (1 if sign == "SIGKILL" else 0)
    assert polemos("check", tiny, stdout=subprocess.DEVNULL).returncode == 0
    (tmp_path / "held.csv").write_text("place,holder,start,end\nalder,guild,2001-01-99,\n")
    assert polemos(*words, stdout=subprocess.DEVNULL).returncode == 2
    (tmp_path / "held.csv").write_text("place,holder,start,end\nalder,guild,2001-01-01,\n")
    done = polemos(*words, stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    assert not [path.name for path in tiny.iterdir() if path.name.startswith(".")]
    assert "alder,guild" in (tiny / "control.csv").read_text()
