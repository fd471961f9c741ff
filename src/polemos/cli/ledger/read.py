"""`polemos ledger list`, `show`, `score`, `verify`, `head` and `export`: what reads a ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polemos.cli.failures import WRONG, Mistake
from polemos.cli.ledger.options import Ledger, answered, place
from polemos.cli.options import Json

if TYPE_CHECKING:
    from polemos.ledger.chain import Kept
    from polemos.ledger.columns import Table
    from polemos.ledger.entries import Asked

SHOWN = 40
"""Entries that `list` shows where not all are asked for."""


def list_entries(
    owner: Annotated[str | None, typer.Option(help="Only of this owner.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only on questions of this topic.")] = None,
    question: Annotated[str | None, typer.Option(help="Only on this question.")] = None,
    open: Annotated[bool, typer.Option("--open", help="Only on questions that are not settled.")] = False,
    all: Annotated[bool, typer.Option("--all", help=f"All, not the last {SHOWN} only.")] = False,
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """List entries, oldest first."""
    from polemos.cli import printing
    from polemos.cli.ledger.tables import ENTRY_HEADS, ENTRY_LEAST, as_row, entry_cells, states
    from polemos.ledger.entries import key

    with answered():
        rows, entries = everything(place(ledger))
        wanted = None if question is None else set(entries.find(question))
        if wanted is not None and not wanted:
            raise Mistake(unknown(question or "", entries))
        status = states(entries)
        by_key = {which: row for row, which in enumerate(entries.keys)}
        matches = []
        for entry in rows:
            at = by_key[key(entry.entry.question)]
            one = entry.entry
            if (owner or one.owner) != one.owner or (topic or one.question.topic) != one.question.topic:
                continue
            if (wanted is not None and at not in wanted) or (open and status[at] != "open"):
                continue
            matches.append((entry, status[at]))
        shown = matches if all or json else matches[-SHOWN:]
    if json:
        printing.as_json([as_row(entry) | {"status": state} for entry, state in shown])
        return
    out = printing.console()
    cells = [entry_cells(entry, state) for entry, state in shown]
    spare = ("closes", "owner", "kind", "recorded")
    out.print(printing.table("", ENTRY_HEADS, cells, right=("",), spare=spare, least=ENTRY_LEAST))
    if len(shown) < len(matches):
        out.print(f"{len(matches) - len(shown):,} earlier entries; --all shows them.")


def show(
    what: Annotated[str, typer.Argument(help="Number of an entry, id of a question, or the beginning of its key.")],
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Print a question with all its forecasts, or one entry, in full."""
    from polemos.cli import printing
    from polemos.cli.ledger.tables import as_row, show_entries, states
    from polemos.ledger.entries import key

    with answered():
        rows, entries = everything(place(ledger))
        if what.isdecimal() and len(what) < 12:
            chosen = [entry for entry in rows if entry.number == int(what)]
            if not chosen:
                raise Mistake(f"there is no entry {what}; the last is {len(rows)}")
        else:
            keys = {entries.keys[row] for row in entries.find(what)}
            chosen = [entry for entry in rows if key(entry.entry.question) in keys]
            if not chosen:
                raise Mistake(unknown(what, entries))
        status = dict(zip(entries.keys, states(entries), strict=True))
    if json:
        printing.as_json([as_row(entry) | {"status": status[key(entry.entry.question)]} for entry in chosen])
        return
    show_entries(printing.console(), chosen, status)


def score(
    by: Annotated[
        str, typer.Option(help="Group scores by all, year or month of resolution, or by horizon (how far ahead).")
    ] = "all",
    taking: Annotated[
        str, typer.Option(help="Which of several forecasts to score: last, first, or their mean over time.")
    ] = "last",
    against: Annotated[str, typer.Option(help="Owner to compare with, on shared questions.")] = "model",
    undisputed: Annotated[bool, typer.Option("--undisputed", help="Leave out disputed resolutions.")] = False,
    chart: Annotated[Path | None, typer.Option(help="Write the calibration chart: .html, .svg or .png.")] = None,
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Score the owners by topic, beside base rates and the model, and show their calibration."""
    from typing import cast

    from polemos.cli import printing
    from polemos.cli.ledger import tables
    from polemos.ledger import quantile_scores, scores
    from polemos.ledger.columns import table

    with answered():
        for name, value, allowed in (
            ("--by", by, ("all", "year", "month", "horizon")),
            ("--taking", taking, ("last", "first", "mean")),
        ):
            if value not in allowed:
                raise Mistake(f"{name} is {', '.join(allowed[:-1])} or {allowed[-1]}, not {value!r}")
        entries = table(place(ledger))
        if by == "horizon":
            from dataclasses import asdict

            from polemos.board.protocol import RULES
            from polemos.ledger.from_war import is_replay
            from polemos.ledger.horizon_scores import skill_by_horizon

            ahead = skill_by_horizon(entries, RULES, undisputed=undisputed)
            if json:
                printing.as_json([asdict(row) for row in ahead])
            else:
                tables.show_horizons(printing.console(), ahead)
                if is_replay(place(ledger)):
                    printing.say("This ledger has a replay: its times are those of the war, and prove no foresight.")
            return
        taking_word = cast(scores.Taking, taking)
        rows, counts = scores.score(
            entries, taking=taking_word, by=cast(scores.By, by), undisputed=undisputed, rival=against
        )
        scored, _ = scores.scored(entries, undisputed=undisputed)
        names = [*dict.fromkeys(row.owner for row in rows), scores.BASE]
        curves = {name: scores.calibration(scored, name) for name in names} if rows else {}
        spread = quantile_scores.spreads(entries)
        if chart is not None:
            from polemos.report.charts.ledger import write_calibration

            most = sorted(names[:-1], key=lambda name: -sum(one.forecasts for one in curves.get(name, ())))[:6]
            write_calibration({name: curves.get(name, []) for name in (*most, scores.BASE)}, chart)
    if json:
        from dataclasses import asdict

        printing.as_json(
            {
                "counts": asdict(counts),
                "scores": [asdict(row) for row in rows],
                "quantiles": [asdict(row) for row in spread],
                "calibration": {name: [asdict(one) for one in bins] for name, bins in curves.items()},
            }
        )
        return
    out = printing.console()
    tables.show_scores(out, rows, counts, against)
    tables.show_spreads(out, spread)
    tables.show_calibration(out, curves)
    if chart is not None:
        out.print(f"Chart: {chart}", markup=False)


def verify(
    head: Annotated[str | None, typer.Option(help="A head line printed earlier, which must still be true.")] = None,
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Check that every entry is as it was written; else print the first bad entry, with exit code 2."""
    from dataclasses import asdict

    from polemos.cli import printing
    from polemos.cli.ledger.tables import receipt_line
    from polemos.ledger.chain import Head
    from polemos.ledger.receipts import check_receipts
    from polemos.ledger.verify import verify as check

    with answered():
        path = place(ledger)
        verification = check(path, None if head is None else Head.read(head))
        stamped = check_receipts(path) if verification.whole else []
    if json:
        printing.as_json(
            {
                "whole": verification.whole,
                "entries": verification.entries,
                "head": None if verification.head is None else str(verification.head),
                "problem": verification.problem,
                "first_bad_entry": verification.first,
                "recorded_backwards": list(verification.backwards),
                "receipts": [asdict(one) for one in stamped],
            }
        )
    elif verification.whole:
        typer.echo(f"{path}: {verification.entries:,} entries, all as written.\n{verification.head}")
        if verification.backwards:
            first, more = verification.backwards[0], len(verification.backwards) - 1
            others = f" (and {more} more of this kind)" if more else ""
            typer.echo(
                f"Times run backwards: entry {first} says that it was recorded before entry {first - 1}{others}. "
                "A clock was set back, or a time is not true; the order is that of the numbers."
            )
        for one in stamped:
            typer.echo(receipt_line(one))
        if head is None and not stamped:
            printing.say(
                "Only an earlier head line can show whether later entries were cut off or all were written anew."
            )
    else:
        typer.echo(f"polemos: {path}: {verification.problem}", err=True)
    if not verification.whole or any(one.problem for one in stamped):
        raise typer.Exit(WRONG)


def head(
    digest: Annotated[
        bool, typer.Option("--digest", help="Also print what to stamp or sign, and the commands for it.")
    ] = False,
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Print a line that fixes the whole ledger: post it, and it proves later that nothing was changed since."""
    from polemos.cli import printing
    from polemos.ledger.chain import head as head_line
    from polemos.ledger.receipts import digest as digest_of

    with answered():
        line = head_line(place(ledger))
    hexadecimal = digest_of(line).hex()
    if json:
        printing.as_json({"entries": line.entries, "hash": line.hash.hex(), "line": str(line), "digest": hexadecimal})
        return
    typer.echo(str(line))
    if digest:
        typer.echo(f"SHA-256 of this line and its line end: {hexadecimal}")
        printing.say("Stamp or sign it with one of these, then keep the receipt: polemos ledger receipt FILE")
        name, where = f"ledger-{line.entries}", "" if ledger is None else f" --ledger {ledger}"
        for command in (
            f"openssl ts -query -digest {hexadecimal} -sha256 -cert -out {name}.tsq",
            f"polemos ledger head{where} > {name}.txt && ots stamp {name}.txt",
            f'git tag -s {name} -m "{line}" && git cat-file tag {name} > {name}.tag',
        ):
            typer.echo(f"  {command}")


def receipt(
    file: Annotated[Path, typer.Argument(help="Receipt: .tsr, .ots, a git tag as text, or a text with the head line.")],
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Keep the receipt of a time stamp or a signature beside the ledger; `verify` then names it."""
    from dataclasses import asdict

    from polemos.cli import printing
    from polemos.cli.ledger.tables import receipt_line
    from polemos.ledger.receipts import folder_of, keep

    with answered():
        path = place(ledger)
        receipt_path = keep(path, file)
    if json:
        printing.as_json(asdict(receipt_path) | {"folder": str(folder_of(path))})
        return
    typer.echo(receipt_line(receipt_path))
    printing.say(f"Kept in {folder_of(path)}: copy that folder with the ledger.")


SHAPES = ("jsonl", "csv", "metaculus", "metaculus-payload")


def export(
    out: Annotated[
        Path | None, typer.Argument(help="File, .jsonl, .csv or .json (Metaculus); default: JSON Lines to stdout.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="CSV of question, probability and date.")] = False,
    as_: Annotated[str, typer.Option("--as", help=f"Shape: {', '.join(SHAPES)}; default: by the file's name.")] = "",
    owner: Annotated[
        str, typer.Option(help="Owner whose forecasts go into a file for Metaculus, where there are several.")
    ] = "",
    ledger: Ledger = None,
) -> None:
    """Write the whole ledger as JSON Lines, its forecasts as CSV, or both in the format of Metaculus."""
    from json import dumps

    from polemos.ensemble import atomic_files
    from polemos.ledger import import_export, metaculus_export

    with answered():
        path = place(ledger)
        ending = {".csv": "csv", ".json": "metaculus"}.get("" if out is None else out.suffix.lower(), "jsonl")
        shape = as_ or ("csv" if csv else ending)
        if shape not in SHAPES:
            raise Mistake(f"--as is {', '.join(SHAPES[:-1])} or {SHAPES[-1]}, not {shape!r}")
        if shape == "jsonl":
            lines = import_export.export_lines(path)
        elif shape == "csv":
            lines = iter(import_export.export_csv(path).splitlines())
        else:
            rows = metaculus_export.payload if shape == "metaculus-payload" else metaculus_export.posts
            lines = iter(dumps(rows(path, owner), indent=1, ensure_ascii=False).splitlines())
        if out is None:
            for line in lines:
                typer.echo(line)
            return
        try:
            with atomic_files.whole(out) as part, part.open("w", encoding="utf-8", newline="") as file:
                for line in lines:
                    file.write(line + "\n")
        except OSError as error:
            raise Mistake(f"{out} cannot be written: {error.strerror}") from None


def find(path: Path, name: str) -> Asked:
    """The one question of a ledger that an id or the beginning of a key means. Raises `Mistake`."""
    from polemos.ledger.columns import table
    from polemos.ledger.entries import Asked

    entries = table(path)
    rows = entries.find(name)
    if len(rows) > 1:
        raise Mistake(
            f"{len(rows)} questions are called {name!r}; give one of the keys "
            + ", ".join(entries.keys[r] for r in rows[:9])
        )
    if not rows:
        raise Mistake(unknown(name, entries))
    return Asked.model_validate(entries.asked[rows[0]])


def unknown(name: str, entries: Table) -> str:
    """What is said of a question that is not there."""
    from polemos.scenario.errors import nearest

    return f"no question {name[:80]!r} in the ledger; {nearest(name, [one['id'] for one in entries.asked])}"


def everything(path: Path) -> tuple[list[Kept], Table]:
    """All entries, and the ledger as columns."""
    from polemos.ledger.chain import Kept, contents, parsed
    from polemos.ledger.columns import gather
    from polemos.ledger.sqlite import reading

    with reading(path) as connection:
        raw = list(contents(connection))
    entries = gather((number, content) for number, content, _ in raw)
    return [Kept(number, hash, parsed(number, content)) for number, content, hash in raw], entries
