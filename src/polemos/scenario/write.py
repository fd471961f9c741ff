"""Files into a scenario's folder: all of them or none, and none that would break it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from polemos.scenario.attributes import SETTINGS
from polemos.scenario.errors import Problem, ScenarioError, quoted
from polemos.scenario.inside_folder import outside
from polemos.scenario.leftovers import beside, clear
from polemos.scenario.load import UNFINISHED, check, library
from polemos.scenario.parse_values import identifier

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that are no folders on Windows."""


def folder_name(name: str) -> str:
    """A name that a new scenario can have. Raises `ScenarioError`."""

    def refuse(what: str, mend: str) -> ScenarioError:
        return ScenarioError([Problem(quoted(name), 0, "", what, mend)])

    try:
        identifier(name, "name")
    except ValueError:
        raise refuse(
            "no name of a scenario", "use letters, digits, - _ and dots, no path; --in names a folder"
        ) from None
    if RESERVED.fullmatch(name) or name.endswith("."):
        raise refuse("a name that some systems keep for themselves", "use another")
    if name in library():
        raise refuse("a scenario that ships has this name", "use another")
    return name


def create(folder: Path, files: Mapping[str, str]) -> None:
    """A new folder with files in it, made under another name and moved when whole. Raises `ScenarioError`."""
    if folder.exists() or folder.is_symlink():
        raise ScenarioError([Problem(str(folder), 0, "", "is there already", "use another name, or move it away")])
    with _writing(folder), _workplace(folder) as workplace:
        part = workplace / folder.name
        part.mkdir()
        for name, text in files.items():
            (part / name).parent.mkdir(exist_ok=True)
            (part / name).write_text(text, encoding="utf-8")
        _sound(part)
        part.rename(folder)


def put(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Replace files of a scenario once the whole passes its checks with them. Raises `ScenarioError`.

    One rename decides: killed before it, the folder is as it was; killed after it, `finish` does what is left.
    """
    with _writing(folder), _workplace(folder / UNFINISHED.removeprefix(".")) as workplace:
        trial, new = workplace / "trial", workplace / "new"
        trial.mkdir()
        new.mkdir()
        for path in folder.iterdir():
            if path.is_file() and path.suffix in (".csv", ".yaml") and path.name not in files:
                _within(folder, path.name)
                shutil.copyfile(path, trial / path.name)
        for name, content in files.items():
            (new / name).write_bytes(content.encode() if isinstance(content, str) else content)
            shutil.copyfile(new / name, trial / name)
        _sound(trial)
        new.rename(folder / UNFINISHED)
    finish(folder)


def finish(folder: Path) -> None:
    """Move what a stopped `put` has left in `UNFINISHED` to its place. Raises `ScenarioError`."""
    part = folder / UNFINISHED
    if part.is_dir():
        _within(folder, UNFINISHED)
        with _writing(folder):
            for path in part.iterdir():
                path.replace(folder / path.name)
            part.rmdir()


def _within(folder: Path, name: str) -> None:
    problems = outside(folder, name)
    if problems:
        raise ScenarioError(problems)


@contextmanager
def _workplace(path: Path) -> Iterator[Path]:
    """A folder beside a path to make what will stand there; gone at the end, or at the next start if killed."""
    clear(path.parent, path.name)
    workplace = beside(path)
    workplace.mkdir()
    try:
        yield workplace
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise ScenarioError([Problem(str(folder), 0, "", what, "give a folder that you may write to")]) from None


def _sound(folder: Path) -> None:
    errors = [problem for problem in check(folder) if problem.level == "error"]
    if errors:
        raise ScenarioError(errors)


def credited(text: str, credits: Sequence[tuple[str, str]]) -> str:
    """The text of scenario.yaml with sources and licences added to its credits, every comment kept.

    Raises `ScenarioError` where the credits are written on one line and nothing can be added by lines.
    """
    lines = text.splitlines()
    new = [
        f"- {{source: {quote(source)}, licence: {quote(licence)}}}"
        for source, licence in credits
        if quote(source) not in text
    ]
    if not new:
        return text
    at = next((row for row, line in enumerate(lines) if line.startswith("credits:")), None)
    if at is None or re.fullmatch(r"credits:\s*(\[\s*\])?\s*(#.*)?", lines[at]) is None:
        if at is not None:
            mend = "write them one a line, `- {source: ..., licence: ...}`"
            raise ScenarioError(
                [Problem(SETTINGS, at + 1, "credits", "nothing can be added to a list on one line", mend)]
            )
        return "\n".join([*lines, "credits:", *(f"  {line}" for line in new)]) + "\n"
    lines[at] = re.sub(r"\[\s*\]", "", lines[at]).rstrip()
    after = next((line for line in lines[at + 1 :] if line.strip() and not line.lstrip().startswith("#")), "")
    indent = after[: len(after) - len(after.lstrip())] if after.lstrip().startswith("- ") else "  "
    return "\n".join([*lines[: at + 1], *(indent + line for line in new), *lines[at + 1 :]]) + "\n"


def observed(text: str, until: object, end: object) -> str:
    """The text of scenario.yaml with the day after the last observation, every comment kept.

    Where that is the end of the record nothing need be said, and a key that says otherwise goes.
    """
    lines = text.splitlines()
    at = next((row for row, line in enumerate(lines) if re.match(r"observed_until\s*:", line)), None)
    line = f"observed_until: {until}      # the day after the last map that was imported; beyond it nothing is known"
    if at is None and str(until) == str(end):
        return text
    if at is not None:
        lines[at : at + 1] = [] if str(until) == str(end) else [line]
        return "\n".join(lines) + "\n"
    after = next((row for row, line in enumerate(lines) if re.match(r"end\s*:", line)), None)
    if after is None:
        what = "observed_until cannot be added to settings that are written on one line"
        raise ScenarioError([Problem(SETTINGS, 0, "observed_until", what, "write one key a line")])
    return "\n".join([*lines[: after + 1], line, *lines[after + 1 :]]) + "\n"


def quote(text: str) -> str:
    """Text as a YAML scalar that can be nothing else."""
    return json.dumps(text, ensure_ascii=False)
