"""The page of a run in the folder of the run, so that a reopened run has its page at once.

    page.html    the page
    page.json    what the terminal and `--json` say of it, and the key of all that both depend on

The key is of the code, the files of the scenario, the settings, and what other commands left beside the run. What is
there under another key is left unread and written over.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polemos.ensemble import atomic_files

if TYPE_CHECKING:
    from polemos.war.war import War

PAGE, SAID = "page.html", "page.json"
UNREAD = ("library", "__pycache__")
"""Folders of the package that hold no code: of wars, only the one at hand counts."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page with what the terminal (`terminal`) and `--json` (`answer`) say of it."""

    html: bytes
    terminal: Mapping[str, Any]
    answer: Mapping[str, Any]


@functools.cache
def code_digest() -> str:
    """Digest of every file of the package that a page can come from."""
    import polemos

    digest, root = hashlib.sha256(), Path(polemos.__file__).parent
    for path in sorted(root.rglob("*")):
        if path.is_file() and not any(part in UNREAD for part in path.relative_to(root).parts):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def key_of(war: War, folder: Path, argument: Path | None, shown: Sequence[Mapping[str, Any]], *, whole: bool) -> str:
    """Digest of all that the page of a run depends on besides its plan, which the name of its `folder` stands for.

    `argument` is the file of an argument in place of the scenario's, `shown` are results of other commands, `whole`
    says whether every statement is asked.
    """
    digest = hashlib.sha256(f"{code_digest()} {war.world.digest()} {whole}".encode())
    digest.update(json.dumps([dict(one) for one in shown], sort_keys=True, default=str).encode())
    files = [path for path in sorted(war.path.rglob("*")) if path.is_file()]
    if argument is not None:
        files += [path for path in (argument, argument.with_name("questions.yaml")) if path.is_file()]
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    beside = [path for path in folder.parent.glob("*/answers.json") if path.parent != folder]
    beside += (folder.parent.parent / "hindcasts").glob("*/skill.json")
    for path in sorted(beside):
        with contextlib.suppress(OSError):
            about = path.stat()
            digest.update(f"{path} {about.st_size} {about.st_mtime_ns}".encode())
    return digest.hexdigest()


def read(folder: Path, key: str) -> KeptPage | None:
    """The page in the folder of a run under a key; None where there is none, or it is damaged."""
    try:
        content = json.loads((folder / SAID).read_text(encoding="utf-8"))
        html = (folder / PAGE).read_bytes()
        if content["key"] != key or content["page"] != hashlib.sha256(html).hexdigest():
            return None
        return KeptPage(html, content["terminal"], content["answer"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, key: str, page: KeptPage) -> None:
    """Leave a page in the folder of a run; in one that cannot be written nothing is left."""
    content = {
        "key": key,
        "page": hashlib.sha256(page.html).hexdigest(),
        "terminal": page.terminal,
        "answer": page.answer,
    }
    with contextlib.suppress(OSError):
        atomic_files.put(folder / PAGE, page.html)
        atomic_files.put(folder / SAID, json.dumps(content, default=str).encode())
