"""`polemos explain` and `check` go by the war's own argument: no claim of one argument stands in the code."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

import polemos
from polemos.cli.commands import app
from polemos.cli.explain import stages
from polemos.model import processes
from scenarios import tiny as write_tiny

SOURCE = Path(__file__).parents[1] / "src" / "polemos"
ARGUMENT = """\
title: Why the guild must fall
published: The Hill Courier, 1 January 2002
vintages: {first: 2002-01-01}
claims:
  - id: M7
    kind: mechanism
    owner: author
    text: A guild that is not fed goes home
    carrier: {by: process, processes: [supply, exit]}
  - id: M8
    kind: mechanism
    owner: author
    text: The crown has the better roads
    carrier: {by: data, reason: links.csv}
"""


def explain(*words: object) -> str:
    done = CliRunner().invoke(app, ["explain", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def mine(folder: Path, argument: str = ARGUMENT) -> Path:
    path = write_tiny(folder)
    (path / "argument.yaml").write_text(argument, encoding="utf-8")
    return path


def test_a_mechanism_is_that_of_the_wars_own_argument(tmp_path):
    path = mine(tmp_path)
    row = json.loads(explain(path, "M7", "--json"))
    assert (row["text"], [one["process"] for one in row["processes"]]) == (
        "A guild that is not fed goes home",
        ["supply", "exit"],
    )
    assert [one["mechanisms"] for one in row["processes"]] == [["M7"], ["M7"]]
    assert "No process carries it; data: links.csv" in explain(path, "M8")
    by_name = {one["process"]: one["mechanisms"] for one in json.loads(explain(path, "--json"))}
    assert {name for name, carried in by_name.items() if carried} == {"supply", "exit"}
    assert [row["processes"] for row in json.loads(explain(path, "--coverage", "--json"))] == [["supply", "exit"], []]


def test_the_flagships_mechanism_of_the_same_number_is_another():
    row = json.loads(explain("caliphate", "M7", "--json"))
    assert [one["process"] for one in row["processes"]] == ["captures"]


def test_a_war_without_an_argument_shows_none(tmp_path):
    path = write_tiny(tmp_path)
    assert not any(row["mechanisms"] for row in json.loads(explain(path, "--json")))
    assert not any(row["mechanisms"] for row in json.loads(explain("--json")))
    assert "Mechanisms" not in explain(path, "supply")
    for words in (["M7"], ["--coverage"]):
        done = CliRunner().invoke(app, ["explain", str(path), *words])
        assert done.exit_code == 2
        assert "tiny has no argument" in done.output


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[supply, exit]", "[suply, exit]", "argument.yaml:5:M7: no process suply; did you mean 'supply'?"),
        ("claims:", "groups: [land]\nclaims:", ""),
    ],
)
def test_check_holds_carriers_against_the_processes_there_are(tmp_path, old, new, told):
    done = CliRunner().invoke(app, ["check", str(mine(tmp_path, ARGUMENT.replace(old, new)))])
    assert done.exit_code == (2 if told else 0), done.output
    assert told in " ".join(done.output.split())


def test_topics_are_the_arguments_own(tmp_path):
    """The flagship with one topic renamed: the page's groups follow, in the order of its file."""
    path = shutil.copytree(SOURCE / "library" / "caliphate", tmp_path / "caliphate")
    text = (path / "argument.yaml").read_text(encoding="utf-8").replace("short timing", "how soon")
    (path / "argument.yaml").write_text(text, encoding="utf-8")
    argument = polemos.load(path).argument
    assert argument.topics[:2] == ("land and campaign", "how soon")
    assert "how soon" in {claim.group for claim in argument.claims}


def test_no_claim_of_an_argument_that_ships_stands_in_the_code():
    ids = set()
    for path in SOURCE.glob("library/*/argument.yaml"):
        ids |= {claim["id"] for claim in YAML(typ="safe").load(path)["claims"]}
    ids |= {row.split(",")[1] for path in SOURCE.glob("library/*/facts.csv") for row in path.read_text().splitlines()}
    ids = {one for one in ids if re.fullmatch(r"[A-Z]\d+[a-z]?", one)}
    assert {"M7", "P17", "S9"} <= ids
    claim = re.compile(r"(?<![\w.-])[A-Z]\d+[a-z]?\b(?![ ,.-]?[\d-])")
    lines = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for path in sorted(SOURCE.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if set(claim.findall(re.sub(r"# noqa.*", "", line))) & ids
    ]
    assert not lines, "\n".join(lines)


def test_the_stages_of_the_origin_are_printed_in_their_order_with_the_processes_that_open_in_them(tmp_path):
    text = " ".join(explain(write_tiny(tmp_path)).split())
    assert text.index("At the origin, in order") < text.index("A week of the model, in order")
    assert text.index(" prospects ") < text.index(" strength ") < text.index(" events ")
    rows = {row["stage"]: row["processes"] for row in stages(processes.names())}
    assert rows["strength"] == ["supply"]
    assert rows["begin"][:2] == ["money", "captures"]


def test_the_engine_names_no_process():
    text = (SOURCE / "model" / "engine.py").read_text(encoding="utf-8")
    strings = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    # Two arrays that every run reports are named as the process that fills them.
    assert strings & set(processes.names()) <= {"attacks", "underground"}
    assert "model.processes." not in text


@pytest.mark.slow
def test_taking_a_process_out_shows_what_it_moves_and_a_series_alone_moves_no_land():
    """Eight wars of the flagship, draws shared: recruits are men, and affiliates are a series of their own."""
    from polemos.counterfactual.taken_out import FIGURES, TakenOut
    from polemos.war.war import load

    war = load("caliphate")
    taken = TakenOut(war, war.world.organisation("is"), members=8)
    recruits = {one.figure: one for one in taken.moved(("recruitment",))}
    assert tuple(recruits) == FIGURES
    assert recruits["fighters"].mean < 0, "without recruits there are fewer men"
    assert recruits["fighters"].apart
    affiliates = {one.figure: one for one in taken.moved(("affiliates",))}
    assert affiliates["places"].mean == affiliates["fighters"].mean == 0.0
    assert not affiliates["places"].apart


def test_coverage_with_wars_wants_two_at_least():
    done = CliRunner().invoke(app, ["explain", "caliphate", "--coverage", "--members", "1"])
    assert done.exit_code == 2
    assert "two wars" in done.stderr
