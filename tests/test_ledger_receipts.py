"""Proof of date: receipts name the state of the ledger that they are of, and any altered byte is noticed."""

from __future__ import annotations

import datetime
import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.ledger.chain import append, head, read
from polemos.ledger.entries import entry
from polemos.ledger.entry_fields import LedgerError
from polemos.ledger.import_export import export_lines, import_lines
from polemos.ledger.receipts import BITCOIN, OTS, check_receipts, digest, folder_of, keep, read_receipt
from polemos.ledger.verify import verify

DATA = Path(__file__).parent / "data" / "receipts"
"""Made of the head line of `three` by openssl (with an authority of tests), and by git with a key of ssh."""

START = datetime.datetime(2020, 1, 1, 12, tzinfo=datetime.UTC)


def forecast(number: int):
    asked = {"id": f"bridge-{number}", "text": f"Is bridge {number} open?", "closes": "2025-01-01", "topic": "bridges"}
    given = {"kind": "forecast", "owner": "me", "question": asked, "origin": "2020-01-01", "probability": number / 10}
    return entry(given)


@pytest.fixture
def three(tmp_path):
    path = tmp_path / "ledger.sqlite"
    append(path, [forecast(1), forecast(2), forecast(3)], now=START)
    return path


def proof(of: bytes, height: int | None = 600_000) -> bytes:
    """A proof of OpenTimestamps as its format has it: the digest, an operation, an attestation."""
    digits = []
    while height:
        digits.append(height & 0x7F | (0x80 if height > 0x7F else 0))
        height >>= 7
    pending = bytes.fromhex("83dfe30d2ef90c8e") + b"\x0e\x0dhttps://a.b.c"
    end = BITCOIN + bytes([len(digits), *digits]) if digits else pending
    return OTS + of + b"\xf0\x10" + bytes(16) + b"\x08\x00" + end


def test_the_digest_is_that_of_the_file_with_the_head_line(three, monkeypatch):
    monkeypatch.setenv("POLEMOS_LEDGER", str(three))
    printed = CliRunner().invoke(app, ["ledger", "head"]).stdout
    assert printed == f"{head(three)}\n"
    assert digest(head(three)) == sha256(printed.encode()).digest()
    shown = CliRunner().invoke(app, ["ledger", "head", "--digest"]).stdout
    assert shown.startswith(printed)
    assert shown.count(digest(head(three)).hex()) == 2
    assert "openssl ts -query" in shown


@pytest.mark.parametrize(
    ("name", "kind", "time"),
    [
        ("head.tsr", "time stamp (RFC 3161)", "2026-11-30T"),
        ("head.tag", "signed tag of git", "2020-01-02T00:00:00Z by the clock of who signed it"),
    ],
)
def test_receipts_of_real_programs_are_kept_and_named(three, name, kind, time):
    kept = keep(three, DATA / name)
    assert kept.kind == kind
    assert kept.time.startswith(time)
    assert kept.entries == 3
    assert kept.check
    assert keep(three, DATA / name) == kept
    append(three, [forecast(4)], now=START + datetime.timedelta(9))
    assert check_receipts(three) == [kept]
    assert verify(three).entries == 4


def test_a_proof_of_opentimestamps_names_its_block_or_is_pending(three, tmp_path):
    (tmp_path / "a.ots").write_bytes(proof(digest(head(three))))
    (tmp_path / "b.ots").write_bytes(proof(digest(head(three)), None))
    assert keep(three, tmp_path / "a.ots").time == "block 600000 of Bitcoin"
    assert keep(three, tmp_path / "b.ots").time.startswith("pending")
    assert len(check_receipts(three)) == 2


def test_a_text_with_the_head_line_is_a_receipt_without_a_time(three, tmp_path):
    (tmp_path / "mail.txt").write_text(f"Dear friend, keep this: {head(three)}\nYours\n")
    kept = keep(three, tmp_path / "mail.txt")
    assert (kept.kind, kept.time, kept.entries) == ("text", "", 3)


def test_a_receipt_of_another_ledger_or_of_nothing_is_refused(three, tmp_path):
    other = tmp_path / "other.sqlite"
    append(other, [forecast(9)], now=START)
    with pytest.raises(LedgerError, match="of no state of"):
        keep(other, DATA / "head.tsr")
    (tmp_path / "odd").write_bytes(b"hello")
    with pytest.raises(LedgerError, match="no receipt that polemos knows"):
        keep(three, tmp_path / "odd")
    assert not folder_of(other).exists()


@pytest.mark.parametrize("name", ["head.tsr", "head.tag"])
def test_every_altered_byte_of_a_kept_receipt_is_noticed(three, name):
    keep(three, DATA / name)
    (file,) = folder_of(three).iterdir()
    whole = file.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        (found,) = check_receipts(three)
        assert found.problem, at
    file.write_bytes(whole)
    assert [one.problem for one in check_receipts(three)] == [""]


def test_a_ledger_written_anew_loses_its_receipts(three, tmp_path):
    keep(three, DATA / "head.tsr")
    shutil.move(folder_of(three), folder_of(tmp_path / "anew.sqlite"))
    anew = tmp_path / "anew.sqlite"
    append(anew, [forecast(1), forecast(2), forecast(5)], now=START)
    assert verify(anew).whole
    (found,) = check_receipts(anew)
    assert "written anew" in found.problem
    done = CliRunner().invoke(app, ["ledger", "verify", "--ledger", str(anew)])
    assert done.exit_code == 2
    assert "written anew" in done.stdout


def test_verify_names_the_receipts(three, tmp_path):
    keep(three, DATA / "head.tsr")
    done = CliRunner().invoke(app, ["ledger", "verify", "--ledger", str(three), "--json"])
    assert done.exit_code == 0
    (receipt,) = json.loads(done.stdout)["receipts"]
    assert receipt["entries"] == 3
    assert "openssl ts -verify" in receipt["check"]
    line = CliRunner().invoke(app, ["ledger", "receipt", str(DATA / "head.tag"), "--ledger", str(three)]).stdout
    assert line.startswith("Receipt of entries 1 to 3: signed tag of git, 2020-01-02")


def test_two_ledgers_are_merged_with_the_times_and_hashes_that_they_had(three, tmp_path):
    other = tmp_path / "other.sqlite"
    append(other, [forecast(7), forecast(8)], now=START + datetime.timedelta(30))
    keep(three, DATA / "head.tsr")
    before = read(three)
    import_lines(three, list(export_lines(other)))
    assert read(three)[:3] == before
    copies = [one.entry.source.imported for one in read(three)[3:]]
    assert [text.split(", recorded ")[1] for text in copies] == ["2020-01-31T12:00:00.000Z"] * 2
    assert [text.split()[1].rstrip(",") for text in copies] == [one.hash.hex()[:16] for one in read(other)]
    assert import_lines(three, list(export_lines(other))) == []
    assert verify(three).whole
    # The receipt of what was there before still holds.
    assert [one.problem for one in check_receipts(three)] == [""]


@pytest.mark.parametrize("content", [b"", OTS, OTS + bytes(5), bytes(range(256)), b"object of desire"])
def test_what_is_no_receipt_is_told_in_a_line(content):
    with pytest.raises(LedgerError, match="x is no receipt that polemos knows"):
        read_receipt(content, "x")
    cut = read_receipt((DATA / "head.tsr").read_bytes()[:160], "x")
    assert cut.digest
