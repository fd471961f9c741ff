"""`polemos ledger add`, `withdraw`, `resolve`, `dispute` and `import`: what writes to a ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake
from polemos.cli.ledger.options import Citation, Ledger, Note, Number, Owner, answered, place
from polemos.cli.ledger.read import find
from polemos.cli.options import Json

if TYPE_CHECKING:
    from polemos.ledger.chain import Kept
    from polemos.ledger.entries import Asked


def add(
    text: Annotated[str | None, typer.Argument(help="The question in full, such that it can be settled.")] = None,
    probability: Annotated[str | None, typer.Option(help="Probability of yes: 0.3 or 30%.")] = None,
    choice: Annotated[
        list[str] | None,
        typer.Option(
            help="OPTION=PROBABILITY of a multiple-choice question, such as north=30%; give it once for each option."
        ),
    ] = None,
    quantiles: Annotated[
        str | None, typer.Option(help="Quantiles of the quantity, such as 5%=10,50%=40,95%=inf.")
    ] = None,
    owner: Owner = "",
    closes: Annotated[str | None, typer.Option(help="Last day that the question is about, YYYY-MM-DD.")] = None,
    topic: Annotated[str, typer.Option(help="Topic; scores are listed by topic.")] = "",
    unit: Annotated[str, typer.Option(help="Unit of the quantity.")] = "",
    criteria: Annotated[str, typer.Option(help="How the question will be settled.")] = "",
    id: Annotated[str | None, typer.Option(help="A short name; default: made of the text.")] = None,
    question: Annotated[str | None, typer.Option(help="Id of a question of the ledger, or of the scenario.")] = None,
    scenario: Annotated[str | None, typer.Option(help="Scenario whose question it is.")] = None,
    origin: Annotated[str | None, typer.Option(help="Last day of the information used; default: today.")] = None,
    made: Annotated[str | None, typer.Option(help="When it was made, if not now.")] = None,
    citation: Citation = "",
    note: Note = "",
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Write down a forecast. A second one of the same owner on the same question revises the first."""
    import datetime

    from polemos.ledger import import_export
    from polemos.ledger.entries import entry, question_of
    from polemos.ledger.register import register

    with answered():
        need(owner, "--owner", "who says so?")
        path = place(ledger)
        question_entry = which(path, text, question, scenario)
        chances = option_probabilities(choice or [])
        if question_entry is None:
            need(closes, "--closes", "when does the question close?")
            words = {
                "id": id or import_export.slug(text or ""),
                "text": text,
                "closes": closes,
                "topic": topic,
                "unit": unit,
                "criteria": criteria,
                "options": list(chances),
            }
            question_entry = question_of({name: value for name, value in words.items() if value})
        values: dict[str, Any] = {
            "kind": "forecast",
            "owner": owner,
            "question": question_entry,
            "made": made,
            "origin": origin or (made or datetime.datetime.now(datetime.UTC).date().isoformat())[:10],
            "source": {"citation": citation},
            "note": note,
        }
        if probability is not None:
            values["probability"] = import_export.probability(probability)
        if quantiles is not None:
            values["quantiles"] = points(quantiles)
        if chances:
            values["choices"] = in_order(chances, question_entry.options)
        added = register(path, [entry(given_options(values))])
    tell(added, path, json=json, nothing="The ledger has this forecast already; nothing was added.")


def withdraw(number: Number, note: Note = "", ledger: Ledger = None, json: Json = False) -> None:
    """Withdraw an entry from now on; it can still be read. Nothing can be withdrawn once a question is resolved."""
    from polemos.ledger.chain import append, entry_at
    from polemos.ledger.entries import Entry

    with answered():
        path = place(ledger)
        old = entry_at(path, number)
        new = Entry(kind="withdrawal", owner=old.owner, question=old.question, of=number, note=note)
        added = append(path, [new])
    tell(added, path, json=json)


def resolve(
    question: Annotated[str | None, typer.Argument(help="Id of a question, or the beginning of its key.")] = None,
    outcome: Annotated[str | None, typer.Option(help="yes, no or annulled.")] = None,
    choice: Annotated[str | None, typer.Option(help="The option that came true.")] = None,
    quantity: Annotated[float | None, typer.Option(help="The quantity that was measured.")] = None,
    settled: Annotated[
        str | None, typer.Option(help="Day that settled it; default: the day on which the question closes.")
    ] = None,
    record: Annotated[
        str | None, typer.Option(help="Scenario whose record resolves the questions that it can.")
    ] = None,
    owner: Owner = "",
    citation: Citation = "",
    note: Note = "",
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Resolve a question with a citation, or all questions of a scenario by its record."""
    from polemos.cli import printing
    from polemos.ledger.chain import append
    from polemos.ledger.entries import entry

    with answered():
        path = place(ledger)
        if record is not None:
            if any(one is not None for one in (question, outcome, choice, quantity)):
                raise Mistake("--record settles all questions of a scenario; leave the question and the outcome out")
            from polemos.ledger.from_war import settle
            from polemos.war.war import load

            settlement = settle(path, load(record), owner or "the record")
            if json:
                from polemos.cli.ledger.tables import as_row

                rows = [as_row(addition) for addition in settlement.added]
                printing.as_json({"added": rows, "open": settlement.open, "failed": settlement.failed})
                return
            tell(list(settlement.added), path, json=False, nothing="The record settles nothing new.")
            out = printing.console()
            if settlement.open:
                out.print(f"Open still: {', '.join(settlement.open)}.", markup=False)
            for line in settlement.failed:
                out.print(line, markup=False)
            return
        need(question, "QUESTION", "which question?")
        need(owner, "--owner", "who says so?")
        question_entry = find(path, question or "")
        values = {
            "kind": "resolution",
            "owner": owner,
            "question": question_entry,
            "outcome": outcome,
            "quantity": quantity,
            "choice": choice,
            "settled": settled or question_entry.closes.isoformat(),
            "source": {"citation": citation},
            "note": note,
        }
        added = append(path, [entry(given_options(values))])
    tell(added, path, json=json)


def dispute(
    number: Number,
    owner: Owner = "",
    reason: Annotated[str, typer.Option(help="What is wrong with the resolution.")] = "",
    citation: Citation = "",
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Dispute a resolution. It still counts, with a mark, until there is another one."""
    from polemos.ledger.chain import append, entry_at
    from polemos.ledger.entries import entry

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
        added = append(path, [entry(given_options(values))])
    tell(added, path, json=json)


def import_file(
    file: Annotated[Path, typer.Argument(help="File, .jsonl, .csv, or .json of Metaculus; see docs/ledger.md.")],
    owner: Owner = "",
    topic: Annotated[str, typer.Option(help="Topic where the CSV has none.")] = "",
    closes: Annotated[str, typer.Option(help="Closing day where the CSV has none.")] = "",
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """Add the entries of a file. A whole ledger into a new one keeps its times and its hashes."""
    from polemos.ledger import import_export

    with answered():
        path = place(ledger)
        try:
            text = file.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise Mistake(f"{file} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise Mistake(f"{file} is not UTF-8 text") from None
        if file.suffix.lower() == ".json":
            need(owner, "--owner", "whose forecasts are these?")
            added = from_metaculus(path, file, text, owner, topic, quiet=json)
        elif file.suffix.lower() == ".csv":
            added = import_export.import_csv(path, text, owner=owner, topic=topic, closes=closes)
        else:
            added = import_export.import_lines(path, text.split("\n"))
    tell(added, path, json=json, nothing="The ledger has all of it already; nothing was added.")


def from_metaculus(path: Path, file: Path, text: str, owner: str, topic: str, *, quiet: bool) -> list[Kept]:
    """Add the questions and forecasts of a saved file of Metaculus. Raises `LedgerError`."""
    from polemos.cli import printing
    from polemos.ledger import metaculus
    from polemos.ledger.canonical import parse
    from polemos.ledger.register import register

    try:
        plain = parse(text)
    except ValueError as error:
        raise Mistake(f"{file}: is no JSON ({error}); save the page of the question anew") from None
    if isinstance(plain, list) and plain and all(isinstance(one, dict) and "probability_yes" in one for one in plain):
        return register(path, metaculus.read_payload(path, plain, owner))
    posts = metaculus.read_posts(plain, owner, topic)
    if posts.left_out and not quiet:
        counts = ", ".join(f"{count} {what}" for what, count in posts.left_out.most_common())
        printing.say(f"Left out: {counts}.")
    return register(path, posts.entries)


def register(simulation: Any, ledger: Path | None) -> tuple[int, Path]:
    """Write a run's forecasts down: how many, and where."""
    from polemos.ledger.register import register as write
    from polemos.report.charts.ledger import entries

    with answered():
        path = place(ledger)
        return len(write(path, entries(simulation))), path


def given_options(values: dict[str, Any]) -> dict[str, Any]:
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
    from polemos.ledger.from_war import in_full
    from polemos.scenario.errors import nearest
    from polemos.war.war import load

    war = load(scenario)
    for one in war.questions:
        if one.id == question:
            return in_full(war, one)
    raise Mistake(f"no question {question!r} in {war.name}; {nearest(question, [one.id for one in war.questions])}")


def option_probabilities(texts: list[str]) -> dict[str, float]:
    """Options with their probabilities. Raises `Mistake`."""
    from polemos.ledger.import_export import probability

    probabilities: dict[str, float] = {}
    for text in texts:
        name, sign, chance = text.rpartition("=")
        if not sign or not name.strip() or name.strip() in probabilities:
            raise Mistake(f"--choice {text[:80]!r} is not OPTION=PROBABILITY, each option once; write north=30%")
        probabilities[name.strip()] = probability(chance)
    return probabilities


def in_order(chances: dict[str, float], options: tuple[str, ...]) -> list[float]:
    """The probabilities in the order of the options. Raises `Mistake`."""
    if set(chances) != set(options):
        raise Mistake(f"give --choice once for each of {', '.join(options) or 'the options: this question has none'}")
    return [chances[name] for name in options]


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
    from polemos.cli.ledger.tables import as_row, says
    from polemos.ledger.chain import Head

    if json:
        printing.as_json([as_row(entry) for entry in added])
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
