"""`polemos ledger`: forecasts written down before the outcome."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import WRONG, Mistake, told

if TYPE_CHECKING:
    from polemos.forecast.ledger.entry import Asked
    from polemos.forecast.ledger.store import Kept
    from polemos.forecast.ledger.table import Table

app = typer.Typer(
    help="Forecasts written down before the outcome, which nobody can edit afterwards, and their scores.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Ledger = Annotated[
    Path | None,
    typer.Option("--ledger", envvar="POLEMOS_LEDGER", help="File of the ledger; default: in your data folder."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
Owner = Annotated[str, typer.Option(envvar="POLEMOS_OWNER", help="Who says so.")]
Citation = Annotated[str, typer.Option(help="Where one can read it.")]
Note = Annotated[str, typer.Option(help="A remark.")]
Question = Annotated[str, typer.Argument(help="Id of a question, or the beginning of its key.")]
Number = Annotated[int, typer.Argument(min=1, help="Number of an entry.")]

SHOWN = 40
"""Entries that `list` shows where not all are asked for."""


def place(ledger: Path | None) -> Path:
    """The ledger that is meant."""
    from polemos.forecast.ledger.store import default_path

    return default_path() if ledger is None else ledger


@contextmanager
def answered() -> Iterator[None]:
    """Mistakes about ledgers told in a line; see `told`."""
    from polemos.forecast.ledger.entry import LedgerError

    with told():
        try:
            yield
        except LedgerError as error:
            raise Mistake(str(error)) from None


@app.command(
    epilog='Examples: polemos ledger add "Will the treaty be signed by 2031?" --closes 2031-01-01 --probability 0.3 '
    "--owner me    polemos ledger add --scenario my-war/ --question town-lost --probability 0.7 --owner me"
)
def add(
    text: Annotated[str | None, typer.Argument(help="The question in full, such that it can be settled.")] = None,
    probability: Annotated[str | None, typer.Option(help="Probability of yes: 0.3 or 30%.")] = None,
    quantiles: Annotated[str | None, typer.Option(help="Points of the quantity, as 5%=10,50%=40,95%=inf.")] = None,
    owner: Owner = "",
    closes: Annotated[str | None, typer.Option(help="Last day the question looks at, YYYY-MM-DD.")] = None,
    topic: Annotated[str, typer.Option(help="What it is about; scores are by topic.")] = "",
    unit: Annotated[str, typer.Option(help="Unit of the quantity.")] = "",
    id: Annotated[str | None, typer.Option(help="A short name; default: made of the text.")] = None,
    question: Annotated[str | None, typer.Option(help="Id of a question of the ledger, or of the scenario.")] = None,
    scenario: Annotated[str | None, typer.Option(help="Scenario whose question it is.")] = None,
    origin: Annotated[str | None, typer.Option(help="Day after which nothing was seen; default: today.")] = None,
    made: Annotated[str | None, typer.Option(help="When it was made, if not now.")] = None,
    citation: Citation = "",
    note: Note = "",
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Write down a forecast. A second one of the same owner on the same question revises the first."""
    import datetime

    from polemos.forecast.ledger import exchange
    from polemos.forecast.ledger.entry import entry, question_of
    from polemos.forecast.ledger.register import register

    with answered():
        need(owner, "--owner", "who says so?")
        path = place(ledger)
        asked = which(path, text, question, scenario)
        if asked is None:
            need(closes, "--closes", "when does the question close?")
            words = {
                "id": id or exchange.slug(text or ""),
                "text": text,
                "closes": closes,
                "topic": topic,
                "unit": unit,
            }
            asked = question_of({name: value for name, value in words.items() if value})
        values: dict[str, Any] = {
            "kind": "forecast",
            "owner": owner,
            "question": asked,
            "made": made,
            "origin": origin or (made or datetime.datetime.now(datetime.UTC).date().isoformat())[:10],
            "source": {"citation": citation},
            "note": note,
        }
        if probability is not None:
            values["probability"] = exchange.probability(probability)
        if quantiles is not None:
            values["quantiles"] = points(quantiles)
        added = register(path, [entry(given(values))])
    tell(added, path, json=json, nothing="The same forecast stands already; nothing was added.")


@app.command(epilog="Example: polemos ledger withdraw 12")
def withdraw(number: Number, note: Note = "", ledger: Ledger = None, json: Json = False) -> None:
    """Take an entry back from now on; it stays to be read. Nothing is withdrawn from a question once it is settled."""
    from polemos.forecast.ledger.entry import Entry
    from polemos.forecast.ledger.store import append, entry_at

    with answered():
        path = place(ledger)
        old = entry_at(path, number)
        new = Entry(kind="withdrawal", owner=old.owner, question=old.question, of=number, note=note)
        added = append(path, [new])
    tell(added, path, json=json)


@app.command("list", epilog="Examples: polemos ledger list --open    polemos ledger list --owner me --all")
def list_entries(
    owner: Annotated[str | None, typer.Option(help="Only of this owner.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only on questions of this topic.")] = None,
    question: Annotated[str | None, typer.Option(help="Only on this question.")] = None,
    open: Annotated[bool, typer.Option("--open", help="Only on questions that are not settled.")] = False,
    all: Annotated[bool, typer.Option("--all", help=f"All, not the last {SHOWN} only.")] = False,
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Entries, the last ones last."""
    from polemos.cli import printing
    from polemos.cli.ledger_tables import ENTRY_HEADS, as_row, entry_cells, printed, states
    from polemos.forecast.ledger.entry import key

    with answered():
        rows, there = everything(place(ledger))
        wanted = None if question is None else set(there.find(question))
        if wanted is not None and not wanted:
            raise Mistake(unknown(question or "", there))
        status = states(there)
        by_key = {which: row for row, which in enumerate(there.keys)}
        found = []
        for kept in rows:
            at = by_key[key(kept.entry.question)]
            one = kept.entry
            if (owner or one.owner) != one.owner or (topic or one.question.topic) != one.question.topic:
                continue
            if (wanted is not None and at not in wanted) or (open and status[at] != "open"):
                continue
            found.append((kept, status[at]))
        shown = found if all or json else found[-SHOWN:]
    if json:
        printing.as_json([as_row(kept) | {"status": state} for kept, state in shown])
        return
    out = printing.console()
    out.print(printed("", ENTRY_HEADS, [entry_cells(kept, state) for kept, state in shown], ("", "says")))
    if len(shown) < len(found):
        out.print(f"{len(found) - len(shown):,} earlier entries; --all shows them.")


@app.command(epilog="Examples: polemos ledger show 12    polemos ledger show town-lost")
def show(
    what: Annotated[str, typer.Argument(help="Number of an entry, id of a question, or the beginning of its key.")],
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """A question in full with all that was said of it, or an entry in full."""
    from polemos.cli import printing
    from polemos.cli.ledger_tables import as_row, show_entries, states
    from polemos.forecast.ledger.entry import key

    with answered():
        rows, there = everything(place(ledger))
        if what.isdecimal() and len(what) < 12:
            chosen = [kept for kept in rows if kept.number == int(what)]
            if not chosen:
                raise Mistake(f"there is no entry {what}; the last is {len(rows)}")
        else:
            keys = {there.keys[row] for row in there.find(what)}
            chosen = [kept for kept in rows if key(kept.entry.question) in keys]
            if not chosen:
                raise Mistake(unknown(what, there))
        status = dict(zip(there.keys, states(there), strict=True))
    if json:
        printing.as_json([as_row(kept) | {"status": status[key(kept.entry.question)]} for kept in chosen])
        return
    show_entries(printing.console(), chosen, status)


@app.command(
    epilog='Examples: polemos ledger resolve treaty --outcome yes --citation "Gazette 12" --owner me'
    "    polemos ledger resolve --record my-war/"
)
def resolve(
    question: Annotated[str | None, typer.Argument(help="Id of a question, or the beginning of its key.")] = None,
    outcome: Annotated[str | None, typer.Option(help="yes, no or annulled.")] = None,
    quantity: Annotated[float | None, typer.Option(help="The quantity that came.")] = None,
    settled: Annotated[str | None, typer.Option(help="Day that settled it; default: that on which it closes.")] = None,
    record: Annotated[str | None, typer.Option(help="Scenario whose record settles what it can.")] = None,
    owner: Owner = "",
    citation: Citation = "",
    note: Note = "",
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Write down what came of a question, with a citation; or of all questions of a scenario, by its record."""
    from polemos.cli import printing
    from polemos.forecast.ledger.entry import entry
    from polemos.forecast.ledger.store import append

    with answered():
        path = place(ledger)
        if record is not None:
            if question is not None or outcome is not None or quantity is not None:
                raise Mistake("--record settles all questions of a scenario; leave the question and the outcome out")
            from polemos.forecast.ledger.scenario import settle
            from polemos.forecast.war import load

            done = settle(path, load(record), owner or "the record")
            if json:
                from polemos.cli.ledger_tables import as_row

                rows = [as_row(kept) for kept in done.added]
                printing.as_json({"added": rows, "open": done.open, "failed": done.failed})
                return
            tell(list(done.added), path, json=False, nothing="The record settles nothing new.")
            out = printing.console()
            if done.open:
                out.print(f"Open still: {', '.join(done.open)}.", markup=False)
            for line in done.failed:
                out.print(line, markup=False)
            return
        need(question, "QUESTION", "which question?")
        need(owner, "--owner", "who says so?")
        asked = find(path, question or "")
        values = {
            "kind": "resolution",
            "owner": owner,
            "question": asked,
            "outcome": outcome,
            "quantity": quantity,
            "settled": settled or asked.closes.isoformat(),
            "source": {"citation": citation},
            "note": note,
        }
        added = append(path, [entry(given(values))])
    tell(added, path, json=json)


@app.command(epilog='Example: polemos ledger dispute 17 --owner me --reason "The report was taken back."')
def dispute(
    number: Number,
    owner: Owner = "",
    reason: Annotated[str, typer.Option(help="What is wrong with the resolution.")] = "",
    citation: Citation = "",
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Dispute a resolution. It counts on, marked, until there is another one."""
    from polemos.forecast.ledger.entry import entry
    from polemos.forecast.ledger.store import append, entry_at

    with answered():
        need(owner, "--owner", "who says so?")
        path = place(ledger)
        values = {
            "kind": "dispute",
            "owner": owner,
            "question": entry_at(path, number).question,
            "of": number,
            "note": reason,
            "source": {"citation": citation},
        }
        added = append(path, [entry(given(values))])
    tell(added, path, json=json)


@app.command(epilog="Examples: polemos ledger score --by year    polemos ledger score --chart calibration.html")
def score(
    by: Annotated[str, typer.Option(help="Periods of the days that settled: all, year or month.")] = "all",
    taking: Annotated[str, typer.Option(help="Of several forecasts: last, first, or mean over time.")] = "last",
    against: Annotated[str, typer.Option(help="Owner to compare with, on shared questions.")] = "model",
    undisputed: Annotated[bool, typer.Option("--undisputed", help="Leave out what is disputed.")] = False,
    chart: Annotated[Path | None, typer.Option(help="Write the calibration chart: .html, .svg or .png.")] = None,
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Scores by owner and topic, with base rates and the model as competitors; and calibration."""
    from typing import cast

    from polemos.cli import ledger_tables, printing
    from polemos.forecast.ledger.table import table
    from polemos.score import ledger as scores

    with answered():
        for name, value, allowed in (
            ("--by", by, ("all", "year", "month")),
            ("--taking", taking, ("last", "first", "mean")),
        ):
            if value not in allowed:
                raise Mistake(f"{name} is {', '.join(allowed[:-1])} or {allowed[-1]}, not {value!r}")
        there = table(place(ledger))
        took = cast(scores.Taking, taking)
        rows, counts = scores.score(there, taking=took, by=cast(scores.By, by), undisputed=undisputed, rival=against)
        done, _ = scores.scored(there, undisputed=undisputed)
        names = [*dict.fromkeys(row.owner for row in rows), scores.BASE]
        curves = {name: scores.calibration(done, name) for name in names} if rows else {}
        spread = scores.spreads(there)
        if chart is not None:
            from polemos.report.ledger import write_calibration

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
    ledger_tables.show_scores(out, rows, counts, against)
    ledger_tables.show_spreads(out, spread)
    ledger_tables.show_calibration(out, curves)
    if chart is not None:
        out.print(f"Chart: {chart}", markup=False)


@app.command(epilog='Example: polemos ledger verify --head "polemos ledger 120 9f2c..."')
def verify(
    head: Annotated[str | None, typer.Option(help="A head line taken earlier, which must still hold.")] = None,
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Whether every entry is what was written: exit code 2 and the first bad entry where not."""
    from polemos.cli import printing
    from polemos.forecast.ledger.store import Head
    from polemos.forecast.ledger.verify import verify as check

    with answered():
        path = place(ledger)
        found = check(path, None if head is None else Head.read(head))
    if json:
        printing.as_json(
            {
                "whole": found.whole,
                "entries": found.entries,
                "head": None if found.head is None else str(found.head),
                "problem": found.problem,
                "first_bad_entry": found.first,
            }
        )
    elif found.whole:
        typer.echo(f"{path}: {found.entries:,} entries, all as written.\n{found.head}")
        if head is None:
            typer.echo("Whether later ones were cut off, or all written anew, only an earlier head line can tell.")
    else:
        typer.echo(f"polemos: {path}: {found.problem}", err=True)
    if not found.whole:
        raise typer.Exit(WRONG)


@app.command(epilog="Example: polemos ledger head")
def head(ledger: Ledger = None, json: Json = False) -> None:
    """A line that stands for the whole ledger: post it, and nobody can say later that it was written afterwards."""
    from polemos.cli import printing
    from polemos.forecast.ledger.store import head as head_line

    with answered():
        line = head_line(place(ledger))
    if json:
        printing.as_json({"entries": line.entries, "hash": line.hash.hex(), "line": str(line)})
    else:
        typer.echo(str(line))


@app.command(epilog="Examples: polemos ledger export ledger.jsonl    polemos ledger export forecasts.csv")
def export(
    out: Annotated[Path | None, typer.Argument(help="File, .jsonl or .csv; default: JSON Lines to stdout.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="CSV of question, probability and date.")] = False,
    ledger: Ledger = None,
) -> None:
    """The ledger as JSON Lines, whole; or its forecasts as CSV."""
    from polemos.forecast.ledger import exchange

    with answered():
        path = place(ledger)
        as_csv = csv or (out is not None and out.suffix.lower() == ".csv")
        lines = exchange.export_csv(path).splitlines() if as_csv else exchange.export_lines(path)
        if out is None:
            for line in lines:
                typer.echo(line)
            return
        try:
            with out.open("w", encoding="utf-8", newline="") as file:
                for line in lines:
                    file.write(line + "\n")
        except OSError as error:
            raise Mistake(f"{out} cannot be written: {error.strerror}") from None


@app.command(
    "import", epilog="Examples: polemos ledger import ledger.jsonl    polemos ledger import site.csv --owner me"
)
def import_file(
    file: Annotated[Path, typer.Argument(help="File, .jsonl or .csv; see docs/ledger.md.")],
    owner: Owner = "",
    topic: Annotated[str, typer.Option(help="Topic where the CSV has none.")] = "",
    closes: Annotated[str, typer.Option(help="Closing day where the CSV has none.")] = "",
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Add the entries of a file. A whole ledger into a new one keeps its times and its hashes."""
    from polemos.forecast.ledger import exchange

    with answered():
        path = place(ledger)
        try:
            text = file.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise Mistake(f"{file} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise Mistake(f"{file} is not UTF-8 text") from None
        if file.suffix.lower() == ".csv":
            added = exchange.import_csv(path, text, owner=owner, topic=topic, closes=closes)
        else:
            added = exchange.import_lines(path, text.split("\n"))
    tell(added, path, json=json, nothing="All of it stands there already; nothing was added.")


def register(simulation: Any, ledger: Path | None) -> tuple[int, Path]:
    """Write a run's forecasts down: how many, and where."""
    from polemos.forecast.ledger.register import register as write
    from polemos.report.ledger import entries

    with answered():
        path = place(ledger)
        return len(write(path, entries(simulation))), path


def given(values: dict[str, Any]) -> dict[str, Any]:
    """What was given of some options."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def need(value: str | None, option: str, question: str) -> None:
    """Raise `Mistake` where an option lacks."""
    if not value:
        raise Mistake(f"{question} give {option}")


def which(path: Path, text: str | None, question: str | None, scenario: str | None) -> Asked | None:
    """The question that is meant, None for a new one of one's own."""
    if (text is None) == (question is None):
        raise Mistake("give the text of a new question, or --question with the id of one there is")
    if question is None:
        return None
    if scenario is None:
        return find(path, question)
    from polemos.forecast.ledger.scenario import in_full
    from polemos.forecast.war import load
    from polemos.scenario.problems import nearest

    war = load(scenario)
    for one in war.questions:
        if one.id == question:
            return in_full(war, one)
    raise Mistake(f"no question {question!r} in {war.name}; {nearest(question, [one.id for one in war.questions])}")


def find(path: Path, name: str) -> Asked:
    """The one question of a ledger that an id or the beginning of a key means. Raises `Mistake`."""
    from polemos.forecast.ledger.entry import Asked
    from polemos.forecast.ledger.table import table

    there = table(path)
    rows = there.find(name)
    if len(rows) > 1:
        raise Mistake(
            f"{len(rows)} questions are called {name!r}; give one of the keys "
            + ", ".join(there.keys[r] for r in rows[:9])
        )
    if not rows:
        raise Mistake(unknown(name, there))
    return Asked.model_validate(there.asked[rows[0]])


def unknown(name: str, there: Table) -> str:
    """What is said of a question that is not there."""
    from polemos.scenario.problems import nearest

    return f"no question {name[:80]!r} in the ledger; {nearest(name, [one['id'] for one in there.asked])}"


def everything(path: Path) -> tuple[list[Kept], Table]:
    """All entries, and the ledger as columns."""
    from polemos.forecast.ledger.store import Kept, contents, parsed, reading
    from polemos.forecast.ledger.table import gather

    with reading(path) as connection:
        raw = list(contents(connection))
    there = gather((number, content) for number, content, _ in raw)
    return [Kept(number, hash, parsed(number, content)) for number, content, hash in raw], there


def points(text: str) -> dict[str, Any]:
    """Quantiles from `5%=10,50%=40,95%=inf`. Raises `Mistake`."""
    try:
        pairs = [part.split("=") for part in text.split(",")]
        levels = [round(float(level.strip().removesuffix("%")) / 100, 6) for level, _ in pairs]
        values = ["inf" if value.strip() == "inf" else float(value) for _, value in pairs]
    except ValueError:
        raise Mistake(f"{text[:80]!r} are no quantiles; write 5%=10,50%=40,95%=inf") from None
    return {"levels": levels, "values": values}


def tell(added: list[Kept], path: Path, *, json: bool, nothing: str = "Nothing was added.") -> None:
    """What was written down."""
    from polemos.cli import printing
    from polemos.cli.ledger_tables import as_row, says
    from polemos.forecast.ledger.store import Head

    if json:
        printing.as_json([as_row(kept) for kept in added])
        return
    if not added:
        typer.echo(nothing)
        return
    if len(added) == 1:
        one = added[0].entry
        typer.echo(f"Entry {added[0].number}: {one.kind} of {one.owner} on {one.question.id}: {says(added[0])}.")
    else:
        typer.echo(f"Entries {added[0].number} to {added[-1].number} ({len(added)}).")
    typer.echo(str(Head(added[-1].number, added[-1].hash)))
    typer.echo(f"Ledger: {path}")
