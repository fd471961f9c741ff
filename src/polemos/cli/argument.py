"""`polemos argument`: who claimed what, what models it, and what happened."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import ArgumentFile, Json, Runs, Scenario, Seed, Threads, Wide, say_if_cold

if TYPE_CHECKING:
    from polemos.argument.claims import Argument, Claim
    from polemos.counterfactual.sentences import Effect
    from polemos.questions.questions import Question
    from polemos.war.statement_table import Row
    from polemos.war.war import War

ARGUMENT = (
    "Examples: polemos argument caliphate --kind P    polemos argument caliphate CLAIM    "
    "polemos argument caliphate --scores    polemos argument caliphate --answers    "
    "polemos argument caliphate --counterfactuals"
)


def argument(
    scenario: Scenario,
    item: Annotated[str | None, typer.Argument(metavar="[ID]", help="One claim in full.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="F facts, M mechanisms, P forecasts, R rival, C counterfactuals, D disputes.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Whose claims.")] = None,
    scores: Annotated[bool, typer.Option("--scores", help="Scores of the author and the rival.")] = False,
    answers: Annotated[
        bool, typer.Option("--answers", help="Ask every statement on its own day, in the runs that this takes.")
    ] = False,
    counterfactuals: Annotated[
        bool, typer.Option("--counterfactuals", help="Run every counterfactual claim: a sentence each.")
    ] = False,
    members: Annotated[
        int, typer.Option(min=2, max=1_000_000, help="Simulated wars a run, for --answers and --counterfactuals.")
    ] = 200,
    seed: Seed = 1,
    threads: Threads = None,
    argument_file: ArgumentFile = None,
    runs: Runs = Path("runs"),
    out: Annotated[Path | None, typer.Option(help="Write the inventory as a page.")] = None,
    wide: Wide = False,
    json: Json = False,
) -> None:
    """The claims of the argument: their owner, what models each of them, and how it turned out."""
    from polemos.cli import printing
    from polemos.cli.tables.argument import show_claim, show_scores
    from polemos.report.html import argument as page
    from polemos.war.war import load

    with reporting_mistakes():
        war = load(scenario).with_argument(argument_file)
        whole = argument_of(war)
        if item is not None:
            claim = claim_of(whole, item)
        claims = choose_claims(whole, kind, owner)
        simulating = answers or counterfactuals
        if item is not None and (scores or simulating or kind or owner):
            raise Mistake("give an ID, or --kind, --owner, --scores, --answers and --counterfactuals, not both")
        if simulating and (scores or kind or owner or answers == counterfactuals):
            raise Mistake("--answers and --counterfactuals list the claims of both sides; give one of them alone")
        if out is not None:
            printing.write(out, page.page(whole.title, page.section(whole, [claim] if item is not None else claims)))
        if answers:
            say_if_cold(quiet=json)
            rows = answered(war, whole, members, seed, threads, runs, quiet=json)
        if counterfactuals:
            say_if_cold(quiet=json)
            effects = measured(war, whole, members, seed, threads, quiet=json)
    if counterfactuals:
        from polemos.cli.tables.counterfactuals import effects_json, show_effects

        if json:
            printing.as_json(effects_json(effects, members))
        else:
            show_effects(effects, members)
        return
    if answers:
        from polemos.cli.tables.statements import answers_json, show_answers

        if json:
            printing.as_json(answers_json(rows))
        else:
            show_answers(rows, members)
        return
    if scores:
        table = scores_of(war, whole)
        if json:
            printing.as_json(table)
        else:
            show_scores(table)
        return
    if item is not None:
        details = in_full(war, claim, runs)
        if json:
            printing.as_json(details)
        else:
            show_claim(details)
        return
    if json:
        printing.as_json(page.inventory_json(whole, claims))
        return
    cells: list[tuple[str, ...]] = [
        (
            c.id,
            c.owner,
            ", ".join(map(str, c.paragraphs)),
            c.text,
            coding(c),
            page.outcome(c),
            page.carried(c),
        )
        for c in claims
    ]
    heads: tuple[str, ...] = ("id", "owner", "¶", "claim", "our reading", "outcome", "modelled by")
    spare: tuple[str, ...] = ("owner", "¶", "modelled by")
    filled = [column for column in range(len(heads)) if any(row[column] for row in cells)]
    heads, cells = tuple(heads[c] for c in filled), [tuple(row[c] for c in filled) for row in cells]
    spare = tuple(name for name in spare if name in heads)
    printing.console().print(printing.table(whole.title, heads, cells, spare=spare, least={"claim": 28}, whole=wide))
    printing.say(f"\n{coverage_line(whole)}.")
    printing.say(f"Next: polemos argument {scenario} {claims[0].id if claims else 'CLAIM'} shows one in full.")
    if out is not None:
        printing.say(f"Page: {out}")


def answered(
    war: War, whole: Argument, members: int, seed: int, threads: int | None, runs: Path, *, quiet: bool
) -> list[Row]:
    """The statements of both sides with everybody's answers; the runs are kept, and found again. Raises `PlanError`."""
    from polemos.ensemble.executor import Executor
    from polemos.questions.resolve import resolve_all
    from polemos.war.assessment import baselines
    from polemos.war.statement_runs import answers, of_argument, sittings
    from polemos.war.statement_table import rows

    questions = of_argument(war)
    by_question = answers(
        war,
        sittings(questions),
        baselines(),
        members=members,
        seed=seed,
        runs=runs,
        executor=Executor(threads),
        tell=None if quiet else lambda what: typer.echo(f"Simulating {what}", err=True),
    )
    outcomes = {one.question: one for one in resolve_all(questions, war.world, draws=0)}
    return rows(whole, {question.id: question for question in war.questions}, by_question, outcomes)


def measured(
    war: War, whole: Argument, members: int, seed: int, threads: int | None, *, quiet: bool
) -> list[tuple[Claim, Effect]]:
    """The counterfactual claims of both sides, each run with and without its change. Raises `Mistake`, `PlanError`."""
    from polemos.counterfactual.sentences import effects
    from polemos.ensemble.executor import Executor

    claims = [claim for claim in whole.select("counterfactual") if claim.experiment and claim.experiment.measure]
    if not claims:
        raise Mistake(f"no counterfactual claim of {war.name} says what it is measured by, under experiment.measure")
    return effects(
        war,
        claims,
        members=members,
        seed=seed,
        executor=Executor(threads),
        tell=None if quiet else lambda name: typer.echo(f"Simulating {name} with and without its change", err=True),
    )


def argument_of(war: War) -> Argument:
    """The argument of a war. Raises `Mistake` where nobody's is coded."""
    if war.argument is None:
        raise Mistake(f"{war.name} has no argument.yaml; `polemos read` drafts one from an article")
    return war.argument


def claim_of(argument: Argument, identifier: str) -> Claim:
    """A claim by id. Raises `Mistake` naming the nearest."""
    from polemos.scenario.errors import nearest

    ids = [claim.id for claim in argument.claims]
    if identifier not in ids:
        raise Mistake(f"no claim {identifier!r}; {nearest(identifier, ids)}")
    return argument.claim(identifier)


def choose_claims(argument: Argument, kind: str | None, owner: str | None) -> tuple[Claim, ...]:
    """Claims of a kind (its letter or its name) and an owner. Raises `Mistake`."""
    from polemos.argument.claims import LETTERS
    from polemos.scenario.errors import nearest

    named = None
    if kind is not None:
        named = LETTERS.get(kind.upper(), kind.lower().removesuffix("s"))
        if named not in LETTERS.values():
            raise Mistake(f"no kind {kind!r}; there are {', '.join(f'{a} ({b})' for a, b in LETTERS.items())}")
    owners = sorted({claim.owner for claim in argument.claims})
    if owner is not None and owner not in owners:
        raise Mistake(f"nobody called {owner!r} claims anything; {nearest(owner, owners)}")
    return argument.select(named, owner)


def coding(claim: Claim) -> str:
    """Our reading of the words: the interval and its middle, in per cent."""
    if claim.coding is None:
        return ""
    low, middle, high = (100 * value for value in (claim.coding.low, claim.coding.mid, claim.coding.high))
    return f"{low:g}-{high:g} % ({middle:g})"


def coverage_line(argument: Argument) -> str:
    """How much of the argument is carried."""
    from polemos.argument.coverage import line

    return line(argument)


def in_full(war: War, claim: Claim, runs: Path) -> dict[str, Any]:
    """A claim with its questions, the model's answer of a kept run, and the outcome on the record."""
    from polemos.questions.resolve import resolve

    questions = {question.id: question for question in war.questions}
    question_details = []
    for name in claim.questions:
        question = questions[name]
        resolution = resolve(question, war.world, draws=0)
        question_details.append(
            {
                "question": name,
                "asked": question.asked,
                "origin": str(question.origin),
                "model": kept_answer(war, question, runs),
                "outcome": resolution.value,
                "date": None if resolution.date is None else str(resolution.date),
                "source": resolution.source,
            }
        )
    values = claim.model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in values.items() if value not in ("", [], {})} | {
        "questions": question_details
    }


def kept_answer(war: War, question: Question, runs: Path) -> dict[str, Any] | None:
    """The model's answer in a finished run that is kept of the question's origin, without changes: the largest that
    was asked the question."""
    import contextlib

    import numpy as np

    from polemos.ensemble import run_folder as disk
    from polemos.ensemble.plan import PlanError
    from polemos.ensemble.run import reopen
    from polemos.questions.evaluate import reducer, summarise

    files: list[tuple[int, Path]] = []
    for place in sorted(runs.glob("*")) if runs.is_dir() else ():
        about = disk.readable(place)
        plan = about["plan"] if about and about["finished"] else {}
        if plan.get("scenario") != war.name or plan["origin"] != str(question.origin) or plan.get("changes"):
            continue
        files.append((plan["members"], place))
    for members, place in sorted(files, key=lambda one: -one[0]):
        # A run that kept the answers to other questions alone lies beside those that kept all.
        with contextlib.suppress(PlanError, ValueError):
            run = reopen(place, war.world, reducer([question]))
            answer = summarise(question, np.asarray(run.verdicts[question.id]))
            return {
                "probability": answer.probability,
                "error": answer.error,
                "status": answer.status,
                "members": members,
                "folder": str(place),
            }
    return None


def scores_of(war: War, argument: Argument) -> dict[str, Any]:
    """Scores by both sets of outcomes, where they differ, and the paired contrasts."""
    from polemos.questions.resolve import resolve_all
    from polemos.scores import argument as scoring

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
