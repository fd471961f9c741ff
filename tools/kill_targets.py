"""The commands that `tools/kills.py` kills: what each is given, what may stand on disk, and what must at the end."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

BEFORE, BETWEEN, AFTER = "before it began", "between two steps", "once finished"
MEMBERS, CHUNK = 60, 2
HELD = """\
town,holder,from,to
Birch,crown,2001-01-01,2001-06-10
Birch,guild,2001-06-10,2002-04-01
Birch,crown,2002-04-01,
Dale,guild,2001-01-01,2002-05-10
Dale,crown,2002-05-10,
"""
UNCOUNTED = ("manifest.json", "page-*")
"""Files of a run that say when it was made and where it lies, or are keyed by that."""
WATCH = {
    "scenario": "../tiny", "forecaster": "contiguity", "leads": ["1mo", "3mo"],
    "sources": [{"command": "table", "files": ["held.csv"],
                 "options": ["--as", "control", "--source", "A chronicle", "--licence", "CC0"]}],
}  # fmt: skip


class Target(Protocol):
    """A command and its folder. All raise `AssertionError`, or the command's own errors, for what is damaged."""

    name: str

    def prepare(self, root: Path) -> None:
        """Put into a folder what the command needs."""

    def words(self, root: Path) -> list[str]:
        """The command, as typed in that folder."""

    def state(self, root: Path) -> str:
        """What stands on disk: BEFORE, BETWEEN or AFTER."""

    def digest(self, root: Path) -> str:
        """SHA-256 of what the command has made, without the times at which it was made."""


def run_words(war: Path, chunk: int = CHUNK, keep: str = "all") -> list[str]:
    """`polemos run` on a small war."""
    words = ["run", str(war), "--members", str(MEMBERS), "--chunk", str(chunk), "--threads", "1", "--runs", "runs"]
    return [*words, "--keep", keep]


def small_war(folder: Path) -> Path:
    """The small war of the tests, in a folder."""
    import scenarios

    path: Path = scenarios.tiny(folder)
    return path


def summed(parts: Iterable[bytes]) -> str:
    """SHA-256 of bytes."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file; of a container of arrays the arrays, as it has the time of writing in it."""
    import numpy as np

    if path.suffix != ".npz":
        yield path.read_bytes()
        return
    with np.load(path) as arrays:
        for name in sorted(arrays):
            yield name.encode() + arrays[name].tobytes()


def whole_page(path: Path) -> None:
    """A page is there whole, or not at all."""
    assert not path.exists() or path.read_text(encoding="utf-8").rstrip().endswith("</html>"), f"half of {path.name}"


@dataclass
class Run:
    """`polemos run`: chunks of wars, marks, answers, a page."""

    name: str = "run"

    def prepare(self, root: Path) -> None:
        """The small war."""
        small_war(root)

    def words(self, root: Path) -> list[str]:
        """As many chunks as there are pairs of members."""
        return run_words(root / "tiny")

    def state(self, root: Path) -> str:
        """By the manifest, with every marked chunk compared with its digests."""
        from polemos.ensemble import run_folder as disk
        from polemos.ensemble import trajectory_store

        whole_page(root / "report.html")
        folders = list((root / "runs").glob("tiny-*"))
        about = disk.manifest(folders[0]) if folders else None
        if about is None:
            return BEFORE
        trajectory_store.check_all(folders[0])
        return BETWEEN if about["finished"] is None else AFTER

    def digest(self, root: Path) -> str:
        """Of the wars, the marks, the answers and the front hazard's part of the run."""
        (folder,) = (root / "runs").glob("tiny-*")
        return summed(
            part
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.endswith(".partial") and "~" not in path.name
            if not any(path.match(name) for name in UNCOUNTED)
            for part in (path.relative_to(folder).as_posix().encode(), *contents(path))
        )


@dataclass
class HindcastOf:
    """`polemos hindcast`: a file for each origin, then scores, a table and charts."""

    name: str = "hindcast"

    def prepare(self, root: Path) -> None:
        """The small war."""
        small_war(root)

    def words(self, root: Path) -> list[str]:
        """Six origins, in one process."""
        words = ["hindcast", str(root / "tiny"), "--origins", "6", "--leads", "1mo,3mo", "--members", "20"]
        return [*words, "--threads", "1", "--forecasters", "persistence,contiguity,front"]

    def state(self, root: Path) -> str:
        """By the files of origins, which must open, and the scores, which must be whole."""
        import numpy as np

        folders = list((root / "hindcasts").glob("tiny-*"))
        if not folders or not (folders[0] / "manifest.json").exists():
            return BEFORE
        json.loads((folders[0] / "manifest.json").read_text())
        for path in (folders[0] / "origins").glob("*.npz"):
            with np.load(path) as arrays:
                assert all(np.isfinite(arrays[name]).all() for name in arrays.files), path
        for path in folders[0].glob("*.html"):
            whole_page(path)
        for path in folders[0].glob("*.svg"):
            assert path.read_text(encoding="utf-8").rstrip().endswith("</svg>"), f"half of {path}"
        if not (folders[0] / "skill.json").exists():
            return BETWEEN
        json.loads((folders[0] / "skill.json").read_text())
        return AFTER

    def digest(self, root: Path) -> str:
        """Of the forecasts of each origin, and of the scores."""
        (folder,) = (root / "hindcasts").glob("tiny-*")
        paths = [*sorted((folder / "origins").glob("*.npz")), folder / "skill.json", folder / "table.parquet"]
        return summed(part for path in paths for part in (path.name.encode(), *contents(path)))


@dataclass
class WatchOf:
    """`polemos watch run`, the second month: import, forecasts, ledger, outcomes, a page."""

    name: str = "watch"
    first: list[Path] = field(default_factory=list)

    def prepare(self, root: Path) -> None:
        """A watch with one month behind it, made once and copied, so that its times are the same."""
        if not self.first:
            from polemos.cli.commands import app

            made = root.parent / "watched"
            small_war(made)
            (made / "watch").mkdir()
            (made / "watch" / "watch.yaml").write_text(json.dumps(WATCH))
            (made / "watch" / "held.csv").write_text(HELD)
            with contextlib.redirect_stdout(io.StringIO()):
                app(["watch", "run", str(made / "watch"), "--date", "2002-02-10", "--json"], standalone_mode=False)
            self.first.append(made)
        shutil.copytree(self.first[0], root, dirs_exist_ok=True)

    def words(self, root: Path) -> list[str]:
        """Five months later, so that there is something to resolve."""
        return ["watch", "run", str(root / "watch"), "--date", "2002-07-10"]

    def state(self, root: Path) -> str:
        """By the rounds, with the ledger verified."""
        from polemos.ledger.verify import verify
        from polemos.watch import rounds

        assert verify(root / "watch" / "ledger.sqlite").whole, "the ledger is damaged"
        whole_page(root / "watch" / "index.html")
        known = rounds.rounds(root / "watch")
        if len(known) < 2:
            return BEFORE
        page = (root / "watch" / "index.html").read_text(encoding="utf-8")
        return AFTER if known[-1].registered and "2002-07-10" in page else BETWEEN

    def digest(self, root: Path) -> str:
        """Of what the ledger says, entry by entry."""
        from polemos.ledger.chain import read

        entries = [one.entry for one in read(root / "watch" / "ledger.sqlite")]
        timeless = [{"recorded": "", "made": "" if one.kind == "resolution" else one.made} for one in entries]
        copies = (one.model_copy(update=times) for one, times in zip(entries, timeless, strict=True))
        return summed(entry.model_dump_json().encode() for entry in copies)


@dataclass
class LedgerOf:
    """`polemos ledger import` of 400 entries, in one transaction."""

    name: str = "ledger"
    lines: list[str] = field(default_factory=list)

    def prepare(self, root: Path) -> None:
        """The lines of a ledger, made once."""
        from ledger_writers import draft
        from polemos.ledger import chain, import_export

        if not self.lines:
            chain.append(root / "made.sqlite", [draft("somebody", count) for count in range(400)])
            self.lines += import_export.export_lines(root / "made.sqlite")
        (root / "lines.jsonl").write_text("".join(f"{line.rstrip()}\n" for line in self.lines), encoding="utf-8")

    def words(self, root: Path) -> list[str]:
        """Into a new ledger."""
        return ["ledger", "import", str(root / "lines.jsonl"), "--ledger", str(root / "ledger.sqlite")]

    def state(self, root: Path) -> str:
        """All entries are there, or none."""
        from polemos.ledger.chain import read
        from polemos.ledger.entry_fields import LedgerError
        from polemos.ledger.verify import verify

        path = root / "ledger.sqlite"
        if not path.exists():
            return BEFORE
        try:
            count = len(read(path))
        except LedgerError as error:
            if "is empty: what began it was stopped" not in str(error):
                raise
            return BEFORE
        assert count in (0, 400), f"{count} entries"
        assert not count or verify(path).whole, "the ledger is damaged"
        return AFTER if count else BEFORE

    def digest(self, root: Path) -> str:
        """The head of the chain, which every entry is in."""
        from polemos.ledger.chain import head

        return str(head(root / "ledger.sqlite"))


@dataclass
class ImportOf:
    """`polemos import table`: several files of a scenario change, or none."""

    name: str = "import"
    old: dict[str, str] = field(default_factory=dict)

    def prepare(self, root: Path) -> None:
        """The small war, and a table of who held what."""
        self.old.update(self.files(small_war(root)))
        (root / "held.csv").write_text(HELD, encoding="utf-8")

    def words(self, root: Path) -> list[str]:
        """Spells of two towns and a credit."""
        words = ["import", "table", str(root / "held.csv"), "--as", "control", "--into", str(root / "tiny")]
        return [*words, "--source", "A chronicle", "--licence", "CC0"]

    def files(self, war: Path) -> dict[str, str]:
        """SHA-256 of every table and setting."""
        names = sorted(path for path in war.iterdir() if path.suffix in (".csv", ".yaml"))
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in names}

    def state(self, root: Path) -> str:
        """As it was, or decided and not yet moved, or as it is to be and without an error."""
        from polemos.scenario.load import UNFINISHED, check

        if (root / "tiny" / UNFINISHED).is_dir():
            return BETWEEN
        check(root / "tiny")
        return BEFORE if self.files(root / "tiny") == self.old else AFTER

    def digest(self, root: Path) -> str:
        """Of every file of the scenario."""
        return summed(f"{name} {sha}".encode() for name, sha in self.files(root / "tiny").items())


TARGETS: tuple[Target, ...] = (Run(), HindcastOf(), WatchOf(), LedgerOf(), ImportOf())
