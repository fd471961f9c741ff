"""Receipts: time-stamps by others that prove on which day a ledger had its present state, kept beside it.

One stamps or signs the head line. A receipt holds that line, or the SHA-256 of the line and its line end; so it names
the state of the ledger that it is of, and no other. Read are time stamps of RFC 3161, proofs of OpenTimestamps, signed
tags of git, and any text with the head line in it. polemos checks that a receipt is of this ledger and was not altered
since it was kept; signatures are checked by the programs that made them (`Receipt.check`).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from polemos.ledger.chain import Head
from polemos.ledger.entry_fields import LedgerError

LONGEST = 1_000_000
"""Bytes of a receipt."""

IMPRINT = re.compile(
    rb"\x30[\x2f\x31]\x30[\x0b\x0d]\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01(?:\x05\x00)?\x04\x20(.{32})", re.DOTALL
)
"""The message imprint of RFC 3161, section 2.4.1, for SHA-256, in DER."""

OTS = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08"
"""What a proof of OpenTimestamps of a SHA-256 begins with; the digest follows."""

BITCOIN = bytes.fromhex("0588960d73d71901")
"""Tag of an attestation by a block of Bitcoin; its length and its height follow."""

TAG = re.compile(rb"\Aobject [0-9a-f]{40,64}\ntype \w+\ntag (\S+)\ntagger [^\n]*> (\d+) [+-]\d{4}\n")
LINE = re.compile(rb"polemos ledger \d+ [0-9a-f]{64}")
SIGNED = (b"-----BEGIN PGP SIGNATURE-----", b"-----BEGIN SSH SIGNATURE-----", b"-----BEGIN SIGNED MESSAGE-----")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt: of which digest, of what kind, which time it gives (empty: none), and how to check its signature."""

    digest: bytes
    kind: str
    suffix: str
    time: str
    check: str


@dataclass(frozen=True, slots=True)
class Stamped:
    """A receipt that is kept, and the entry that it reaches to; `problem` says why it is none of this ledger."""

    file: str
    kind: str
    time: str
    entries: int | None
    check: str
    problem: str = ""


def digest(head: Head) -> bytes:
    """What is stamped or signed: the SHA-256 of the head line with its line end, as `polemos ledger head` prints it."""
    return sha256(f"{head}\n".encode()).digest()


def folder_of(path: Path | str) -> Path:
    """Where the receipts of a ledger are kept."""
    return Path(f"{path}.receipts")


def read_receipt(content: bytes, name: str) -> Receipt:
    """What a file of a receipt says. Raises `LedgerError` where it is none that polemos knows."""
    for reader in (_ots, _time_stamp, _tag, _text):
        if (receipt := reader(content, name)) is not None:
            return receipt
    raise LedgerError(
        f"{name} is no receipt that polemos knows: it has neither the head line, nor its SHA-256 as a time stamp "
        "of RFC 3161 or a proof of OpenTimestamps; stamp the file that `polemos ledger head > head.txt` writes"
    )


def _ots(content: bytes, name: str) -> Receipt | None:
    if not content.startswith(OTS) or len(content) < len(OTS) + 32:
        return None
    digest = content[len(OTS) : len(OTS) + 32]
    at = content.find(BITCOIN, len(OTS) + 32)
    if at < 0:
        when = "pending: not yet in a block; `ots upgrade` asks again"
    else:
        height, shift = 0, 0
        for byte in content[at + len(BITCOIN) + 1 : at + len(BITCOIN) + 9]:
            height |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        when = f"block {height} of Bitcoin"
    return Receipt(digest, "proof of OpenTimestamps", ".ots", when, f"ots verify -d {digest.hex()} {name}")


def _time_stamp(content: bytes, name: str) -> Receipt | None:
    imprint = IMPRINT.search(content)
    if imprint is None:
        return None
    # The serial number and the time follow (TSTInfo).
    rest = content[imprint.end() :]
    when = ""
    if len(rest) > 2 and rest[0] == 0x02:
        after = rest[2 + rest[1] :]
        if len(after) > 2 and after[0] == 0x18:
            when = _general(after[2 : 2 + after[1]])
    digest = imprint[1]
    check = f"openssl ts -verify -digest {digest.hex()} -in {name} -CAfile AUTHORITY.pem"
    return Receipt(digest, "time stamp (RFC 3161)", ".tsr", when, check)


def _general(text: bytes) -> str:
    """A GeneralizedTime of DER as a time in UTC."""
    try:
        time = datetime.datetime.strptime(text.decode("ascii")[:14], "%Y%m%d%H%M%S")
    except ValueError:
        return ""
    return f"{time.isoformat()}Z"


def _tag(content: bytes, name: str) -> Receipt | None:
    tag, line = TAG.match(content), LINE.search(content)
    if tag is None or line is None:
        return None
    signed = any(mark in content for mark in SIGNED)
    time = datetime.datetime.fromtimestamp(int(tag[2]), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    when = f"{time} by the clock of who {'signed' if signed else 'made'} it"
    check = f"git verify-tag {tag[1].decode(errors='replace')}" if signed else ""
    kind = "signed tag of git" if signed else "tag of git, not signed"
    return Receipt(sha256(line[0] + b"\n").digest(), kind, ".tag", when, check)


def _text(content: bytes, name: str) -> Receipt | None:
    line = LINE.search(content)
    if line is None:
        return None
    signed = any(mark in content for mark in SIGNED)
    check = f"gpg --verify {name}" if signed else ""
    return Receipt(sha256(line[0] + b"\n").digest(), "signed text" if signed else "text", ".txt", "", check)


def keep(path: Path | str, file: Path) -> Stamped:
    """Keep a receipt beside a ledger, which must have the state that it is of. Raises `LedgerError`.

    The same receipt a second time changes nothing.
    """
    from polemos.ensemble import atomic_files
    from polemos.ledger.verify import verify

    content = _content(file)
    receipt = read_receipt(content, file.name)
    verification = verify(path)
    if not verification.whole:
        raise LedgerError(f"{path}: {verification.problem}; nothing is kept beside a ledger that is not whole")
    entries = reached(path, [receipt.digest]).get(receipt.digest)
    if entries is None:
        raise LedgerError(f"{file.name} is of no state of {path}: was the line of another ledger stamped?")
    target = folder_of(path) / f"{entries}-{sha256(content).hexdigest()[:16]}{receipt.suffix}"
    try:
        atomic_files.put(target, content)
    except OSError as error:
        raise LedgerError(f"{target} cannot be written: {error.strerror}") from None
    return stamped(target, {receipt.digest: entries}.get)


def stamped(path: Path, entries_of: Callable[[bytes], int | None]) -> Stamped:
    """What a kept receipt proves, by the number of entries that a digest is of."""
    try:
        content = _content(path)
        receipt = read_receipt(content, str(path))
    except LedgerError as error:
        return Stamped(path.name, "", "", None, "", str(error))
    entries, problem = entries_of(receipt.digest), ""
    if not path.stem.endswith(sha256(content).hexdigest()[:16]):
        problem = "was altered since it was kept"
    elif entries is None:
        problem = "is of no state of this ledger: it was written anew, or the receipt is another one's"
    return Stamped(path.name, receipt.kind, receipt.time, entries, receipt.check, problem)


def receipts(path: Path | str) -> list[Path]:
    """The receipts that are kept beside a ledger, by name."""
    folder = folder_of(path)
    return sorted(one for one in folder.iterdir() if one.is_file()) if folder.is_dir() else []


def reached(path: Path | str, wanted: Iterable[bytes]) -> Mapping[bytes, int]:
    """The number of entries by digest, of the digests that are of a state of a ledger. Raises `Broken`."""
    from polemos.ledger.chain import contents
    from polemos.ledger.sqlite import reading

    digests, reached_digests = set(wanted), {}
    with reading(path) as connection:
        for number, _, hash in contents(connection):
            one = digest(Head(number, hash))
            if one in digests:
                reached_digests[one] = number
    return reached_digests


def check_receipts(path: Path | str) -> list[Stamped]:
    """What the receipts of a whole ledger prove, the earliest state first. Raises `Broken`."""
    files = receipts(path)
    if not files:
        return []
    digests = []
    for file in files:
        try:
            digests.append(read_receipt(_content(file), file.name).digest)
        except LedgerError:
            continue
    entries_of = reached(path, digests)
    return sorted((stamped(file, entries_of.get) for file in files), key=lambda one: (one.entries or 0, one.file))


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > LONGEST:
            raise LedgerError(f"{file.name} has more than {LONGEST:,} bytes, which no receipt has")
        return file.read_bytes()
    except OSError as error:
        raise LedgerError(f"{file} cannot be read: {error.strerror}") from None
