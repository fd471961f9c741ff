"""Keeps the pages of a run in the run's folder, so that a reopened run shows its page at once.

    page-KEY.html    the page that a command made, by the first letters of its key
    page-KEY.json    what the terminal and `--json` say of it, with digests of the page and of the run
    page-KEY.key     the key of all that these depend on, with a digest of the JSON file; written last

So the quick view and the whole page of one run stand beside each other; the last few are kept. The key is of the code,
the files of the scenario, everything that the command was given, and what other commands left beside the run. It needs
neither the war nor the model, whose reading takes longer than the rest. What is there under another key is left unread.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polemos.ensemble import atomic_files
from polemos.scenario.inside_folder import outside

PAGE, SAID, KEY = ".html", ".json", ".key"
LETTERS, MOST = 16, 4
"""Letters of a key in the names of its files, and pages that are kept of one run."""
UNREAD = ("library", "__pycache__")
"""Folders of the package that hold no code: of wars, only the one at hand counts."""
PACKAGES = ("numpy", "numba", "scipy", "scikit-learn", "pandas")
"""What numbers come from besides polemos."""
PLUGINS = "polemos."
"""How the groups of entry points begin by which other packages add processes and forecasters."""

Beside = Mapping[str, str]
"""Size and time of each file that other commands left beside a run, by path."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page with what the terminal (`terminal`) and `--json` (`answer`) say of it, and the sources of its run."""

    html: bytes
    terminal: Mapping[str, Any]
    answer: Mapping[str, Any]
    sources: Mapping[str, str]


@functools.cache
def code_digest() -> str:
    """Digest of every file of the package that a page can come from, and of the versions that it runs on."""
    from importlib.metadata import version

    import polemos

    digest, root = hashlib.sha256(sys.version.encode()), Path(polemos.__file__).parent
    for path in sorted(root.rglob("*")):
        if path.is_file() and not any(part in UNREAD for part in path.relative_to(root).parts):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    digest.update(" ".join(map(version, PACKAGES)).encode())
    return digest.hexdigest()


def key_of(scenario: Path, settings: Mapping[str, Any], files: Sequence[Path], shown: Sequence[Any]) -> str:
    """Digest of all that a page depends on besides what lies beside its run.

    `scenario` is the folder of a war, `settings` what the command was given (JSON values, or what has a text), `files`
    are those that it names, and `shown` results of other commands. It is empty, and finds nothing, where another
    package adds code whose changes nobody can tell.
    """
    from importlib.metadata import entry_points

    if any(group.startswith(PLUGINS) for group in entry_points().groups):
        return ""
    digest = hashlib.sha256(f"{code_digest()} {scenario.resolve()}".encode())
    digest.update(json.dumps([dict(settings), list(shown)], sort_keys=True, default=str).encode())
    # A link that leaves the folder is refused by whoever reads the war, and is not followed here either.
    inside = (path for path in scenario.rglob("*") if not outside(scenario, path.relative_to(scenario).as_posix()))
    for path in (*sorted(inside), *files):
        if path.is_file():
            digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def beside(runs: Path) -> Beside:
    """What other commands left in a folder of runs and next to it, which the pages of its runs show."""
    files = {}
    hindcasts = (runs.parent / "hindcasts").glob("*/skill.json")
    for path in (*runs.glob("*/answers.json"), *runs.glob("what-if-*.json"), *hindcasts):
        with contextlib.suppress(OSError):
            about = path.stat()
            files[str(path)] = f"{about.st_size} {about.st_mtime_ns}"
    return files


def find(runs: Path, key: str) -> tuple[Path, KeptPage] | None:
    """The folder in `runs` that has a page under a key, and the page; None where none has it whole."""
    around = beside(runs)
    for path in sorted(runs.glob(f"*/{_name(key, KEY)}")) if key else ():
        with contextlib.suppress(OSError, ValueError):
            folder, (stored_key, digest) = path.parent, path.read_text(encoding="utf-8").split()
            page = _read(folder, key, digest) if stored_key == _with_beside(key, folder, around) else None
            if page is not None:
                return folder, page
    return None


def _name(key: str, ending: str) -> str:
    return f"page-{key[:LETTERS]}{ending}"


def _read(folder: Path, key: str, digest: str) -> KeptPage | None:
    """The page of a key in the folder of a run; None where it is not whole, or is not of this run."""
    try:
        statement, html = ((folder / _name(key, ending)).read_bytes() for ending in (SAID, PAGE))
        content = json.loads(statement)
        if (_sha256(statement), content["page"], content["run"]) != (digest, _sha256(html), _run_digest(folder)):
            return None
        return KeptPage(html, content["terminal"], content["answer"], content["sources"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, key: str, page: KeptPage, around: Beside) -> None:
    """Leave a page in the folder of a run; in one that cannot be written nothing is left.

    `around` is what lay `beside` it when the page was begun.
    """
    with contextlib.suppress(OSError):
        content = {
            "page": _sha256(page.html),
            "run": _run_digest(folder),
            "terminal": page.terminal,
            "answer": page.answer,
            "sources": page.sources,
        }
        statement = json.dumps(content, default=str).encode()
        atomic_files.put(folder / _name(key, PAGE), page.html)
        atomic_files.put(folder / _name(key, SAID), statement)
        of_all = f"{_with_beside(key, folder, around)} {_sha256(statement)}"
        atomic_files.put(folder / _name(key, KEY), of_all.encode())
        older = sorted(folder.glob(f"page-*{KEY}"), key=lambda path: path.stat().st_mtime_ns)[:-MOST]
        for path in (other.with_suffix(ending) for other in older for ending in (KEY, SAID, PAGE)):
            path.unlink(missing_ok=True)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _run_digest(folder: Path) -> str:
    """Digest of what a finished run says of itself: its manifest, its answers, the names of its chunks."""
    digest = hashlib.sha256((folder / "manifest.json").read_bytes())
    for path in sorted(folder.glob("*.npz")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update(" ".join(sorted(path.name for path in (folder / "done").glob("*"))).encode())
    return digest.hexdigest()


def _with_beside(key: str, folder: Path, around: Beside) -> str:
    """The key with a digest of what lies beside a run; its own answers are none of that."""
    others = sorted((path, about) for path, about in around.items() if Path(path).parent != folder)
    return _sha256(f"{key} {others}".encode())
