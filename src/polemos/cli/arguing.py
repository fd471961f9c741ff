"""`polemos argument` and `polemos what-if`: who claimed what, what came of it, and what if."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, told
from polemos.cli.options import Json, Origin, Runs, Scenario, Seed, Theory, Threads, To, parse_day, say_if_cold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polemos.argument.claims import Argument, Claim, Experiment
    from polemos.forecast.pairs import Pair
    from polemos.forecast.questions import Question
    from polemos.forecast.war import War
    from polemos.forecast.whatif import WhatIf

ARGUMENT = (
    "Examples: polemos argument caliphate --kind P    polemos argument caliphate P17    "
    "polemos argument caliphate --scores"
)
WHAT_IF = (
    "Examples: polemos what-if caliphate --claim C3    polemos what-if my-war/ --set supports.PATRON=0@2015-09-30    "
    "polemos what-if my-war/ --set beta_t=0"
)
MOST_EFFECTS = 12
SURE = 0.475
"""Distance from one half of a probability at which nearly every member answers alike."""
LEAST = 0.05
"""Share of its factual median that a series must move by to be shown."""


def argument(
    scenario: Scenario,
    item: Annotated[str | None, typer.Argument(metavar="[ID]", help="One claim in full.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="F facts, M mechanisms, P forecasts, R rival, C counterfactuals, D disputes.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Whose claims.")] = None,
    scores: Annotated[bool, typer.Option("--scores", help="Scores of the author and the rival.")] = False,
    runs: Runs = Path("runs"),
    out: Annotated[Path | None, typer.Option(help="Write the inventory as a page.")] = None,
    json: Json = False,
) -> None:
    """The claims of the argument: whose, what carries each, and what came of it."""
    from polemos.cli import printing
    from polemos.forecast.war import load
    from polemos.report import argument as page

    with told():
        war = load(scenario)
        whole = argument_of(war)
        if item is not None:
            claim = claim_of(whole, item)
        claims = chosen(whole, kind, owner)
        if item is not None and (scores or kind or owner):
            raise Mistake("give an ID, or --kind, --owner and --scores, not both")
        if out is not None:
            write(out, page.page(whole.title, page.section(whole, [claim] if item is not None else claims)))
    if scores:
        table = scores_of(war, whole)
        if json:
            printing.as_json(table)
        else:
            show_scores(table)
        return
    if item is not None:
        found = in_full(war, claim, runs)
        if json:
            printing.as_json(found)
        else:
            show_claim(found)
        return
    if json:
        printing.as_json(page.inventory_json(whole, claims))
        return
    rows = [
        (
            c.id,
            escaped(c.owner),
            ", ".join(map(str, c.paragraphs)),
            escaped(c.text),
            coding(c),
            page.outcome(c),
            escaped(page.carried(c)),
        )
        for c in claims
    ]
    heads = ("id", "owner", "¶", "claim", "coding", "outcome", "carried by")
    printing.console().print(printing.table(whole.title, heads, rows))
    typer.echo(f"\n{coverage_line(whole)}.")
    if out is not None:
        typer.echo(f"Page: {out}")


def what_if(
    scenario: Scenario,
    claim: Annotated[str | None, typer.Option(help="A counterfactual claim of the argument, such as C3.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="A change, NAME=VALUE or NAME=VALUE@DAY, see above; may be repeated."),
    ] = None,
    without: Annotated[list[str] | None, typer.Option(help="Process that is off in one of the runs.")] = None,
    added: Annotated[list[str] | None, typer.Option("--with", help="Process that runs in both, besides.")] = None,
    question: Annotated[list[str] | None, typer.Option(help="Question to ask; default: those of the claim.")] = None,
    origin: Origin = None,
    to: To = None,
    members: Annotated[int, typer.Option(min=2, help="Simulated wars, each run with and without the change.")] = 200,
    seed: Seed = 1,
    inputs: Annotated[
        str | None, typer.Option(help="actual: supports and relations as they came, the default; known.")
    ] = None,
    theory: Theory = "neutral",
    probability: Annotated[
        float | None, typer.Option(help="The change comes about in this share of the wars; default: the claim's, or 1.")
    ] = None,
    threads: Threads = None,
    runs: Runs = Path("runs"),
    out: Annotated[Path | None, typer.Option(help="Write the result: a page, or JSON where it ends in .json.")] = None,
    json: Json = False,
) -> None:
    """Simulate with and without a change, every draw shared, and say what differs.

    What can be set: supports.PATRON.CLIENT.KIND=FACTOR, gives.PATRON.CLIENT.KIND=SCALE, relations.A.B=KIND,
    claims.ORGANISATION=0, leaders.ORGANISATION=dead, losses.ORGANISATION=SHARE, pins.PLACE=1, processes.NAME=off,
    PARAMETER=VALUE.
    """
    import time

    from polemos.cli import printing
    from polemos.forecast import whatif
    from polemos.forecast.war import load
    from polemos.report import argument as page

    with told():
        war = load(scenario)
        until = None if to is None else parse_day(to)
        made = experiment_of(war, claim, [*(changes or ()), *(f"processes.{name}=off" for name in without or ())])
        if added:
            made = made.model_copy(update={"processes": tuple(dict.fromkeys((*made.processes, *added)))})
        if inputs is not None:
            made = made.model_copy(update={"inputs": inputs})
        if probability is not None:
            if not 0 < probability <= 1:
                raise Mistake(f"probability {probability:g}; write a number above 0 and at most 1")
            made = made.model_copy(update={"probability": probability})
        start = origin if origin is not None else made.origin
        if start is None:
            start = whatif.first_day(war, made)
        asked = questions_of(war, claim, question or (), war.origin(start))
        say_if_cold(quiet=json)
        began = time.perf_counter()
        pair, games = whatif.pair_of(
            war,
            made,
            asked,
            origin=start,
            until=until,
            members=members,
            seed=seed,
            theory=theory,
            threads=threads,
            keep=runs,
            tell=None if json else teller(),
        )
        text = argument_of(war).claim(claim).text if claim else ""
        seconds = time.perf_counter() - began
        found = whatif.account(war, made, asked, pair, games, claim or "", text, seconds)
        if out is not None:
            if out.suffix == ".json":
                import json as writer

                values = printing.finite(page.whatif_json(found))
                write(out, writer.dumps(values, indent=2, ensure_ascii=False, default=str) + "\n")
            else:
                write(out, page_of(war, scenario, made, pair, page.whatif_json(found), theory))
    if json:
        printing.as_json(page.whatif_json(found))
        return
    show_what_if(found, limited=claim is None and not question)
    if out is not None:
        typer.echo(f"Written: {out}")


def page_of(war: War, scenario: str, made: Experiment, pair: Pair, account: dict[str, Any], theory: str) -> str:
    """The what-if page of a pair, as one file."""
    from dataclasses import replace

    from polemos.app import export
    from polemos.app.state import of_experiment

    plan = pair.factual
    state = of_experiment(war, made, account["claim"], plan.members, plan.seed)
    state = replace(state, origin=str(plan.origin), to=str(plan.until), theory=theory)
    return export.page(war, state, scenario, pair, account)


def argument_of(war: War) -> Argument:
    """The argument of a war. Raises `Mistake` where nobody's is coded."""
    if war.argument is None:
        raise Mistake(f"{war.name} has no argument.yaml; `polemos read` drafts one from an article")
    return war.argument


def claim_of(argument: Argument, identifier: str) -> Claim:
    """A claim by id. Raises `Mistake` naming the nearest."""
    from polemos.scenario.problems import nearest

    there = [claim.id for claim in argument.claims]
    if identifier not in there:
        raise Mistake(f"no claim {identifier!r}; {nearest(identifier, there)}")
    return argument.claim(identifier)


def chosen(argument: Argument, kind: str | None, owner: str | None) -> tuple[Claim, ...]:
    """Claims of a kind (its letter or its name) and an owner. Raises `Mistake`."""
    from polemos.argument.claims import LETTERS
    from polemos.scenario.problems import nearest

    named = None
    if kind is not None:
        named = LETTERS.get(kind.upper(), kind.lower().removesuffix("s"))
        if named not in LETTERS.values():
            raise Mistake(f"no kind {kind!r}; there are {', '.join(f'{a} ({b})' for a, b in LETTERS.items())}")
    owners = sorted({claim.owner for claim in argument.claims})
    if owner is not None and owner not in owners:
        raise Mistake(f"nobody called {owner!r} claims anything; {nearest(owner, owners)}")
    return argument.select(named, owner)


def experiment_of(war: War, claim: str | None, changes: Sequence[str]) -> Experiment:
    """The experiment of a claim, or of changes as written. Raises `Mistake`."""
    from polemos.argument.changes import read_change
    from polemos.argument.claims import Experiment

    if bool(claim) == bool(changes):
        raise Mistake("give one of --claim, or --set and --without; see polemos what-if --help")
    if claim:
        found = claim_of(argument_of(war), claim)
        if found.experiment is None:
            able = [one.id for one in argument_of(war).claims if one.experiment]
            raise Mistake(f"{claim} is no counterfactual with an experiment; there are {', '.join(able)}")
        return found.experiment
    try:
        read = tuple(str(read_change(change)) for change in changes)
    except ValueError as error:
        raise Mistake(str(error)) from None
    return Experiment(text=", ".join(read), changes=read)


def questions_of(war: War, claim: str | None, named: Sequence[str], origin: Any) -> tuple[Question, ...]:
    """The questions that are named, or those of the claim, or those asked at the origin. Raises `Mistake`."""
    from polemos.scenario.problems import nearest

    there = {question.id: question for question in war.questions}
    for name in named:
        if name not in there:
            raise Mistake(f"no question {name!r}; {nearest(name, there)}")
    if named:
        return tuple(there[name] for name in named)
    if claim:
        return tuple(there[name] for name in argument_of(war).claim(claim).questions)
    return war.asked(origin)


def coding(claim: Claim) -> str:
    """Low, middle and high."""
    return f"{claim.coding.low:g} {claim.coding.mid:g} {claim.coding.high:g}" if claim.coding else ""


def coverage_line(argument: Argument) -> str:
    """How much of the argument is carried."""
    from polemos.argument.coverage import line

    return line(argument)


def in_full(war: War, claim: Claim, runs: Path) -> dict[str, Any]:
    """A claim with its questions, the model's answer of a kept run, and the outcome on the record."""
    from polemos.forecast.resolve import resolve

    questions = {question.id: question for question in war.questions}
    asked = []
    for name in claim.questions:
        question = questions[name]
        came = resolve(question, war.world, draws=0)
        asked.append(
            {
                "question": name,
                "asked": question.asked,
                "origin": str(question.origin),
                "model": kept_answer(war, question, runs),
                "outcome": came.value,
                "date": None if came.date is None else str(came.date),
                "source": came.source,
            }
        )
    values = claim.model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in values.items() if value not in ("", [], {})} | {"questions": asked}


def kept_answer(war: War, question: Question, runs: Path) -> dict[str, Any] | None:
    """The model's answer in the largest finished run that is kept of the question's origin, without changes."""
    import numpy as np

    from polemos.ensemble import folder as disk
    from polemos.ensemble.plan import PlanError
    from polemos.ensemble.run import reopen
    from polemos.forecast.evaluate import reducer, summarise

    best: tuple[int, Path] | None = None
    for place in sorted(runs.glob("*")) if runs.is_dir() else ():
        about = disk.readable(place)
        plan = about["plan"] if about and about["finished"] else {}
        if plan.get("scenario") != war.name or plan["origin"] != str(question.origin) or plan.get("changes"):
            continue
        if best is None or plan["members"] > best[0]:
            best = plan["members"], place
    if best is None:
        return None
    try:
        run = reopen(best[1], war.world, reducer([question]))
    except (PlanError, ValueError):
        return None
    answer = summarise(question, np.asarray(run.verdicts[question.id]))
    return {
        "probability": answer.probability,
        "error": answer.error,
        "status": answer.status,
        "members": best[0],
        "folder": str(best[1]),
    }


def show_claim(found: dict[str, Any]) -> None:
    """One claim in full."""
    from polemos.cli import printing

    answers = {1: "yes", 0: "no", None: "open"}
    said = [
        (name.replace("_", " "), _plain(found[name]))
        for name in found
        if name not in ("id", "questions", "outcome", "carrier", "experiment", "answerable")
    ]
    carrier = found["carrier"]
    said.append(("carried by", ", ".join([carrier["by"], *carrier["processes"], carrier["reason"]]).rstrip(", ")))
    if "outcome" in found:
        came = found["outcome"]
        parts = [answers[came.get("value")], came.get("date", ""), came["source"], f"grade {came['grade']}"]
        said.append(("outcome", ", ".join(part for part in parts if part)))
        if came.get("note"):
            said.append(("what happened", came["note"]))
    for question in found["questions"]:
        model = question["model"]
        said.append(("question", f"{question['question']}: {question['asked']}"))
        if model is None:
            said.append(("model", "no run of its origin is kept; polemos run makes one"))
        elif model["probability"] is None:
            said.append(("model", model["status"]))
        else:
            shown = printing.percent(model["probability"], model["error"])
            said.append(("model", f"{shown} ({model['members']} members, {model['folder']})"))
        parts = [answers[question["outcome"]], question["date"] or "", question["source"]]
        said.append(("came", ", ".join(part for part in parts if part)))
    if "experiment" in found:
        made = found["experiment"]
        changes = made["changes"] or [change for one in made["players"].values() for change in one]
        said.append(("experiment", f"{made['text']} ({', '.join(changes)})"))
        said.append(("run it", f"polemos what-if SCENARIO --claim {found['id']}"))
    out = printing.console()
    out.print(printing.table(found["id"], ("", ""), [(name, escaped(text)) for name, text in said]))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return str(value)


def scores_of(war: War, argument: Argument) -> dict[str, Any]:
    """Scores by both sets of outcomes, where they differ, and the paired contrasts."""
    from polemos.forecast.resolve import resolve_all
    from polemos.score import argument as scoring

    resolved = {one.question: one.value for one in resolve_all(war.questions, war.world, draws=0)}
    stated = scoring.stated(argument)
    record = scoring.on_record(argument, resolved)
    return {
        "scores": [
            asdict(row)
            for name, outcomes in (("stated", stated), ("record", record))
            for row in scoring.scores(argument, outcomes, name)
        ],
        "differ": sorted(name for name in stated if stated[name] != record[name]),
        "open": sorted(name for name in stated if stated[name] is None),
        "contrasts": [asdict(row) for row in scoring.contrasts(argument, record)],
    }


def show_scores(table: dict[str, Any]) -> None:
    """The scores in the terminal."""
    from polemos.cli import printing

    out = printing.console()
    rows = {(row["who"], row["by"], row["name"], row["outcomes"]): row for row in table["scores"]}
    cells = []
    for (who, by, name, outcomes), row in rows.items():
        if outcomes != "stated":
            continue
        other = rows.get((who, by, name, "record"))
        span = row["interval"]
        cells.append(
            (
                who,
                name if by != "all" else "all",
                f"{row['claims']} ({row['yes']} yes)",
                f"{row['brier']:.2f} [{row['alike_low']:.2f}-{row['alike_high']:.2f}]",
                f"{row['own_low']:.2f}-{row['own_high']:.2f}",
                "" if span["low"] is None else f"{span['low']:.2f}-{span['high']:.2f} of {row['mechanisms']}",
                f"{row['log2']:.2f}",
                "" if other is None else f"{other['brier']:.2f}",
                "" if row["base"] is None else f"{row['base']:.2f} ({row['on_base']:.2f}, {row['based']})",
            )
        )
    heads = (
        "who",
        "claims about",
        "resolved",
        "Brier, coding",
        "each at its best, worst",
        "90 % over mechanisms",
        "log2",
        "on the record",
        "base rate",
    )
    out.print(printing.table("Scores of the words (0 is perfect; always one half: Brier 0.25, log2 1)", heads, cells))
    typer.echo("\nBase rate: Brier of the reference class (of the words on the same claims, how many).")
    differ = ", ".join(table["differ"]) or "none"
    typer.echo(f"The record answers otherwise than the file: {differ}. Open on purpose: {', '.join(table['open'])}.")
    for row in table["contrasts"]:
        base = "" if row["base_rate"] is None else f", reference class {row['base_rate']:.2f}"
        came = {True: "it came", False: "it did not come", None: "open"}[row["happened"]]
        typer.echo(
            f"{row['first']} against {row['second']}, the same event: {row['first_probability']:.2f} against "
            f"{row['second_probability']:.2f}{base}; {came}."
        )
        if row["difference"] is not None:
            base = "" if row["base_brier"] is None else f", reference class {row['base_brier']:.2f}"
            typer.echo(
                f"  Brier {row['first_brier']:.2f} against {row['second_brier']:.2f}{base}; difference "
                f"{row['difference']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}] over both codings."
            )
    typer.echo("The strict questions were written with the outcomes known: a check and a pattern, no verdict.")


def show_what_if(found: WhatIf, *, limited: bool) -> None:
    """A paired experiment in the terminal."""
    from polemos.cli import printing
    from polemos.report.argument import difference

    out = printing.console()
    if found.claim:
        typer.echo(f"{found.claim}: {found.text}.")
    typer.echo(f"Changed: {', '.join(found.changes)}.")
    if found.probability < 1:
        typer.echo(f"The change comes about in {100 * found.probability:.0f} % of the members.")
    typer.echo(f"{found.origin} to {found.until}, {found.members} members, inputs {found.inputs}, seed {found.seed}.")
    effects = list(found.effects)
    if limited:
        effects = sorted(effects, key=lambda one: -abs(one.difference))[:MOST_EFFECTS]
    cells = [
        (
            escaped(one.title),
            printing.percent(one.factual),
            printing.percent(one.counterfactual),
            difference(one),
            f"{one.gained} to yes, {one.lost} to no, of {one.members}",
            "" if one.shift is None else f"{one.shift[2]:+.0f} [{one.shift[0]:+.0f}, {one.shift[4]:+.0f}] days",
        )
        for one in effects
    ]
    if cells:
        heads = ("question", "factual", "with the change", "points, 90 %", "members that flip", "time")
        out.print()
        out.print(printing.table("Probability of yes", heads, cells, right=heads[1:4]))
    if len(effects) < len(found.effects):
        typer.echo(f"{len(found.effects) - len(effects)} questions that move less are not shown; --json has all.")
    alike = [one.title for one in effects if all(abs(p - 0.5) > SURE for p in (one.factual, one.counterfactual))]
    if alike:
        typer.echo(f"Nearly every member answers alike with and without, so little can show: {'; '.join(alike)}.")
    if found.silent:
        typer.echo(f"No answer within the run: {', '.join(found.silent)}.")
    rows = [row for row in map(shift_cells, (*found.shifts, *found.extra)) if row is not None]
    if rows:
        ends = ("organisation", "", "factual", "with the change", "paired difference [5 %, 95 %]")
        out.print()
        out.print(
            printing.table(f"On {found.until}, medians; what hardly moves is left out", ends, rows, right=ends[2:])
        )
    for game in found.games:
        show_game(game)
    low, middle, high = (signed(found.deaths[k], printing.people) for k in (0, 2, 4))
    typer.echo(f"\nBattle deaths: {middle} [{low}, {high}] with the change.")
    if found.first is None:
        typer.echo("In no member does anybody hold another place at any time.")
    else:
        typer.echo(
            f"In {100 * found.parted:.0f} % of the members somebody holds another place at some time, first on "
            f"{found.first} (median {found.median})."
        )
    gains = [one.gain for one in found.effects] + [one.gain for one in found.shifts]
    worth = sorted(gain for gain in gains if gain is not None)
    if worth:
        half = worth[len(worth) // 2]
        typer.echo(
            f"Pairing: two runs that share no draw would need {half:.1f} times as many members for the same errors "
            f"(middle of the rows above; {worth[0]:.1f} to {worth[-1]:.1f})."
        )
    for text in (found.note, found.thin):
        if text:
            typer.echo(f"Note: {text.rstrip('.')}.")
    typer.echo(found.sentence)


def shift_cells(shift: Any) -> tuple[str, ...] | None:
    """A series of an organisation as cells, None where it moves by less than `LEAST` in nine members of ten."""
    from polemos.cli import printing
    from polemos.forecast.whatif import SERIES

    def show(value: float) -> str:
        if shift.series not in SERIES:
            return f"{value:.3g}"
        return f"{value:.0f}" if shift.series == "places" else printing.people(value)

    low, middle, high = (shift.difference[k] for k in (0, 2, 4))
    if max(abs(low), abs(high)) < LEAST * max(abs(shift.factual), 1e-9):
        return None
    spread = f"{signed(middle, show)} [{signed(low, show)}, {signed(high, show)}]"
    return shift.organisation, shift.series, show(shift.factual), show(shift.counterfactual), spread


def show_game(game: Any) -> None:
    """Shapley values in the terminal."""
    from polemos.cli import printing

    def show(value: float) -> str:
        return printing.people(value) if game.unit == "people" else f"{value:.{1 if game.unit else 3}f}"

    cells = [
        (share.player, signed(share.value, show), f"{signed(share.low, show)} to {signed(share.high, show)}")
        for share in game.shares
    ]
    out = printing.console()
    out.print()
    title = f"Shapley values: {escaped(game.subject)}, {game.measure}"
    out.print(printing.table(title, ("", "share", "90 %"), cells))
    whole = max(game.values, key=len)
    typer.echo(f"With all of them {show(game.values[whole])}, without any {show(game.values[()])} {game.unit}".rstrip())


def signed(value: float, show: Any) -> str:
    """A number with its sign."""
    return ("-" if value < 0 else "+" if value > 0 else "") + str(show(abs(value)))


def escaped(text: str) -> str:
    """Text whose brackets are no markup."""
    from rich.markup import escape

    return escape(text)


def teller() -> Any:
    """Says what is being run, on stderr, where somebody looks."""
    import sys

    return (lambda what: typer.echo(f"Simulating {what}", err=True)) if sys.stderr.isatty() else None


def write(path: Path, text: str) -> None:
    """Write a file. Raises `Mistake`."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({error.strerror})") from None
