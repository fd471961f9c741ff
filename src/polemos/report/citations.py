"""What a run rests on: the data of its scenario, and the publications that its processes name.

A process cites as prose does, author and year, in its docstring and its parameters' sources; `references.bib` has the
entry. So nothing is listed twice, and a test finds a name without an entry.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from polemos.ensemble.plan import Plan
from polemos.model import processes
from polemos.record.world import World
from polemos.scenario.settings import Credit

CITED = re.compile(r"\b([A-Z][\w-]+)(?:(?:,| and| &) [A-Z][\w-]+)*(?: et al\.)?,? \(?((?:18|19|20)\d\d)\b")
ENTRY = re.compile(r"^@\w+\{(\w+), author = \{(\w+).*year = \{(\d+)\}\}$", re.MULTILINE)
ALWAYS = ("Brier1950", "GneitingRaftery2007", "Steele2014")
"""Works behind every run: its scores and its randomness."""


@dataclass(frozen=True, slots=True)
class Work:
    """A publication: key, BibTeX entry, and how prose names it."""

    key: str
    entry: str
    prose: str


@cache
def works() -> dict[tuple[str, str], Work]:
    """The entries of references.bib, by the first author's family name and the year."""
    text = (Path(__file__).parent / "references.bib").read_text(encoding="utf-8")
    return {
        (author, year): Work(key, match.group(0), f"{author} {year}")
        for match in ENTRY.finditer(text)
        for key, author, year in [match.groups()]
    }


def named(text: str) -> list[tuple[str, str]]:
    """First author and year of every publication that a text names, known or not."""
    return list(dict.fromkeys(CITED.findall(" ".join(text.split()))))


def cited(names: Iterable[str]) -> list[Work]:
    """Publications behind these processes and behind every run, by author.

    A name and a year without an entry is no publication of ours (a war and its date, say).
    """
    found = {work.key: work for work in works().values() if work.key in ALWAYS}
    for name in names:
        process = processes.load(name)
        told = [sys.modules[process.kernel.__module__].__doc__ or "", *(row.source for row in process.parameters)]
        for pair in named("\n".join(told)):
            if pair in works():
                found[works()[pair].key] = works()[pair]
    return sorted(found.values(), key=lambda work: work.key)


def running(world: World, plan: Plan) -> list[str]:
    """Names of the processes that a plan runs."""
    chosen = [process for process in processes.choose(world.processes, plan.added) if process.name not in plan.without]
    replaced = {name for process in chosen for name in process.replaces}
    return [process.name for process in chosen if process.name in processes.names() and process.name not in replaced]


def sentence(names: Iterable[str], credits: Sequence[Credit]) -> str:
    """One paragraph for the end of a run."""
    data = "; ".join(f"{credit.source} ({credit.licence})" for credit in credits)
    return f"Data: {data or 'the scenario names no source'}. Mechanisms: {', '.join(w.prose for w in cited(names))}."


def bibtex(names: Iterable[str], version: str) -> str:
    """BibTeX of polemos and of the publications behind these processes."""
    own = f"@software{{polemos, author = {{{{The polemos authors}}}}, title = {{polemos}}, version = {{{version}}}}}"
    return "\n".join([own, *(work.entry for work in cited(names))])
