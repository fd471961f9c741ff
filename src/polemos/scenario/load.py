"""A folder to a checked scenario, or to the list of all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from polemos.scenario import settings as settings_file
from polemos.scenario.attributes import REQUIRED_FILES, SETTINGS, TABLES
from polemos.scenario.checks import CHECKS
from polemos.scenario.errors import Problem, ScenarioError, nearest, quoted
from polemos.scenario.inside_folder import LIBRARY, is_there, read_inside
from polemos.scenario.parse_values import Known
from polemos.scenario.settings import Settings, read_settings
from polemos.scenario.tables import LARGEST, Table, read_table

UNFINISHED = ".import"
"""Folder in a scenario with the files of an import that was stopped while they were moved to their place."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A checked scenario: settings, tables by file name (empty where the file is absent), SHA-256 of each file read."""

    name: str
    path: Path
    settings: Settings
    tables: Mapping[str, Table]
    sha256: Mapping[str, str]
    warnings: tuple[Problem, ...] = ()


def library() -> tuple[str, ...]:
    """Names of the scenarios that ship."""
    return tuple(sorted(path.parent.name for path in LIBRARY.glob(f"*/{SETTINGS}")))


def find(path_or_name: str | Path) -> Path:
    """Folder of a scenario: a bare name that ships is the library's, anything else a path (to the folder or its YAML).

    Raises `ScenarioError` where there is neither.
    """
    if isinstance(path_or_name, str) and path_or_name in library():
        return LIBRARY / path_or_name
    path = Path(path_or_name)
    try:
        if path.name == SETTINGS and path.is_file():
            return path.parent
        if path.is_dir():
            return path
    except (OSError, ValueError):
        pass
    mend = nearest(str(path_or_name), library()) + " or give the path of a folder with " + SETTINGS
    raise ScenarioError([Problem(quoted(str(path_or_name)), 0, "", "no such scenario or folder", mend)])


def _inspect(path: Path) -> tuple[Scenario | None, list[Problem]]:
    """Everything that can be read, and every problem."""
    problems: list[Problem] = []
    sums: dict[str, str] = {}
    if is_there(path, UNFINISHED):
        what = "an import was stopped before all its files were in place"
        problems.append(Problem(UNFINISHED, 0, "", what, "run it again: polemos import first finishes this one"))

    def text_of(file: str, largest: int = LARGEST) -> str:
        if file not in REQUIRED_FILES and not is_there(path, file):
            return ""
        text, sums[file], wrong = read_inside(path, file, largest)
        problems.extend(wrong)
        return text

    text = text_of(SETTINGS, settings_file.LARGEST)
    settings, organisations, wrong = read_settings(text) if text else (None, None, [])
    problems += wrong
    tables: dict[str, Table] = {}
    known_ids = Known(None, organisations)
    for file in TABLES:
        text = text_of(file)
        absent = file not in sums
        tables[file], wrong = read_table(text, file, known_ids) if text else (Table(file, whole=absent), [])
        problems += wrong
        if file == "places.csv":
            broken = any(not problem.field for problem in wrong)
            known_ids = Known(None if broken else tables[file].ids, organisations)
    if settings is not None:
        for check in CHECKS:
            problems += check(settings, tables)
    problems.sort()
    if settings is None or any(problem.level == "error" for problem in problems):
        return None, problems
    return Scenario(path.resolve().name, path, settings, tables, sums, tuple(problems)), problems


def check(path_or_name: str | Path) -> list[Problem]:
    """Every problem of a scenario, errors and warnings, by file and line; empty where all is well."""
    try:
        path = find(path_or_name)
    except ScenarioError as error:
        return list(error.problems)
    return _inspect(path)[1]


def read(path_or_name: str | Path) -> Scenario:
    """A scenario from a folder, or from the library by its name. Raises `ScenarioError` with every problem."""
    scenario, problems = _inspect(find(path_or_name))
    if scenario is None:
        raise ScenarioError(problems)
    return scenario
