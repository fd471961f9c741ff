"""Who is named in a docstring has an entry, and a run says what it rests on."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from polemos.model import processes
from polemos.report import citations
from polemos.scenario.settings import Credit

NOT_WORKS = {"Jun", "October", "July", "June", "Mali", "Lanka"}


@pytest.mark.parametrize("name", processes.names())
def test_every_publication_that_a_process_names_has_an_entry(name):
    process = processes.load(name)
    told = [sys.modules[process.kernel.__module__].__doc__, *(row.source for row in process.parameters)]
    missing = [pair for pair in citations.named("\n".join(told)) if pair not in citations.works()]
    assert not [pair for pair in missing if pair[0] not in NOT_WORKS], "add it to report/references.bib"


def test_prose_is_read_as_people_write_it():
    text = "Kress and Szechtman 2009 [v]; Lewis et\n    al. 2012; Brier (1950); Gneiting, Held & Czado, 2009; by 2014."
    assert citations.named(text) == [("Kress", "2009"), ("Lewis", "2012"), ("Brier", "1950"), ("Gneiting", "2009")]


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
    path = citations.Path(citations.__file__).parent / "references.bib"
    assert len(citations.works()) == len(path.read_text(encoding="utf-8").splitlines())


def test_what_runs_is_what_is_cited(tiny):
    from polemos.ensemble.plan import make_plan
    from polemos.forecast.war import load

    war = load(tiny)
    until = war.world.start + np.timedelta64(56, "D")
    plan = make_plan(war.world, war.world.start, until, members=1, added=["battle_full"], without=["exit"])
    names = citations.running(war.world, plan)
    assert "battle_full" in names
    assert "battle" not in names
    assert "exit" not in names
