"""Every code block of the docs runs, or is marked as output.

`tools/outputs.py` says what runs, and writes what is shown: `python tools/outputs.py docs/index.md`. `text` is output;
`sh` is typed by hand, and run elsewhere in CI (`make test`). `yaml`, `toml` and `json` are read.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from outputs import Stage, alike, blocks, shortened  # noqa: E402

PAGES = sorted({*(ROOT / "docs").glob("*.md"), ROOT / "README.md"} - {ROOT / "docs" / "command-line.md"})
RUN = re.compile(r"^```(bash|console|python)", re.MULTILINE)
KINDS = ("bash", "console", "python", "text", "sh", "yaml", "toml", "json", "html", "csv", "diff")
READERS = {"toml": tomllib.loads, "json": json.loads, "yaml": YAML(typ="safe").load}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_block_says_what_it_is(page):
    text = page.read_text(encoding="utf-8")
    assert text.count("\n```") % 2 == 0
    for kind, title, body in blocks(page):
        assert kind in KINDS, f"{page.name}: a block of kind {kind!r}: {body[:80]}"
        if kind in READERS and not title:
            READERS[kind](body)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_dots_stand_for_an_output(page):
    for kind, title, body in blocks(page):
        if kind in ("console", "text") and not title:
            assert not re.search(r"^ *\.\.\. *$", body, re.MULTILINE), f"{page.name}: {body[:200]}"


def test_what_is_shown_is_compared_but_for_figures():
    printed = "Written: a.html\nAldport  47 %  [-3.1, +2.0]\nBirch    9 %  yes\n"
    assert alike("Written: a.html\nAldport 50 % [-1, +2]\nBirch 10 % yes\n", printed)
    assert alike("Written: a.html\n[2 more lines]\n", printed)
    assert not alike("Written: a.html\n", printed)
    assert not alike("Written: b.html\n[2 more lines]\n", printed)
    assert not alike("Written: a.html\nAldport 50 % [-1, +2]\nBirch 10 % no\n", printed)


def test_a_long_output_is_shown_as_far_as_the_page_showed_it():
    printed = "".join(f"{line}\n" for line in range(30))
    assert shortened(printed, "").splitlines()[-2:] == ["11", "[18 more lines]"]
    parts = "a\n\n" + "b\n" * 7 + "\n" + printed
    assert shortened(parts, "").splitlines() == ["a", "", *"bbbbbbb", "[31 more lines]"]
    assert len(shortened("a\n\n" + printed, "").splitlines()) == 13
    assert shortened(printed, "0\n1\n[9 more lines]\n").splitlines() == ["0", "1", "[28 more lines]"]
    assert shortened("1\n2\n", "1\n[4 more lines]\n").splitlines() == ["1", "[1 more line]"]
    assert shortened("1  \n2\n", "") == "1\n2\n"


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if RUN.search(page.read_text())], ids=lambda page: page.stem)
def test_what_a_page_shows_is_what_happens(page, tmp_path):
    stage = Stage(page, tmp_path, limit=900)
    for kind, title, body in blocks(page):
        for command, shown, printed in stage.block(kind, title, body):
            remake = f"python tools/outputs.py {page.relative_to(ROOT)}"
            assert alike(shown, printed), f"{command}\nshown:\n{shown}\nprinted:\n{printed[:3000]}\nAnew: {remake}"
