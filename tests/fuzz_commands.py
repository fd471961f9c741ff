"""Commands that bring strangers' files in, for fuzzing: a right import or one report, and nothing half-written.

A target is given the bytes of a file and a folder. It raises whatever is neither: a traceback, an exit code other than
0 and 2, a report without words, a scenario that was changed though the command failed, or that no longer passes its
checks though it succeeded.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner
from typer.main import get_command

import scenarios
from polemos.cli.commands import app
from polemos.war.check import check

SIDES = "--organisation north:government:North --organisation south:insurgent:South"
FLEE = Path(__file__).parent / "data" / "flee"
FLEE_FILES = ("locations", "routes", "conflicts", "closures")
NEW = f"new W --in {{here}}/made --start 2001-01-01 --end 2002-01-01 {SIDES}"
COMMANDS = {
    "import-ucdp": ("ged.csv", "import ucdp {file} --into {war}"),
    "import-acled": ("acled.csv", "import acled {file} --into {war} --dates dmy"),
    "import-wikipedia": (
        "map-2001-06-01.lua",
        "import wikipedia {file} --into {war} --holder red=crown --holder black=guild",
    ),
    "import-polygons": ("areas-2001-06-01.geojson", "import polygons {file} --into {war} --elsewhere guild --replace"),
    "import-control": ("held.csv", "import table {file} --as control --into {war} --dates dmy"),
    "import-strengths": ("men.csv", "import table {file} --as strengths --into {war}"),
    "import-support": ("support.csv", "import table {file} --as support --into {war}"),
    "import-links": ("links.csv", "import table {file} --as links --into {war}"),
    **{f"import-flee-{name}": (f"flee/{name}.csv", "import flee {here}/flee --into {war}") for name in FLEE_FILES},
    "import-a-sheet": ("held.xlsx", "import table {file} --as control --into {war} --dates dmy"),
    "import-a-broken-sheet": ("held.xlsx", "import table {file} --as control --into {war} --dates dmy"),
    "import-parquet": ("held.parquet", "import table {file} --as control --into {war} --dates dmy"),
    "new-a-table": ("towns.csv", f"{NEW} --places {{file}}"),
    "new-points": ("towns.geojson", f"{NEW} --places {{file}}"),
    "new-geonames": ("XX.txt", f"{NEW} --geonames {{file}} --bbox 19,9,21,11"),
    "new-flee": ("flee/locations.csv", f"{NEW} --places {{here}}/flee"),
    "estimate": ("ged.csv", "estimate {war} --events {file} --write"),
    "read": ("article.html", "read {file} --out {here}/argument.yaml"),
    "ledger-import": ("ledger.jsonl", "ledger import {file} --ledger {here}/l.sqlite --owner me"),
}


def invoke(words: list[str]) -> Any:
    """The result of a command, the parser made once."""
    return CliRunner().invoke(command(), words)


@cache
def command() -> click.Command:
    """The command line."""
    return get_command(app)


@cache
def sound() -> Path:
    """A sound scenario, never written to."""
    return scenarios.tiny(Path(tempfile.mkdtemp()))


def state(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its content, but for what a person has to decide, which a refused import leaves."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "doubtful.csv")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def attacked(name: str, data: bytes, folder: Path) -> None:
    """Run a command on a file with these bytes. Raises what is neither a right import nor one report."""
    file, words = COMMANDS[name]
    war = folder / "war"
    if not war.exists():
        shutil.copytree(sound(), war)
    before = state(war)
    for made in ("argument.yaml", "l.sqlite"):
        (folder / made).unlink(missing_ok=True)
    shutil.rmtree(folder / "made", ignore_errors=True)
    (folder / "made").mkdir()
    if file.startswith("flee/") and not (folder / "flee").exists():
        shutil.copytree(FLEE, folder / "flee")
    (folder / file).write_bytes(data)
    done = invoke([word.format(war=war, here=folder, file=folder / file) for word in words.split()])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code in (0, 2), done.output
    assert done.output.strip()
    after = state(war)
    if done.exit_code == 2:
        assert after == before, "the scenario was changed though the command failed"
        assert not any((folder / "made").iterdir())
        assert not (folder / "argument.yaml").exists()
    elif after != before:
        errors = [str(problem) for problem in check(war) if problem.level == "error"]
        assert not errors, errors
    if after != before:
        shutil.rmtree(war)
    left = [path.name for path in folder.rglob("*") if "~" in path.name]
    assert not left, left


def as_sheet(text: bytes) -> bytes:
    """The cells of a CSV text as a workbook, numbers as numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    for cells in rows_of(text):
        book.active.append([number(cell) for cell in cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet(text: bytes) -> bytes:
    """The cells of a CSV text as a Parquet file of texts, rows cut or filled to the width of the first."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    rows = rows_of(text) or [["a"]]
    columns = [[row[place] if place < len(row) else None for row in rows[1:]] for place in range(len(rows[0]))]
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays([pa.array(column, pa.string()) for column in columns], rows[0]), out)
    return out.getvalue()


def rows_of(text: bytes) -> list[list[str]]:
    """Cells that a workbook can hold."""
    decoded = "".join(sign for sign in text.decode("utf-8", "replace") if sign.isprintable() or sign == "\n")
    return [row for row in csv.reader(io.StringIO(decoded)) if row][:200]


def number(cell: str) -> float | str:
    """A number where a cell is one."""
    try:
        return float(cell) if abs(float(cell)) < 1e300 else cell
    except ValueError:
        return cell[:30_000]


def packed(pack: Callable[[bytes], bytes], name: str, data: bytes, folder: Path) -> None:
    """Attack with the cells of a mutated text in another format."""
    attacked(name, pack(data), folder)


def targets() -> dict[str, Callable[[bytes, Path], None]]:
    """The targets by name."""
    made = {name: partial(attacked, name) for name in COMMANDS}
    made["import-a-sheet"] = partial(packed, as_sheet, "import-a-sheet")
    made["import-parquet"] = partial(packed, as_parquet, "import-parquet")
    return made


def seeds(texts: dict[str, bytes]) -> dict[str, bytes]:
    """A sound file for each, from the texts of `fuzzing`."""
    return {
        "import-ucdp": texts["ucdp"],
        "import-acled": texts["acled"],
        "import-wikipedia": texts["lua"],
        "import-polygons": texts["areas"],
        "import-control": texts["spells"],
        "import-strengths": texts["strengths"],
        "import-support": scenarios.FILES["support.csv"].encode(),
        "import-links": scenarios.FILES["links.csv"].encode(),
        "import-a-sheet": texts["spells"],
        "import-a-broken-sheet": as_sheet(texts["spells"]),
        "import-parquet": texts["spells"],
        **{f"import-flee-{path.stem}": path.read_bytes() for path in FLEE.glob("*.csv") if path.stem in FLEE_FILES},
        "new-flee": (FLEE / "locations.csv").read_bytes(),
        "new-a-table": texts["towns"],
        "new-points": texts["points"],
        "new-geonames": texts["geonames"],
        "estimate": texts["ucdp"],
        "read": texts["article"],
        "ledger-import": texts["ledger_lines"],
    }
