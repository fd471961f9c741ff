"""Write what the docs say from the code that does it: `python tools/docs.py`."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

from polemos.argument.claims import Argument
from polemos.cli.commands import app
from polemos.model import processes
from polemos.model.initial_state import PARAMETERS
from polemos.model.process import STAGES, Parameter, Process
from polemos.report.page import citations
from polemos.scenario.schema import markdown
from polemos.war import json_schemas
from polemos.war.war import load

DOCS = Path(__file__).parent.parent / "docs"

FILES = """# The files of a scenario

A scenario is a folder. Tables are CSV with a header, settings YAML; columns may come in any order, rows too. This page
is written from the table that the checks use (`python tools/docs.py`); `polemos check FOLDER` reports every error.

An editor completes and checks the YAML files with their JSON Schemas, which are made from the types that read them:
[scenario.yaml](schema/scenario.json), [questions.yaml](schema/questions.json), [argument.yaml](schema/argument.json)
and the files in [theories/](schema/theory.json). `polemos new` puts them into the folder `schema/` of the new scenario
and writes the line by which the YAML language server (in VS Code the extension *YAML* of Red Hat, in Neovim and Emacs
`yaml-language-server`) finds them. In a file of your own, make it the first line, with the path from that file:

```yaml
# yaml-language-server: $schema=schema/questions.json
```

A file in `theories/` says `$schema=../schema/theory.json`. What one value cannot show (an id given twice, a place that
is not there, two keys of which only one may stand) is left to `polemos check`.

"""

COMMANDS = """# The command line

Written from the commands themselves (`python tools/docs.py`). Every command has `--help`; bad input is reported on the
error stream with what would mend it, and the exit code is 2. `polemos --install-completion` teaches the shell to
complete commands, options and the names of scenarios.

"""

MODEL = """# The processes, one by one

The order of a week in the model. Each text is the docstring of the process's file in `src/polemos/model/processes/`
(`python tools/docs.py` writes this page); `polemos explain SCENARIO PROCESS` prints the same. The source of a parameter
is a publication, by its key on the page of [publications](references.md), or a judgement with its ground. The grades
are those of the [literature table](literature.md): [v] verified, [k] from memory, [c] computed, [?] doubtful.

"""

PUBLICATIONS = """# Publications

Written from `src/polemos/model/references.bib` and from the parameters (`python tools/docs.py`). What the publications
say stands in the [literature table](literature.md).

"""


def pages() -> dict[str, str]:
    """Text of every written page, by its path below the docs."""
    return {
        "scenario-files.md": FILES + markdown(),
        "command-line.md": COMMANDS + "\n".join(commands()),
        "model.md": MODEL + "\n".join(model()),
        "references.md": PUBLICATIONS + "\n".join(publications()),
        **{f"schema/{name}": text for name, text in json_schemas.texts().items()},
    }


def commands() -> Iterator[str]:
    """Markdown of every command."""
    root = typer.main.get_command(app)
    for name in sorted(root.commands):  # type: ignore[attr-defined]
        yield from described(f"polemos {name}", root.get_command(None, name), 2)  # type: ignore[attr-defined]


def described(name: str, command: Any, level: int) -> Iterator[str]:
    """Markdown of a command, and of those below it."""
    yield f"{'#' * level} {name}\n"
    yield " ".join((command.help or "").split("\f")[0].split()) + "\n"
    if hasattr(command, "commands"):
        for below in sorted(command.commands):
            yield from described(f"{name} {below}", command.get_command(None, below), level + 1)
        return
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    usage = [f"[{one.name.upper()}]" if not one.required else one.name.upper() for one in arguments]
    yield f"```text\n{' '.join([name, *usage, '[OPTIONS]'])}\n```\n"
    yield "| | | default |\n|---|---|---|"
    for one in command.params:
        if one.name not in ("help", "install_completion", "show_completion"):
            yield option(one)
    yield ""
    examples = (command.epilog or "").partition(": ")[2]
    if examples:
        yield "```text\n" + "\n".join(line.strip() for line in examples.split("    ") if line.strip()) + "\n```\n"


def option(one: Any) -> str:
    """A row of the table of options."""
    names = ", ".join(f"`{text}`" for text in (*one.opts, *one.secondary_opts))
    if one.param_type_name == "argument":
        names = f"`{one.name.upper()}`"
    plain = one.default is not None and not callable(one.default) and one.default not in (False, (), [], "")
    default = f"`{one.default}`" if plain else ""
    return f"| {names} | {cell(one.help or '')} | {default} |"


def model() -> Iterator[str]:
    """Markdown of the stages of the origin, and of every process."""
    yield "## At the origin\n\nBefore the first week, in this order:\n"
    yield "| stage | what it settles | processes |\n|---|---|---|"
    for stage, what in STAGES.items():
        openers = [name for name in processes.names() if processes.load(name).at(stage)]
        yield f"| {stage} | {what} | {', '.join(f'`{name}`' for name in openers)} |"
    yield ""
    for name in processes.names():
        yield from process(processes.load(name))


def publications() -> Iterator[str]:
    """Markdown of what rests on a publication, and of every publication."""
    rows = [*PARAMETERS, *(row for name in processes.names() for row in processes.load(name).parameters)]
    resting = [row for row in rows if row.reference]
    yield (
        f"**{len(resting)} of {len(rows)} parameters rest on a publication**; the others are judgements, each with its "
        "ground beside it in the [list of processes](model.md) and in `polemos explain`.\n"
    )
    yield "| parameter | prior | publication | what is taken from it | grade |\n|---|---|---|---|---|"
    for row in resting:
        yield f"| `{row.name}` | {row.prior} | `{row.reference}` | {cell(row.taken)} | [{row.grade}] |"
    yield "\n## All publications\n"
    yield from (f"- `{work.key}`: {work.citation}" for work in citations.works().values())
    yield ""


@cache
def flagship() -> Argument:
    """The argument that the pages name the mechanisms of."""
    argument = load("caliphate").argument
    assert argument is not None
    return argument


def process(one: Process) -> Iterator[str]:
    """Markdown of a process."""
    head, _, body = (sys.modules[one.kernel.__module__].__doc__ or "").strip().partition("\n\n")
    running = [other for other in map(processes.load, processes.names()) if other.on]
    away = [f"--without {other.name}" for other in running if one.name in other.replaces]
    state = "runs by default" if one.on else f"off until named (`{' '.join([*away, f'--with {one.name}'])}`)"
    claims = [claim.id for claim in flagship().carried_by(one.name) if claim.kind == "mechanism"]
    carries = f"; carries {', '.join(claims)} of the argument of `caliphate`" if claims else ""
    yield f"## {one.name}\n"
    yield f"*{state}{carries}.*\n"
    yield " ".join(head.split()) + "\n"
    yield from paragraphs(body)
    if one.parameters:
        yield "| parameter | prior | unit | meaning | source | evidence until |\n|---|---|---|---|---|---|"
        yield from (parameter(row) for row in one.parameters)
        yield ""


def paragraphs(body: str) -> Iterator[str]:
    """The paragraphs of a docstring, with the indented ones, its equations, fenced."""
    for block in body.split("\n\n"):
        if all(line.startswith("    ") for line in block.splitlines()):
            yield f"```text\n{textwrap.dedent(block)}\n```\n"
        else:
            yield block + "\n"


def parameter(row: Parameter) -> str:
    """A row of a table of parameters."""
    each = " (each organisation)" if row.per else ""
    until = "" if row.basis_until == "-" else row.basis_until
    source = f"`{row.reference}` [{row.grade}]: {row.taken}" if row.reference else row.source
    return f"| `{row.name}` | {row.prior} | {cell(row.unit)} | {cell(row.meaning)}{each} | {cell(source)} | {until} |"


def cell(words: str) -> str:
    """Words inside a table."""
    return " ".join(words.split()).replace("|", "\\|")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    for path, words in pages().items():
        (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / path).write_text(words, encoding="utf-8")
