"""What the repository tells other programs: workflows, hooks and templates, the recipe, the licences."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
YAML_FILES = [
    *sorted((ROOT / ".github").rglob("*.yml")),
    ROOT / ".pre-commit-config.yaml",
    ROOT / "mkdocs.yml",
    ROOT / "recipe" / "meta.yaml",
]


def plain(path):
    """A YAML file as plain data; the recipe's Jinja is filled in, as conda does before it reads."""
    text = path.read_text(encoding="utf-8")
    if path.parent.name == "recipe":
        version = re.search(r'{% set version = "(.+?)" %}', text)[1]
        text = re.sub(r"{%.*?%}\n", "", text).replace("{{ version }}", version).replace("{{ PYTHON }}", "python")
    return YAML(typ="safe").load(text)


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_every_yaml_file_is_read(path):
    assert isinstance(plain(path), dict)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_read_the_code_and_write_nothing(path):
    workflow = plain(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["on"]
    for name, job in workflow["jobs"].items():
        assert job["steps"], name
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step), (name, step)


def test_every_python_that_is_promised_is_tested():
    matrix = plain(ROOT / ".github" / "workflows" / "tests.yml")["jobs"]["tests"]["strategy"]["matrix"]
    promised = {word.rpartition(" ")[2] for word in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", word)}
    assert set(matrix["python"]) == promised == {"3.11", "3.12", "3.13"}
    assert {leg["os"] for leg in matrix["include"]} == {"macos-latest", "windows-latest"}


def test_every_extra_is_resolved_beside_the_core():
    matrix = plain(ROOT / ".github" / "workflows" / "tests.yml")["jobs"]["extras"]["strategy"]["matrix"]
    assert set(matrix["extra"]) == set(PROJECT["optional-dependencies"])
    assert set(matrix["python"]) == {"3.11", "3.13"}


def test_make_has_the_targets_that_workflows_call():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    steps = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    targets = set(re.findall(r"run: make (\w+)", steps))
    assert targets == {"check", "slow", "docs", "audit"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_the_recipe_asks_for_what_the_package_asks_for():
    recipe = plain(ROOT / "recipe" / "meta.yaml")
    assert recipe["package"]["version"] == PROJECT["version"]
    ours = sorted(recipe["requirements"]["run"])
    assert ours == sorted(
        [f"python {PROJECT['requires-python']}", *(word.replace(">=", " >=") for word in PROJECT["dependencies"])]
    )


def test_the_wheel_carries_the_text_of_every_licence_that_it_is_under():
    carried = {path for pattern in PROJECT["license-files"] for path in ROOT.glob(pattern)}
    assert {ROOT / "LICENSE", ROOT / "NOTICE", *(ROOT / "LICENSES").iterdir()} == carried
    # Public domain texts are data of the tests, which no wheel has.
    assert set(PROJECT["license"].split(" AND ")) == {path.stem for path in (ROOT / "LICENSES").iterdir()} - {
        "LicenseRef-US-Public-Domain"
    }


def licence_of(path):
    """Licence of a file by REUSE.toml, where the last table that matches counts."""
    licence = ""
    for table in tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf-8"))["annotations"]:
        patterns = table["path"] if isinstance(table["path"], list) else [table["path"]]
        if any(fnmatch(path, pattern) for pattern in patterns):
            licence = table["SPDX-License-Identifier"]
    return licence


def test_every_licence_that_is_named_has_its_text():
    named = set()
    for table in tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf-8"))["annotations"]:
        named |= set(table["SPDX-License-Identifier"].split(" AND "))
    assert named == {path.stem for path in (ROOT / "LICENSES").iterdir()}
    assert (ROOT / "LICENSES" / "Apache-2.0.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("folder", sorted((ROOT / "src/polemos/library").iterdir()), ids=lambda folder: folder.name)
def test_the_licence_of_a_war_is_that_of_its_credits(folder):
    credits = YAML(typ="safe").load((folder / "scenario.yaml").read_text(encoding="utf-8"))["credits"]
    licences = {credit["licence"].replace("CC BY 4.0", "CC-BY-4.0") for credit in credits} - {"facts only"}
    path = f"src/polemos/library/{folder.name}/places.csv"
    assert set(licence_of(path).split(" AND ")) == licences
