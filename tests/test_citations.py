"""Who is named in a docstring has an entry, and a run says what it rests on."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from polemos.ensemble.config import RunConfig
from polemos.model import processes
from polemos.model.initial_state import PARAMETERS
from polemos.model.process import GRADES, JUDGEMENT
from polemos.report.page import citations
from polemos.scenario.settings import Credit

ROOT = Path(__file__).parents[1]
BIB = Path(citations.__file__).parents[2] / "model" / "references.bib"
NOT_WORKS = {"Jun", "October", "July", "June", "Mali", "Lanka"}


@pytest.mark.parametrize("name", processes.names())
def test_every_publication_that_a_process_names_has_an_entry(name):
    process = processes.load(name)
    told = [sys.modules[process.kernel.__module__].__doc__, *(row.source for row in process.parameters)]
    missing = [pair for pair in citations.named_works("\n".join(told)) if pair not in citations.by_name()]
    assert not [pair for pair in missing if pair[0] not in NOT_WORKS], "add it to model/references.bib"


def parameters():
    return [*PARAMETERS, *(row for name in processes.names() for row in processes.load(name).parameters)]


@pytest.mark.parametrize("row", parameters(), ids=lambda row: row.name)
def test_every_source_is_a_key_of_the_references_or_a_judgement_with_its_ground(row):
    if row.reference:
        assert row.reference in citations.works(), "add it to model/references.bib, or write judgement: and the ground"
        assert row.grade in GRADES
        assert row.taken
        assert citations.citation(row.source).startswith(citations.works()[row.reference].prose.rsplit(" ", 1)[0])
    else:
        assert row.source.startswith(JUDGEMENT)
        assert len(row.source.removeprefix(JUDGEMENT).split()) > 1, "say on what ground"
        assert (row.grade, row.taken, citations.citation(row.source)) == ("", "", "")


def test_readme_says_how_many_parameters_rest_on_a_publication():
    rows = parameters()
    told = f"{sum(bool(row.reference) for row in rows)} of {len(rows)} parameters rest on a"
    assert told in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split()), f"README should say: {told}"


def test_every_key_in_the_docs_is_one_of_the_references():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    keys = {key for path in pages for key in re.findall(r"`([A-Z][A-Za-z]+(?:18|19|20)\d\d)`", path.read_text("utf-8"))}
    keys |= set(re.findall(r"@(\w+\d{4})\b", (ROOT / "docs" / "paper" / "paper.md").read_text("utf-8")))
    assert len(keys) > 90
    assert keys - set(citations.works()) == set()


def test_the_literature_table_has_every_publication_that_a_parameter_rests_on_with_its_grade():
    lines = (ROOT / "docs" / "literature.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|") and not set(line) <= set("|- ")]
    assert all(re.search(r"\[[vkc?]\]", line) for line in table if not line.startswith(("| fact", "| grade")))
    for row in parameters():
        if row.reference:
            facts = [line for line in table if f"`{row.reference}`" in line]
            assert any(f"[{row.grade}]" in line for line in facts), (row.name, row.reference, row.grade)


def test_a_citation_is_written_out():
    assert citations.citation("Lewis2012") == (
        "Lewis, Mohler, Brantingham and Bertozzi (2012). Self-exciting point process models of civilian deaths in "
        "Iraq. Security Journal 25 244-264."
    )
    assert citations.citation("DupuyInstitute").startswith("The Dupuy Institute. Division-level engagement data base")


def test_prose_is_read_as_people_write_it():
    text = "Kress and Szechtman 2009 [v]; Lewis et\n    al. 2012; Brier (1950); Gneiting, Held & Czado, 2009; by 2014."
    assert citations.named_works(text) == [
        ("Kress", "2009"),
        ("Lewis", "2012"),
        ("Brier", "1950"),
        ("Gneiting", "2009"),
    ]


def test_a_run_says_what_it_rests_on():
    told = citations.sentence(["supply", "underground"], [Credit("A gazette", "CC BY 4.0")])
    assert told.startswith("Data: A gazette (CC BY 4.0).")
    assert "Kress 2009" in told
    assert "Granovetter" not in told


def test_bibtex_has_one_whole_entry_a_work():
    text = citations.bibtex(["switching", "switching"], "1.2.3")
    lines = text.splitlines()
    assert lines[0].startswith("@software{polemos,")
    assert "1.2.3" in lines[0]
    assert len(lines) == len(set(lines))
    for line in lines:
        assert line.startswith("@")
        assert line.count("{") == line.count("}")


def test_every_line_of_the_references_is_an_entry():
    lines = BIB.read_text(encoding="utf-8").splitlines()
    assert len(citations.works()) == len(lines)
    keys = [line.partition("{")[2].partition(",")[0] for line in lines]
    assert keys == sorted(keys, key=str.lower)


def test_what_runs_is_what_is_cited(tiny):
    from polemos.ensemble.plan import make_plan
    from polemos.war.war import load

    war = load(tiny)
    until = war.world.start + np.timedelta64(56, "D")
    plan = make_plan(war.world, RunConfig(war.world.start, until, members=1, processes=["events"], without=["exit"]))
    names = citations.running(war.world, plan)
    assert "events" in names
    assert "attacks" not in names
    assert "exit" not in names
