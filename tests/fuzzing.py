"""Readers that strangers' bytes reach, for tests and for `tools/fuzz.py`.

A target is given bytes and a folder, and must end in a value or in one of the reports of `REPORTS`; whatever else comes
out of it is a fault. `SEEDS` has a sound file to begin from.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import scenarios
from polemos.argument.article import ArticleError, read_article
from polemos.argument.gazetteer import gazetteer
from polemos.argument.read import inspect_argument
from polemos.forecast.ledger import exchange
from polemos.forecast.ledger.entry import LedgerError
from polemos.forecast.read import inspect_questions
from polemos.forecast.theory import read_theory
from polemos.forecast.war import check
from polemos.scenario.load import read
from polemos.scenario.problems import ScenarioError

REPORTS = (ScenarioError, ArticleError, LedgerError)
LIBRARY = Path(scenarios.__file__).parents[1] / "src" / "polemos" / "library"

ARTICLE = """<html><head><title>The bridge</title><meta property="article:published_time" content="2002-01-01"></head>
<body><nav>Home | War</nav><article><h1>The bridge will hold</h1><p>Alder has been quiet for a month, and the Crown has
brought two brigades.</p><p>Within weeks the Guild will certainly lose Cedar, because it can no longer pay.</p>
</article><footer>Subscribe</footer></body></html>"""

QUESTIONS = """questions:
  - {id: guild-cedar, kind: held, title: Cedar, text: Does the Guild hold Cedar?, place: cedar, organisation: guild,
     date: 2002-06-01}
"""

ARGUMENT = """claims:
  - {id: P1, kind: forecast, owner: author, text: The Guild loses Cedar, paragraphs: [2], strict: Cedar is lost,
     words: certainly, coding: {low: 0.8, mid: 0.9, high: 0.97}, questions: [guild-cedar], vintage: 2002-01-01}
"""

THEORY = "title: Mine\nowner: me\npriors:\n  beta_t: normal(1, 0.5)\n  iota: 0\nprocesses: [leaders]\n"

LINES = """{"kind":"forecast","owner":"me","origin":"2020-01-01","probability":0.3,"question":{"id":"bridge","text":\
"Is the bridge open?","closes":"2031-05-01","topic":"roads"}}
"""

TABLE = "question,probability,date,closes\nIs the bridge open?,30%,2020-01-01,2031-05-01\n"


def scenario_file(name: str) -> Callable[[bytes, Path], object]:
    """A target: this file of a scenario, the others sound."""

    def target(data: bytes, folder: Path) -> object:
        path = folder / "war"
        if not path.exists():
            scenarios.tiny(folder).rename(path)
        (path / name).write_bytes(data)
        return check(path)

    return target


def article(data: bytes, folder: Path) -> object:
    """A target: an article."""
    (folder / "article.html").write_bytes(data)
    return read_article(folder / "article.html")


def aliases(data: bytes, folder: Path) -> object:
    """A target: aliases of places and organisations."""
    path = folder / "war"
    if not path.exists():
        scenarios.tiny(folder).rename(path)
    (path / "aliases.csv").write_bytes(data)
    return gazetteer(read(path))


def questions(data: bytes, folder: Path) -> object:
    """A target: questions."""
    (folder / "questions.yaml").write_bytes(data)
    return inspect_questions(folder / "questions.yaml")


def argument(data: bytes, folder: Path) -> object:
    """A target: an argument."""
    (folder / "argument.yaml").write_bytes(data)
    return inspect_argument(folder / "argument.yaml", {"guild-cedar"})


def theory(data: bytes, folder: Path) -> object:
    """A target: a theory."""
    (folder / "mine.yaml").write_bytes(data)
    return read_theory(folder / "mine.yaml")


def ledger_lines(data: bytes, folder: Path) -> object:
    """A target: the lines of an exported ledger."""
    path = folder / "ledger.sqlite"
    path.unlink(missing_ok=True)
    return exchange.import_lines(path, data.decode("utf-8", "replace").split("\n"))


def ledger_table(data: bytes, folder: Path) -> object:
    """A target: a table of forecasts kept elsewhere."""
    path = folder / "ledger.sqlite"
    path.unlink(missing_ok=True)
    return exchange.import_csv(path, data.decode("utf-8", "replace"), owner="me")


TARGETS: dict[str, Callable[[bytes, Path], object]] = {
    **{name: scenario_file(name) for name in scenarios.FILES},
    "article": article,
    "aliases": aliases,
    "questions": questions,
    "argument": argument,
    "theory": theory,
    "ledger_lines": ledger_lines,
    "ledger_table": ledger_table,
}

SEEDS: dict[str, bytes] = {
    **{name: text.encode() for name, text in scenarios.FILES.items()},
    "article": ARTICLE.encode(),
    "aliases": b"of,kind,alias,note\nelm,place,the dam,\n",
    "questions": QUESTIONS.encode(),
    "argument": ARGUMENT.encode(),
    "theory": THEORY.encode(),
    "ledger_lines": LINES.encode(),
    "ledger_table": TABLE.encode(),
}


def ends_in_a_report(name: str, data: bytes, folder: Path) -> None:
    """Run a target. Raises whatever is no report."""
    with contextlib.suppress(*REPORTS):
        TARGETS[name](data, folder)
