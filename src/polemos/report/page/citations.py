"""What a run rests on: the data of its scenario, and the publications that its processes name.

A parameter names a publication by its key in `model/references.bib`; a docstring cites as prose does, author and year.
A test follows every key and finds a name without an entry.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from polemos.ensemble.plan import Plan
from polemos.model import processes
from polemos.record.world import World
from polemos.scenario.settings import Credit

CITED = re.compile(r"\b([A-Z][\w-]+)(?:(?:,| and| &) [A-Z][\w-]+)*(?: et al\.)?,? \(?((?:18|19|20)\d\d)\b")
ENTRY = re.compile(r"@\w+\{(\w+), (.*)\}")
ALWAYS = ("Brier1950", "GneitingRaftery2007", "Steele2014")
"""Works behind every run: its scores and its randomness."""

PLACES = ("journal", "booktitle", "publisher", "institution", "school", "howpublished", "note")
"""Fields that say where a work appeared, one of which it has."""


@dataclass(frozen=True, slots=True)
class Work:
    """A publication: key, BibTeX entry, how prose names it, and its citation in full."""

    key: str
    entry: str
    prose: str
    citation: str


@cache
def works() -> dict[str, Work]:
    """The entries of references.bib by key, in the order of the file."""
    text = files("polemos.model").joinpath("references.bib").read_text(encoding="utf-8")
    return {work.key: work for work in map(_work, text.splitlines())}


@cache
def by_name() -> dict[tuple[str, str], Work]:
    """The entries by the first author's family name and the year, as prose cites them."""
    pairs = ((work.prose.replace("ß", "ss").rsplit(" ", 1), work) for work in works().values())
    return {(pair[0], pair[1]): work for pair, work in pairs if len(pair) == 2}


def citation(source: str) -> str:
    """The citation in full of the publication that a parameter's source names, empty for a judgement."""
    work = works().get(source)
    return work.citation if work else ""


def named_works(text: str) -> list[tuple[str, str]]:
    """First author and year of every publication that a text names, known or not."""
    return list(dict.fromkeys(CITED.findall(" ".join(text.split()))))


def cited(names: Iterable[str]) -> list[Work]:
    """Publications behind these processes and behind every run, by key.

    A name and a year without an entry is no publication of ours (a war and its date, say).
    """
    behind = {key: works()[key] for key in ALWAYS}
    for name in names:
        process = processes.load(name)
        texts = [sys.modules[process.kernel.__module__].__doc__ or "", *(row.source for row in process.parameters)]
        prose = [by_name()[pair] for pair in named_works("\n".join(texts)) if pair in by_name()]
        keys = [works()[row.reference] for row in process.parameters if row.reference in works()]
        behind |= {work.key: work for work in (*prose, *keys)}
    return sorted(behind.values(), key=lambda work: work.key)


def running(world: World, plan: Plan) -> list[str]:
    """Names of the processes that a plan runs."""
    chosen = [
        process for process in processes.choose(world.processes, plan.processes) if process.name not in plan.without
    ]
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


def _work(line: str) -> Work:
    """A work from its line. Raises `ValueError` for a line that is no entry."""
    match = ENTRY.fullmatch(line)
    if match is None:
        raise ValueError(f"references.bib: no entry: {line[:60]}")
    field = dict(_fields(match[2]))
    plain = {name: value.replace("{", "").replace("}", "").replace("--", "-") for name, value in field.items()}
    authors = [_family(one, field["author"]) for one in plain["author"].split(" and ")]
    year = plain.get("year", "")
    where = next((plain[name] for name in PLACES if name in plain), "")
    at = plain.get("volume", "") + (f"({plain['number']})" if "number" in plain else "")
    at = " ".join(filter(None, (at, plain.get("pages", ""))))
    people = ", ".join(authors[:-1]) + (" and " if authors[1:] else "") + authors[-1]
    people = people.replace(" and others", " et al.")
    cited = f"{people}{f' ({year})' if year else ''}. {plain['title']}. {where}{f' {at}' if at else ''}."
    return Work(match[1], line, f"{authors[0]} {year}".strip(), cited)


def _family(name: str, author: str) -> str:
    """The family name; an author in braces is an institution, and has none."""
    return name if author.startswith("{") else name.split(",")[0]


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """`name = {value}` pairs of an entry, braces within values balanced."""
    at = 0
    while at < len(text):
        start = text.index("{", at)
        name, depth, end = text[at:start].strip(" ,="), 1, start + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        yield name, text[start + 1 : end - 1]
        at = end
