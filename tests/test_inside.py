"""No file outside a scenario's folder is read, whichever of its files is a link (SECURITY.md, second claim).

An audit hook sees every file that the process opens; what counts is where that file really is.
"""

from __future__ import annotations

import os
import shutil
import sys

import pytest
from typer.testing import CliRunner

from fuzzing import ARGUMENT, QUESTIONS, THEORY, a_posterior
from polemos.cli.commands import app
from polemos.scenario.attributes import TABLES
from scenarios import put

SECRET = "root:x:0:0:the-secret-of-another-folder\n"
MORE = {
    "questions.yaml": QUESTIONS.encode(),
    "argument.yaml": ARGUMENT.encode(),
    "aliases.csv": b"of,kind,alias,note\nelm,place,the dam,\n",
    "theories/mine.yaml": THEORY.encode(),
    "posteriors/default.parquet": a_posterior(),
}
FILES = ["scenario.yaml", *TABLES, *MORE]
COMMANDS = {
    "check": "check {war}",
    "run": "run {war} --members 2 --keep none --out {here}/page.html",
    "run with a theory": "run {war} --members 2 --keep none --theory mine --out {here}/page.html",
    "run with a posterior": "run {war} --members 2 --keep none --posterior default --out {here}/page.html",
    "import": "import table {here}/held.csv --as control --into {war}",
}
opened: list[str] = []
watching = False


def watch(event, details):
    if watching and event == "open" and isinstance(details[0], str | bytes | os.PathLike):
        opened.append(os.path.realpath(os.fsdecode(details[0])))


sys.addaudithook(watch)


@pytest.fixture
def war(tiny, tmp_path):
    """A whole scenario beside a folder of somebody else's."""
    for name, content in MORE.items():
        (tiny / name).parent.mkdir(exist_ok=True)
        (tiny / name).write_bytes(content)
    put(tiny, "scenario.yaml", "focus: [guild]", "focus: [guild]")
    other = tmp_path / "other"
    other.mkdir()
    (other / "secret").write_text(SECRET)
    (other / "mine.yaml").write_text(SECRET)
    (other / "default.parquet").write_text(SECRET)
    (tmp_path / "held.csv").write_text("place,holder,start,end\nalder,guild,2001-01-01,\n")
    return tiny


def ended(command, war, tmp_path):
    """Exit code and output of a command, with the files opened meanwhile below the other folder."""
    global watching
    opened.clear()
    watching = True
    try:
        done = CliRunner().invoke(app, COMMANDS[command].format(war=war, here=tmp_path).split())
    finally:
        watching = False
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    inside = os.path.realpath(tmp_path / "other")
    return done.exit_code, done.output, [path for path in opened if path.startswith(inside)]


def reads(command, name):
    """Whether a command must look at a file."""
    if "theor" in name:
        return command in ("check", "run with a theory")
    if "posteriors" in name:
        return command == "run with a posterior"
    if name in ("questions.yaml", "argument.yaml"):
        return command != "import"
    if name == "aliases.csv":
        return command in ("check", "import")
    return True


def test_the_whole_scenario_is_sound(war, tmp_path):
    assert ended("check", war, tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("name", "to"),
    [(name, "other/secret") for name in FILES]
    + [
        (name, to) for name in ("places.csv", "theories/mine.yaml") for to in ("other/none", "../other/secret", "chain")
    ],
)
def test_check_refuses_a_link_out_of_the_folder(war, tmp_path, name, to):
    (war / name).unlink(missing_ok=True)
    target = os.path.join("../" * name.count("/"), to) if to.startswith("..") else tmp_path / to
    if to == "chain":
        (tmp_path / "chain").symlink_to(tmp_path / "other" / "secret")
    (war / name).symlink_to(target)
    code, output, read = ended("check", war, tmp_path)
    assert read == []
    assert "the-secret" not in output
    if reads("check", name):
        assert code == 2
        line = f"{name}: a link that leaves the folder; put the file itself here"
        assert [text for text in output.splitlines() if text.startswith(f"{name}:")] == [line]


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("places.csv", "run"),
        ("questions.yaml", "run"),
        ("argument.yaml", "run"),
        ("theories/mine.yaml", "run with a theory"),
        ("posteriors/default.parquet", "run with a posterior"),
        ("posteriors/default.parquet", "run"),
        ("places.csv", "import"),
        ("aliases.csv", "import"),
        ("theories/mine.yaml", "import"),
    ],
)
def test_no_command_follows_a_link_out_of_the_folder(war, tmp_path, name, command):
    (war / name).unlink()
    (war / name).symlink_to(tmp_path / "other" / "secret")
    code, output, read = ended(command, war, tmp_path)
    assert read == []
    assert "the-secret" not in output
    if reads(command, name):
        assert code == 2
        assert "a link that leaves the folder" in output
        assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("folder", "command"),
    [
        (folder, command)
        for folder, commands in {
            "theories": ("check", "run", "run with a theory"),
            "posteriors": ("check", "run", "run with a posterior"),
            ".import": ("check", "run", "import"),
        }.items()
        for command in commands
    ],
)
def test_no_folder_of_a_scenario_leads_elsewhere(war, tmp_path, folder, command):
    shutil.rmtree(war / folder, ignore_errors=True)
    (war / folder).symlink_to(tmp_path / "other")
    code, output, read = ended(command, war, tmp_path)
    assert read == []
    assert "the-secret" not in output
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == ["default.parquet", "mine.yaml", "secret"]
    if folder == ".import" or reads(command, folder):
        assert code == 2


@pytest.mark.parametrize("name", ["places.csv", "theories/mine.yaml", "aliases.csv", "posteriors/default.parquet"])
@pytest.mark.parametrize("kind", ["a pipe", "a link to a pipe", "a link to a device", "a loop", "a folder"])
def test_what_is_no_file_is_refused_at_once(war, tmp_path, name, kind):
    path = war / name
    path.unlink()
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a link to a pipe":
        os.mkfifo(tmp_path / "pipe")
        path.symlink_to(tmp_path / "pipe")
    elif kind == "a link to a device":
        path.symlink_to("/dev/zero")
    elif kind == "a loop":
        path.symlink_to(path)
    else:
        path.mkdir()
    code, output, _ = ended("run with a posterior" if "posteriors" in name else "check", war, tmp_path)
    assert code == 2
    assert name.rpartition("/")[2] in output or "posterior" in output


def test_a_theory_named_by_a_path_that_climbs_is_refused(war, tmp_path):
    (tmp_path / "stranger.yaml").write_text(THEORY)
    words = ["run", str(war), "--members", "2", "--keep", "none", "--theory", "../../stranger"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "a link that leaves the folder" in done.output


def test_a_link_within_the_folder_and_to_the_folder_are_followed(war, tmp_path):
    (war / "places.csv").rename(war / "held.csv")
    (war / "places.csv").symlink_to("held.csv")
    (tmp_path / "elsewhere").symlink_to(war)
    assert ended("check", tmp_path / "elsewhere", tmp_path)[0] == 0
