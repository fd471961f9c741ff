"""Write what its commands print into a page of the docs: `python tools/outputs.py docs/index.md`.

`bash` and `console` blocks run in the order of a page, in one folder. After `$ `, a console block shows what is
printed; of a long output the first lines and how many more there are. `python` blocks run in one process. A block with
a title is a file. `tests/test_docs_run.py` runs the same and compares all but figures, which change with the model.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

FENCE = re.compile(r"^```(\w*)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*?)\n(.*?)(?=^\$ |\Z)", re.MULTILINE | re.DOTALL)
MORE = re.compile(r"^\[(\d+) more lines?\]$", re.MULTILINE)
LONGEST, SHORTENED = 24, 12
"""Lines that are shown of an output, and of one that is longer and has no empty line where it can be cut."""
CACHE = "~/.cache/polemos"


class Stage:
    """A scratch folder in which the blocks of a page run."""

    def __init__(self, page: Path, folder: Path, limit: float = 7200) -> None:
        here = str(Path(sys.executable).parent)
        self.page, self.folder, self.limit = page, folder, limit
        self.cache = os.environ.get("POLEMOS_CACHE", "")
        self.env = {**os.environ, "PATH": here + os.pathsep + os.environ["PATH"], "COLUMNS": "120", "BROWSER": "true"}
        self.env["POLEMOS_LEDGER"] = str(folder / "ledger.sqlite")
        self.python: list[str] = []
        (folder / "docs").symlink_to(page.parent if page.parent.name == "docs" else page.parent / "docs")

    def run(self, command: list[str] | str) -> str:
        """What a command prints. Raises `AssertionError` where it fails."""
        done = subprocess.run(
            command, shell=isinstance(command, str), cwd=self.folder, env=self.env, capture_output=True, text=True,
            timeout=self.limit,
        )  # fmt: skip
        end = f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert done.returncode == 0, f"{self.page.name}: {command}\n{end}"
        return self.at_home(done.stdout)

    def at_home(self, text: str) -> str:
        """A text without the names of this machine's folders."""
        for path, name in (
            (self.cache, CACHE),
            (str(Path.home() / ".cache" / "polemos"), CACHE),
            (f"{self.folder}/", ""),
        ):
            text = text.replace(path, name) if path else text
        return text

    def block(self, kind: str, title: str, body: str) -> Iterator[tuple[str, str, str]]:
        """Run a block; command, what is shown and what was printed, of each command of a console block."""
        if title:
            (self.folder / title).write_text(body, encoding="utf-8")
        elif kind == "bash":
            self.run(["bash", "-e", "-c", body])
        elif kind == "python":
            self.python.append(body)
            self.run([sys.executable, "-c", "\n".join(self.python)])
        elif kind == "console":
            for command, shown in COMMAND.findall(body):
                yield command, shown, self.run(command)


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Language, title and text of every fenced block."""
    return FENCE.findall(page.read_text(encoding="utf-8"))


def masked(text: str) -> str:
    """A text with white space made one, and every word that has a figure in it, or a digest, made `#`."""
    words = (re.sub(r"^\S*\d\S*$|^[-+(]*[0-9a-f]{16,}\W*$", "#", word) for word in text.split())
    return re.sub(r"#( #)*", "#", " ".join(words))


def alike(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed, but for figures; `[9 more lines]` stands for any end."""
    start, more, _ = (*MORE.split(shown, maxsplit=1), "", "")[:3]
    return masked(printed).startswith(masked(start)) if more else masked(start) == masked(printed)


def shortened(printed: str, shown: str) -> str:
    """What a page shows of an output: as many lines as it showed, where it said how many more there are."""
    lines = [line.rstrip() for line in printed.splitlines()]
    start, more, _ = (*MORE.split(shown, maxsplit=1), "", "")[:3]
    length = len(start.splitlines()) if more else len(lines)
    if not more and length > LONGEST:
        length = max((at for at in range(SHORTENED // 2, LONGEST) if not lines[at]), default=SHORTENED)
    left = len(lines) - length
    if left > 0:
        lines[length:] = [f"[{left} more line{'s' * (left > 1)}]"]
    return "".join(f"{line}\n" for line in lines)


def rewritten(page: Path, folder: Path) -> str:
    """A page with what its commands print today."""
    stage = Stage(page, folder)

    def renewed(block: re.Match[str]) -> str:
        kind, title, body = block.groups()
        printings = stage.block(kind, title or "", body)
        outputs = [f"$ {command}\n{shortened(printed, shown)}" for command, shown, printed in printings]
        return f"```console\n{''.join(outputs)}```" if outputs else block.group(0)

    return FENCE.sub(renewed, page.read_text(encoding="utf-8"))


def main() -> None:
    """Run the blocks of each page and write it anew."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pages", nargs="+", type=Path)
    for page in parser.parse_args().pages:
        with tempfile.TemporaryDirectory() as folder:
            text = rewritten(page.resolve(), Path(folder))
        page.write_text(text, encoding="utf-8")
        print(f"Written: {page}")


if __name__ == "__main__":
    main()
