"""The ledger: nothing is lost, nothing changes unseen, and what is hostile is told in a line."""

from __future__ import annotations

import datetime
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polemos.ledger import chain as ledger_chain
from polemos.ledger import import_export, sqlite, stray_bytes
from polemos.ledger.canonical import canonical, parse
from polemos.ledger.chain import Head, append, chain, read
from polemos.ledger.columns import table
from polemos.ledger.entries import entry, key
from polemos.ledger.entry_fields import LedgerError
from polemos.ledger.register import register
from polemos.ledger.sqlite import BEGINNING
from polemos.ledger.verify import verify

START = datetime.datetime(2020, 1, 1, 12, tzinfo=datetime.UTC)


def forecast(number: int = 0, **values):
    """A forecast; what is not given is invented."""
    question = {
        "id": f"q-{number % 9}",
        "text": f"Is bridge {number % 9} open? Ö",
        "closes": "2025-01-01",
        "topic": "bridges",
    }
    given = {"kind": "forecast", "owner": f"owner {number % 4}", "question": question, "origin": "2020-01-01"}
    return entry(given | {"probability": (number % 97) / 97} | values)


def answer(number: int = 0, outcome: str = "yes", **values):
    question = forecast(number).question
    given = {"kind": "resolution", "owner": "the office", "question": question, "outcome": outcome}
    return entry(given | {"settled": "2025-01-01", "source": {"citation": "Register"}} | values)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A ledger of 200 entries, some of them long."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    for first in range(0, 200, 10):
        append(path, [forecast(n, note="long " * (n % 50)) for n in range(first, first + 10)])
    return path


@pytest.fixture
def copy(full, tmp_path):
    return Path(shutil.copy(full, tmp_path / "copy.sqlite"))


def altered(path: Path, *statements: str) -> None:
    """Change a ledger as somebody would who has taken its triggers away, and put them back."""
    with sqlite3.connect(path, isolation_level=None) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
    connection.close()


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "new" / "ledger.sqlite"
    kept = append(path, [forecast(1), forecast(2)], now=START)
    kept += append(path, [answer(1)])
    assert [one.number for one in kept] == [1, 2, 3]
    assert read(path) == kept
    assert kept[0].entry.recorded == kept[0].entry.made == "2020-01-01T12:00:00.000Z"
    previous = BEGINNING
    for one in kept:
        previous = chain(previous, canonical(one.entry))
        assert one.hash == previous
    assert str(ledger_chain.head(path)) == f"polemos ledger 3 {previous.hex()}"
    assert Head.read(str(ledger_chain.head(path))) == ledger_chain.head(path)
    assert len(str(ledger_chain.head(path))) < 140
    found = verify(path)
    assert found.whole
    assert found.entries == 3
    assert [file.name for file in path.parent.iterdir()] == ["ledger.sqlite"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET content = content",
        "UPDATE entry SET hash = zeroblob(32) WHERE rowid = 3",
        "DELETE FROM entry WHERE rowid = 200",
        "DELETE FROM entry",
        "INSERT INTO entry (rowid, content, hash) VALUES (300, '{}', zeroblob(32))",
        "INSERT OR REPLACE INTO entry (rowid, content, hash) VALUES (7, '{}', zeroblob(32))",
        "REPLACE INTO entry (rowid, content, hash) VALUES (200, '{}', zeroblob(32))",
        "UPDATE head SET entries = 199",
        "UPDATE head SET entries = 201",
        "UPDATE head SET hash = zeroblob(32)",
        "DELETE FROM head",
        "INSERT INTO head VALUES (0, zeroblob(32), '3')",
        "INSERT INTO entry (content, hash) VALUES (x'00', zeroblob(32))",
    ],
)
def test_triggers_refuse_every_change(copy, statement):
    before = read(copy)
    with sqlite3.connect(copy) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
    assert read(copy) == before
    assert verify(copy).whole


def swap(a: int, b: int) -> tuple[str, ...]:
    return (
        f"CREATE TEMP TABLE two AS SELECT rowid AS n, content, hash FROM entry WHERE rowid IN ({a}, {b})",
        f"UPDATE entry SET content = (SELECT content FROM two WHERE n = {a + b} - entry.rowid), "
        f"hash = (SELECT hash FROM two WHERE n = {a + b} - entry.rowid) WHERE rowid IN ({a}, {b})",
    )


@pytest.mark.parametrize(
    ("statements", "first"),
    [
        (("UPDATE entry SET content = replace(content, '0.5', '0.6') WHERE rowid = 50",), 50),
        (("UPDATE entry SET hash = zeroblob(32) WHERE rowid = 77",), 77),
        (("DELETE FROM entry WHERE rowid = 120",), 120),
        (("DELETE FROM entry WHERE rowid > 180",), 181),
        (("DELETE FROM entry",), 1),
        (swap(30, 31), 30),
        (swap(12, 150), 12),
        (("INSERT INTO entry (rowid, content, hash) SELECT 201, content, hash FROM entry WHERE rowid = 200",), 201),
        (("UPDATE entry SET rowid = 400 WHERE rowid = 200",), 200),
    ],
)
def test_verify_names_the_first_bad_entry(copy, statements, first):
    altered(copy, *statements)
    found = verify(copy)
    assert not found.whole
    assert found.first == first
    assert f"entry {first} " in found.problem
    with pytest.raises(sqlite.Broken):
        read(copy)


def test_splice_of_another_ledger(copy, tmp_path):
    other = tmp_path / "other.sqlite"
    append(other, [forecast(n, owner="another") for n in range(200)])
    altered(
        copy,
        f"ATTACH '{other}' AS other",
        "CREATE TEMP TABLE theirs AS SELECT rowid AS n, content, hash FROM other.entry WHERE rowid > 90",
        "UPDATE entry SET content = (SELECT content FROM theirs WHERE n = entry.rowid), "
        "hash = (SELECT hash FROM theirs WHERE n = entry.rowid) WHERE rowid > 90",
        "UPDATE head SET hash = (SELECT hash FROM theirs WHERE n = 200)",
        "DETACH other",
    )
    assert verify(copy).first == 91


def test_cut_with_its_count_only_an_earlier_head_tells(copy, full):
    earlier = ledger_chain.head(full)
    altered(
        copy,
        "DELETE FROM entry WHERE rowid > 150",
        "UPDATE head SET entries = 150, hash = (SELECT hash FROM entry WHERE rowid = 150)",
    )
    # The tables are whole again: who takes the count along leaves no trace in the chain itself.
    assert [one.number for one in read(copy)] == list(range(1, 151))
    found = verify(copy, earlier)
    assert found.first == 151
    assert "200" in found.problem


def test_written_anew_only_an_earlier_head_tells(full, tmp_path):
    earlier, other = ledger_chain.head(full), tmp_path / "other.sqlite"
    append(other, [forecast(n, owner="another") for n in range(210)])
    assert verify(other).whole
    found = verify(other, earlier)
    assert found.first == 200
    append(path := Path(shutil.copy(full, tmp_path / "longer.sqlite")), [forecast(1)])
    assert verify(path, earlier).whole


def test_verify_says_where_times_run_backwards(tmp_path):
    path = tmp_path / "ledger.sqlite"
    for number, day in enumerate((3, 5, 4, 4, 9, 1)):
        append(path, [forecast(number)], now=START + datetime.timedelta(days=day))
    verdict = verify(path)
    assert verdict.whole
    assert verdict.backwards == (3, 6)
    done = subprocess.run(
        [sys.executable, "-m", "polemos", "ledger", "verify", "--ledger", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "Times run backwards: entry 3 says that it was recorded before entry 2 (and 1 more" in done.stdout


def test_verify_sees_other_tables_and_triggers(copy):
    with sqlite3.connect(copy) as connection:
        connection.execute("DROP TRIGGER entry_kept")
    connection.close()
    assert "tables" in verify(copy).problem
    with pytest.raises(LedgerError, match="tables"):
        append(copy, [forecast(1)])


def test_an_entry_that_polemos_would_not_write(tmp_path):
    path = tmp_path / "ledger.sqlite"
    append(path, [forecast(1)])
    sound = canonical(read(path)[0].entry)
    for content, told in (
        ('{"probability":7}', "question"),
        (sound.replace('"kind"', ' "kind"'), "canonical"),
        (sound.replace('"probability":', '"probability":NaN,"q":'), ""),
        (sound.replace('"probability":', '"probability":7,"probability":'), "canonical"),
        (sound.replace('"topic":"bridges"', '"topic":""'), "canonical"),
        (sound.replace('"closes":"2025', '"closes":"x'), "closes"),
    ):
        mine = Path(shutil.copy(path, tmp_path / "mine.sqlite"))
        with sqlite.writing(mine) as connection:
            ledger_chain.insert(connection, ledger_chain.head_of(connection), content)
        found = verify(mine)
        assert found.first == 2
        assert told in found.problem


def damage(data: bytes, truth: list, where: Path, offset: int, chance: random.Random) -> bool:
    """Alter one byte of a ledger: whether it was found. What is read must be as written, or an error."""
    data = bytearray(data)
    data[offset] ^= chance.randrange(1, 256)
    for file in where.iterdir():
        file.unlink()
    path = where / "ledger.sqlite"
    path.write_bytes(data)
    try:
        seen = read(path)
    except LedgerError:
        pass
    else:
        assert seen == truth, f"byte {offset} changes what is read"
    try:
        return not verify(path).whole
    except LedgerError:
        return True


@pytest.mark.parametrize("count", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_every_altered_byte_is_found(full, tmp_path, count):
    chance = random.Random(count)
    size = full.stat().st_size
    page, header = stray_bytes.PAGE, list(range(0, 100, 1 if count > 100 else 7))
    # The heads of pages and the room between their cells, where SQLite's own check does not look.
    heads = [first + i for first in range(0, size, page) for i in (*range(0, 12), 3000)]
    offsets = chance.sample(range(size), count) + header + (heads if count > 100 else heads[::9])
    data, truth = full.read_bytes(), read(full)
    missed = [offset for offset in offsets if not damage(data, truth, tmp_path, offset, chance)]
    assert not missed


def writers(folder: Path, kills: int, count: int = 8) -> tuple[int, int]:
    """Run writers that are killed: how many died, and whether a journal was left."""
    script = Path(__file__).with_name("ledger_writers.py")
    words = [folder / "ledger.sqlite", folder / "acknowledged", kills, count, 1]
    done = subprocess.run([sys.executable, script, *map(str, words)], capture_output=True, text=True, check=True)
    died, journal = done.stdout.split()
    return int(died), int(journal)


@pytest.mark.parametrize("kills", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_killed_writers_lose_nothing_that_was_acknowledged(tmp_path, kills):
    died, _ = writers(tmp_path, kills)
    assert died == kills + 8
    path = tmp_path / "ledger.sqlite"
    kept = append(path, [forecast(1)])
    there = {one.number: one.hash.hex() for one in read(path)}
    lines = (tmp_path / "acknowledged").read_text().split("\n")
    told = {int(number): hash for number, hash in (line.split() for line in lines if line)}
    assert len(told) > kills
    assert told.items() <= there.items()
    assert verify(path).whole
    assert verify(path).entries == kept[0].number


FILL = """
import resource, sys
from polemos.ledger.entries import entry
from polemos.ledger.entry_fields import LedgerError
from polemos.ledger.chain import append
path, limit = sys.argv[1], int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
question = {"id": "q", "text": "Is it full?", "closes": "2100-01-01"}
draft = entry({"kind": "forecast", "owner": "o", "question": question, "origin": "2020-01-01", "probability": 0.5,
               "note": "x" * 3000})
count = 0
try:
    while True:
        count = append(path, [draft] * 5)[-1].number
except LedgerError as error:
    print(count, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files")
@pytest.mark.parametrize("limit", [50_000, 400_000, 401_000])
def test_a_full_disk_leaves_the_ledger_whole(tmp_path, limit):
    path = tmp_path / "ledger.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(path), str(limit)], capture_output=True, text=True, check=True
    )
    count, message = done.stdout.strip().split(" ", 1)
    assert "\n" not in message
    assert "could not be written" in message
    assert "nothing of this was added" in message
    if int(count):
        found = verify(path)
        assert found.whole
        assert found.entries == int(count)
    # With room again it goes on.
    kept = append(path, [forecast(1)])
    assert kept[0].number == int(count) + 1
    assert verify(path).whole


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"probability": float("nan")}, "probability"),
        ({"probability": float("inf")}, "probability"),
        ({"probability": 1.01}, "less than or equal to 1"),
        ({"probability": -0.1}, "greater than or equal to 0"),
        ({"probability": True}, "write a number"),
        ({"probability": None}, "needs a probability"),
        ({"owner": "a\x1b[31m"}, "control character U+001B"),
        ({"owner": "a\u202eb"}, "control character U+202E"),
        ({"owner": "\ud800"}, "valid string"),
        ({"owner": "a\nb"}, "one line"),
        ({"owner": ""}, "at least 1 character"),
        ({"note": "x" * 9000}, "at most 8000 characters"),
        ({"kind": "prophecy"}, "kind"),
        ({"colour": "red"}, "colour"),
        ({"origin": "soon"}, "origin"),
        ({"made": "2020-13-01"}, "neither a day"),
        ({"of": 3}, "goes with these only"),
        ({"outcome": "yes"}, "leave them out"),
        ({"quantiles": {"levels": [0.5, 0.1], "values": [1, 2]}}, "ascend"),
        ({"quantiles": {"levels": [0.1, 0.5], "values": [1, float("nan")]}}, "quantiles"),
        ({"quantiles": {"levels": [0.1, 0.5], "values": [1]}}, "as many of both"),
    ],
)
def test_what_is_no_forecast_is_told_in_a_line(values, told):
    with pytest.raises(LedgerError) as caught:
        forecast(1, **values)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_nothing_is_of_tomorrow_but_what_it_asks(tmp_path):
    path = tmp_path / "ledger.sqlite"
    for values in ({"made": "2030-01-01"}, {"origin": "2030-01-01"}):
        with pytest.raises(LedgerError, match="future"):
            append(path, [forecast(1, **values)], now=START)
    with pytest.raises(LedgerError, match="future"):
        append(path, [answer(1)], now=START)
    append(path, [forecast(1, made="2019-05-01", origin="2019-05-01")], now=START)
    assert len(read(path)) == 1


def test_an_entry_too_long_for_a_page_is_refused_and_the_longest_fits(tmp_path):
    path = tmp_path / "ledger.sqlite"
    question = forecast(1).question.model_dump(mode="json") | {"terms": {"ids": ["x" * 100] * 400}}
    with pytest.raises(LedgerError, match="too long"):
        append(path, [forecast(1, question=question)])
    question["terms"]["ids"] = ["x" * 97] * 310
    append(path, [forecast(n, question=question) for n in range(5)])
    assert verify(path).whole


def test_what_can_be_revised_disputed_and_withdrawn(tmp_path):
    path = tmp_path / "ledger.sqlite"
    append(path, [forecast(1), answer(1)])
    own = {"owner": "owner 1", "question": forecast(1).question}
    for values, told in (
        ({"kind": "revision", "of": 1, "origin": "2020-01-01", "probability": 0.5, "owner": "another"}, "add your own"),
        ({"kind": "revision", "of": 2, "origin": "2020-01-01", "probability": 0.5}, "is a resolution"),
        ({"kind": "revision", "of": 9, "origin": "2020-01-01", "probability": 0.5}, "no entry 9"),
        ({"kind": "dispute", "of": 1, "note": "no"}, "is a forecast"),
        ({"kind": "withdrawal", "of": 1, "question": forecast(2).question}, "another question"),
        ({"kind": "withdrawal", "of": 1, "owner": "another"}, "cannot be withdrawn"),
    ):
        with pytest.raises(LedgerError, match=told):
            append(path, [entry(own | values)])
    append(path, [entry(own | {"kind": "dispute", "of": 2, "note": "no", "owner": "another"})])
    append(path, [entry(own | {"kind": "withdrawal", "of": 1})])
    assert len(read(path)) == 4


def test_all_or_none(tmp_path):
    path = tmp_path / "ledger.sqlite"
    append(path, [forecast(1)])
    with pytest.raises(LedgerError, match="future"):
        append(path, [forecast(2), forecast(3, made="2999-01-01")])
    assert len(read(path)) == 1
    assert verify(path).whole


def test_files_that_are_no_ledger(tmp_path, full):
    text, other, newer, empty = (tmp_path / name for name in ("text", "other.sqlite", "newer.sqlite", "empty"))
    text.write_text("This is no ledger. " * 500)
    empty.touch()
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    shutil.copy(full, newer)
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    for path, told in (
        (tmp_path, "is a folder"),
        (Path(os.devnull), "no file"),
        (text, "no ledger"),
        (other, "no ledger of polemos"),
        (newer, "version 2"),
        (tmp_path / "none", "there is no ledger"),
    ):
        for action in (read, table, ledger_chain.head, lambda path: append(path, [forecast(1)])):
            if told.startswith("there is") and action not in (read, table, ledger_chain.head):
                continue
            before = path.read_bytes() if path.is_file() else None
            with pytest.raises(LedgerError) as caught:
                action(path)
            assert told in str(caught.value)
            assert "\n" not in str(caught.value)
            assert before is None or path.read_bytes() == before
    assert not verify(empty).whole
    assert not verify(text).whole
    append(empty, [forecast(1)])
    assert verify(empty).whole


def test_a_ledger_whose_first_writer_was_killed_is_empty_and_can_be_begun(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.touch()
    with pytest.raises(LedgerError, match="is empty: what began it was stopped before it wrote anything"):
        read(path)
    append(path, [forecast(1)])
    assert len(read(path)) == 1


def test_a_path_of_odd_characters(tmp_path):
    path = tmp_path / "a ?#%41 é'" / "led ger?mode=ro"
    append(path, [forecast(1)])
    assert verify(path).whole
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_busy_ledger_is_told(full, tmp_path, monkeypatch):
    path = Path(shutil.copy(full, tmp_path / "busy.sqlite"))
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    with sqlite3.connect(path, isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="busy"):
            append(path, [forecast(1)])
    holder.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root")
def test_a_ledger_that_may_not_be_written(full, tmp_path):
    path = Path(shutil.copy(full, tmp_path / "closed.sqlite"))
    path.chmod(0o444)
    with pytest.raises(LedgerError, match="could not be written"):
        append(path, [forecast(1)])


def test_default_path_is_in_the_data_folder(monkeypatch):
    home = Path.home()
    assert ledger_chain.default_path({"XDG_DATA_HOME": "/data"}, "linux") == Path("/data/polemos/ledger.sqlite")
    assert ledger_chain.default_path({}, "linux") == home / ".local/share/polemos/ledger.sqlite"
    assert ledger_chain.default_path({}, "darwin") == home / "Library/Application Support/polemos/ledger.sqlite"


def test_register_revises_what_stands_and_leaves_out_what_is_said(tmp_path):
    path = tmp_path / "ledger.sqlite"
    assert [kept.entry.kind for kept in register(path, [forecast(1), forecast(2)])] == ["forecast"] * 2
    assert register(path, [forecast(1)]) == []
    again = register(path, [forecast(1, probability=0.9), forecast(1, probability=0.8)])
    assert [(kept.entry.kind, kept.entry.of) for kept in again] == [("revision", 1), ("revision", 3)]
    assert register(path, [forecast(1, probability=0.8)]) == []
    assert register(path, [forecast(1, probability=0.7)])[0].entry.of == 4


def test_an_export_makes_the_same_ledger_again(full, tmp_path):
    lines = list(import_export.export_lines(full))
    new = tmp_path / "new.sqlite"
    assert len(import_export.import_lines(new, lines)) == 200
    assert ledger_chain.head(new) == ledger_chain.head(full)
    assert verify(new, ledger_chain.head(full)).whole
    assert import_export.import_lines(new, lines) == []
    append(full_copy := Path(shutil.copy(full, tmp_path / "more.sqlite")), [forecast(3, probability=0.123)])
    # What comes to entries of our own is recorded by our own clock, whatever time it says.
    (later,) = import_export.import_lines(new, import_export.export_lines(full_copy))
    assert later.entry.source.imported.startswith("201 ")
    assert later.entry.recorded > read(full_copy)[200].entry.recorded


def test_an_altered_export_is_refused(full, tmp_path):
    lines = list(import_export.export_lines(full))
    for bad, place in (
        ([*lines[:50], lines[50].replace("bridges", "bridge!"), *lines[51:]], 51),
        ([*lines[:9], lines[10], lines[9], *lines[11:]], None),
    ):
        with pytest.raises(LedgerError) as caught:
            import_export.import_lines(tmp_path / "new.sqlite", bad) if place else _whole(bad, tmp_path)
        assert place is None or f"line {place}" in str(caught.value)


def _whole(lines, folder):
    """Lines out of order are no continuation: they can only come in as copies, whose origin is told."""
    kept = import_export.import_lines(folder / "copied.sqlite", lines)
    assert all(one.entry.source.imported for one in kept)
    raise LedgerError("copied")


def test_entries_of_another_ledger_come_in_as_copies(full, tmp_path):
    path = tmp_path / "ledger.sqlite"
    append(path, [forecast(1)])
    other = tmp_path / "other.sqlite"
    register(other, [forecast(5), forecast(5, probability=0.2), answer(5)], now=None)
    lines = list(import_export.export_lines(other))
    kept = import_export.import_lines(path, lines)
    assert [one.number for one in kept] == [2, 3, 4]
    assert kept[1].entry.of == 2
    assert kept[0].entry.source.imported.startswith("1 " + ledger_chain.read(other)[0].hash.hex()[:16])
    assert import_export.import_lines(path, lines) == []
    assert verify(path).whole
    with pytest.raises(LedgerError, match="line 1: is about entry 1"):
        import_export.import_lines(tmp_path / "third.sqlite", lines[1:2])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "no JSON"),
        ("[1]", "no entry"),
        ("NaN", "NaN"),
        ('{"kind": "forecast", "kind": "forecast"}', "twice"),
        ('{"kind": "forecast"}', "owner"),
        ("[" * 100_000, "nested"),
        ('{"entry": 3}', "needs a number"),
        ("x" * 300_000, "too long"),
    ],
)
def test_hostile_lines(tmp_path, line, told):
    with pytest.raises(LedgerError) as caught:
        import_export.import_lines(tmp_path / "ledger.sqlite", ["", line])
    assert "line 2" in str(caught.value)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_line_by_hand(tmp_path):
    plain = forecast(1).model_dump(mode="json", exclude_defaults=True)
    kept = import_export.import_lines(tmp_path / "ledger.sqlite", [json.dumps(plain)])
    assert kept[0].entry.probability == forecast(1).probability


CSV = """\
Question,Forecast,Date,Close Date,Resolution,Source
"Will it rain, or snow?",30%,2020-01-05,2020-02-01,yes,Site
"Will it rain, or snow?",0.6,2020-01-06,2020-02-01,yes,Site
Will the bridge open?,0.2,2020-01-05,2020-03-01,,Site
"""


def test_csv_comes_in_and_goes_out(tmp_path):
    path = tmp_path / "ledger.sqlite"
    kept = import_export.import_csv(path, CSV, owner="me", topic="site")
    assert [(one.entry.kind, one.entry.probability) for one in kept] == [
        ("forecast", 0.3),
        ("revision", 0.6),
        ("forecast", 0.2),
        ("resolution", None),
    ]
    assert kept[0].entry.made == "2020-01-05"
    assert kept[3].entry.settled == datetime.date(2020, 2, 1)
    text = import_export.export_csv(path)
    assert text.splitlines()[0] == ",".join(import_export.COLUMNS)
    again = import_export.import_csv(tmp_path / "again.sqlite", text)
    assert [(one.entry.owner, one.entry.probability, one.entry.question) for one in again] == [
        (one.entry.owner, one.entry.probability, one.entry.question) for one in kept
    ]


def test_a_table_that_comes_again_adds_nothing_and_overrules_nobody(tmp_path):
    path = tmp_path / "ledger.sqlite"
    kept = import_export.import_csv(path, CSV, owner="me", topic="site")
    asked = kept[-1].entry.question
    given = {"kind": "resolution", "owner": "judge", "question": asked, "outcome": "no", "settled": "2020-02-02"}
    append(path, [entry(given | {"source": {"citation": "Gazette"}})])
    assert import_export.import_csv(path, CSV, owner="me", topic="site") == []
    longer = CSV + "Will it snow?,0.1,2020-01-07,2020-03-01,,Site\n"
    assert [one.number for one in import_export.import_csv(path, longer, owner="me", topic="site")] == [6]


def test_two_who_register_at_once_add_each_thing_once(tmp_path):
    path = tmp_path / "ledger.sqlite"
    drafts = [
        entry({"kind": "forecast", "owner": "me", "origin": "2020-01-01", "probability": 0.3}
              | {"question": {"id": f"q{n}", "text": f"q{n}?", "closes": "2021-01-01"}})
        for n in range(80)
    ]  # fmt: skip
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda _: len(register(path, drafts)), range(4)))
    assert sorted(added) == [0, 0, 0, 80]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n", "needs the columns"),
        ("", "needs the columns"),
        ("question,probability,date\nQ?,30,2020-01-01\n", "line 2: probability 30 does not lie between 0 and 1"),
        ("question,probability,date\nQ?,nan,2020-01-01\n", "line 2: probability nan"),
        ("question,probability,date\nQ?,soon,2020-01-01\n", "is no probability"),
        ("question,probability,date\nQ?,0.3,2020-01-01\n", "--closes"),
        ("question,probability,date,closes\nQ?,0.3,1/2/2020,2021-01-01\n", "line 2"),
        ("question,probability,date,closes,outcome\nQ?,0.3,2020-01-01,2021-01-01,maybe\n", "neither yes, no"),
        ("question,probability,date\n" + "x" * 200_000 + ",0.3,2020-01-01\n", "line"),
        ("question,probability,date,closes\n\x00Q?,0.3,2020-01-01,2021-01-01\n", "line"),
    ],
)
def test_hostile_csv(tmp_path, text, told):
    with pytest.raises(LedgerError) as caught:
        import_export.import_csv(tmp_path / "ledger.sqlite", text, owner="me")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "ledger.sqlite").exists()


@given(st.text(max_size=60), st.floats(0, 1))
def test_canonical_json_is_read_back(text, p):
    try:
        one = forecast(1, note=text, probability=p)
    except LedgerError:
        return
    assert entry(parse(canonical(one))) == one
    assert canonical(entry(parse(canonical(one)))) == canonical(one)


@given(st.text(max_size=40))
def test_a_question_is_cut_out_of_its_entry_whatever_it_says(text):
    try:
        question = {
            "id": "q",
            "text": 'x"question":{,"recorded":"' + text,
            "closes": "2030-01-01",
            "topic": '"recorded":"',
        }
        one = forecast(1, question=question, note='","recorded":"' + text, owner='","question":')
    except LedgerError:
        return
    one = one.model_copy(update={"recorded": "2020-01-01T00:00:00.000Z"})
    from polemos.ledger.columns import gather

    there = gather([(1, canonical(one))])
    assert there.keys == (key(one.question),)
    assert there.asked[0]["text"] == one.question.text
    assert there.owners == (one.owner,)
    assert there.probability[0] == one.probability
