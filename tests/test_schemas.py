"""JSON Schemas take the YAML files that ship and refuse what `polemos check` would, where one value shows it."""

from __future__ import annotations

import datetime

import jsonschema
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.scenario.inside_folder import LIBRARY
from polemos.war.json_schemas import schemas

SCHEMAS = schemas()
FILES = sorted(LIBRARY.rglob("*.yaml"))


def plain(value):
    """As an editor sees it: days are text."""
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def wrong(kind, values):
    checker = jsonschema.Draft202012Validator(SCHEMAS[kind], format_checker=jsonschema.FormatChecker())
    return [error.message for error in checker.iter_errors(plain(values))]


def read(path):
    return YAML(typ="safe").load(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_files_that_ship_are_taken(path):
    assert wrong(path.stem if path.stem in SCHEMAS else "theory", read(path)) == []


def test_a_key_that_there_is_not_a_kind_that_there_is_not_and_a_bad_day_are_refused():
    file = next(path for path in FILES if path.name == "questions.yaml")
    for change in ({"qantifier": "all"}, {"kind": "hold"}, {"origin": "2013-13-40"}, {"by": 3}):
        values = read(file)
        values["questions"][0] |= change
        assert wrong("questions", values), change
    assert wrong("theory", {"priors": {"tempo": ["x"]}})
    assert wrong("scenario", {"titel": "A war"})


def test_a_new_scenario_has_the_schemas_that_its_files_name(tmp_path):
    (tmp_path / "towns.csv").write_text("name,lat,lon\nUpton,10,10\nDownton,10.2,10.1\nMidton,10.1,10.3\n")
    done = CliRunner().invoke(
        app, ["new", "war", "--places", str(tmp_path / "towns.csv"), "--in", str(tmp_path)], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    for name in ("scenario", "questions"):
        file = tmp_path / "war" / f"{name}.yaml"
        line = file.read_text().splitlines()[0]
        assert line.startswith("# yaml-language-server: $schema=")
        assert (file.parent / line.partition("=")[2]).is_file()
        assert wrong(name, read(file)) == []
