"""Every code block of the docs runs, or is marked as output.

`bash` and `console` blocks run in the order of a page, in one folder; after `$ `, a console block shows what is
printed, with `...` for what it leaves out. `python` blocks run in one process. A block with a title is a file. `text`
is output; `sh` is typed by hand, and run elsewhere in CI (`make test`). `yaml`, `toml` and `json` are read.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
PAGES = sorted({*(ROOT / "docs").glob("*.md"), ROOT / "README.md"} - {ROOT / "docs" / "command-line.md"})
FENCE = re.compile(r"^```(\w*)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = re.compile(r"^```(bash|console|python)", re.MULTILINE)
KINDS = ("bash", "console", "python", "text", "sh", "yaml", "toml", "json", "html", "csv", "diff")
READERS = {"toml": tomllib.loads, "json": json.loads, "yaml": YAML(typ="safe").load}


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Language, title and text of every fenced block."""
    return FENCE.findall(page.read_text(encoding="utf-8"))


def alike(shown: str, printed: str) -> bool:
    """Whether what is shown is what was printed, `...` standing for anything."""
    pattern = ".*?".join(re.escape(part) for part in re.split(r"\.\.\.", squeezed(shown)))
    return re.fullmatch(pattern, squeezed(printed), re.DOTALL) is not None


def squeezed(text: str) -> str:
    """Text with its white space made one."""
    return " ".join(text.split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_block_says_what_it_is(page):
    text = page.read_text(encoding="utf-8")
    assert text.count("\n```") % 2 == 0
    for kind, title, body in blocks(page):
        assert kind in KINDS, f"{page.name}: a block of kind {kind!r}: {body[:80]}"
        if kind in READERS and not title:
            READERS[kind](body)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if RUN.search(page.read_text())], ids=lambda page: page.stem)
def test_what_a_page_shows_is_what_happens(page, tmp_path):
    bin_folder = str(Path(sys.executable).parent)
    env = {**os.environ, "PATH": bin_folder + os.pathsep + os.environ["PATH"], "COLUMNS": "160", "BROWSER": "true"}
    env["POLEMOS_LEDGER"] = str(tmp_path / "ledger.sqlite")
    (tmp_path / "docs").symlink_to(page.parent if page.parent.name == "docs" else page.parent / "docs")
    python: list[str] = []

    def run(command: list[str] | str, shell: bool = False) -> str:
        done = subprocess.run(command, shell=shell, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=900)
        said = done.stderr[-2000:]
        assert done.returncode == 0, f"{page.name}: {command}\n{done.stdout[-2000:]}\n{said}"
        return done.stdout

    for kind, title, body in blocks(page):
        if title:
            (tmp_path / title).write_text(body, encoding="utf-8")
        elif kind == "bash":
            run(["bash", "-e", "-c", body])
        elif kind == "python":
            python.append(body)
            run([sys.executable, "-c", "\n".join(python)])
        elif kind == "console":
            for command, shown in re.findall(r"^\$ (.*?)\n(.*?)(?=^\$ |\Z)", body, re.MULTILINE | re.DOTALL):
                printed = run(command, shell=True)
                assert alike(shown, printed), f"{page.name}: {command}\nshown:\n{shown}\nprinted:\n{printed[:3000]}"
