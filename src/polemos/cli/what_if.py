"""`polemos what-if`: two sets of simulated wars that share every draw and differ in a change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.argument import argument_of, claim_of
from polemos.cli.cost_warnings import say_if_large
from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Json, Origin, Runs, Scenario, Seed, Theory, Threads, To, parse_day, say_if_cold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polemos.argument.claims import Experiment
    from polemos.counterfactual.paired_runs import Pair
    from polemos.questions.questions import Question
    from polemos.war.war import War

WHAT_IF = (
    "Examples: polemos what-if caliphate --claim CLAIM    "
    "polemos what-if my-war/ --set supports.PATRON=0@2015-09-30    polemos what-if my-war/ --set beta_t=0"
)

DATES = 40
"""Dates of a pair in a page that carries many."""


def what_if(
    scenario: Scenario,
    claim: Annotated[str | None, typer.Option(help="Id of a counterfactual claim of the argument.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="A change, NAME=VALUE or NAME=VALUE@DAY, see above; may be repeated."),
    ] = None,
    without: Annotated[list[str] | None, typer.Option(help="Process that is switched off in the changed run.")] = None,
    added: Annotated[list[str] | None, typer.Option("--with", help="Process that is switched on in both runs.")] = None,
    question: Annotated[list[str] | None, typer.Option(help="Question to ask; default: those of the claim.")] = None,
    origin: Origin = None,
    to: To = None,
    members: Annotated[
        int, typer.Option(min=2, max=1_000_000, help="Simulated wars, each run with and without the change.")
    ] = 200,
    seed: Seed = 1,
    inputs: Annotated[
        str | None,
        typer.Option(
            help="actual: support and relations as they really were (the default); known: as of the forecast date."
        ),
    ] = None,
    theory: Theory = "neutral",
    probability: Annotated[
        float | None,
        typer.Option(help="Share of the simulated wars in which the change happens; default: the claim's, or 1."),
    ] = None,
    threads: Threads = None,
    runs: Runs = Path("runs"),
    out: Annotated[Path | None, typer.Option(help="Write the result: a page, or JSON where it ends in .json.")] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--every",
            help="Each counterfactual claim of the argument; kept for the page of `polemos run`, and with --out in a "
            "page of its own.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Simulate a war with and without a change, on the same random draws, and say what differs.

    What can be set: supports.PATRON.CLIENT.KIND=FACTOR, gives.PATRON.CLIENT.KIND=SCALE, relations.A.B=KIND,
    claims.ORGANISATION=0, leaders.ORGANISATION=dead, losses.ORGANISATION=SHARE, pins.PLACE=1, processes.NAME=off,
    PARAMETER=VALUE.
    """
    import time

    from polemos.cli import printing
    from polemos.cli.tables.what_if import show_what_if
    from polemos.counterfactual import experiment
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor
    from polemos.ensemble.run import CHUNK
    from polemos.report.html import argument as page
    from polemos.war.war import load

    with reporting_mistakes():
        war = load(scenario)
        if every:
            if claim or changes or without or (out is not None and out.suffix == ".json"):
                raise Mistake("--every goes with no --claim, --set or --without, and with --out PAGE.html or without")
            written = write_every(
                war, scenario, out, members=members, seed=seed, threads=threads, runs=runs, quiet=json
            )
            if json:
                printing.as_json({"page": None if out is None else str(out), "claims": written})
                return
            printing.say(f"{len(written)} counterfactuals, {members} wars each without and with the change.")
            printing.say(f"Next: polemos run {scenario} --runs {runs} shows them on its page, under What if.")
            if out is not None:
                typer.echo(f"Page: {out}")
            return
        until = None if to is None else parse_day(to)
        experiment_set = experiment_of(
            war, claim, [*(changes or ()), *(f"processes.{name}=off" for name in without or ())]
        )
        if added:
            experiment_set = experiment_set.model_copy(
                update={"processes": tuple(dict.fromkeys((*experiment_set.processes, *added)))}
            )
        if inputs is not None:
            experiment_set = experiment_set.model_copy(update={"inputs": inputs})
        if probability is not None:
            if not 0 < probability <= 1:
                raise Mistake(f"probability {probability:g}; write a number above 0 and at most 1")
            experiment_set = experiment_set.model_copy(update={"probability": probability})
        start = origin if origin is not None else experiment_set.origin
        if start is None:
            start = experiment.first_day(war, experiment_set)
        questions = questions_of(war, claim, question or (), war.origin(start))
        config = RunConfig(origin=start, until=until, members=members, seed=seed, theory=theory)
        say_if_large(war, experiment.plan_without(war, experiment_set, config), threads, CHUNK, runs=2, quiet=json)
        say_if_cold(quiet=json)
        began = time.perf_counter()
        pair, games = experiment.pair_of(
            war,
            experiment_set,
            questions,
            config=config,
            executor=Executor(threads),
            store=runs,
            tell=None if json else teller(),
        )
        text = argument_of(war).claim(claim).text if claim else ""
        seconds = time.perf_counter() - began
        result = experiment.account(war, experiment_set, questions, pair, games, claim or "", text, seconds)
        if out is not None:
            if out.suffix == ".json":
                import json as writer

                values = printing.finite(page.whatif_json(result))
                printing.write(out, writer.dumps(values, indent=2, ensure_ascii=False, default=str) + "\n")
            else:
                printing.write(out, page_of(war, scenario, experiment_set, pair, page.whatif_json(result), theory))
    if json:
        printing.as_json(page.whatif_json(result))
        return
    show_what_if(result, limited=claim is None and not question)
    from polemos.report.page.provenance import absences, strengths

    for sentence in (*absences(war), *strengths(war.world.as_of(pair.factual.origin))):
        printing.say(sentence)
    if out is not None:
        typer.echo(f"Written: {out}")
    else:
        printing.say("Next: the same with --out what-if.html writes a page with the curves and the map.")


def page_of(war: War, scenario: str, experiment: Experiment, pair: Pair, account: dict[str, Any], theory: str) -> str:
    """The what-if page of a pair, as one file."""
    from dataclasses import replace

    from polemos.app import export
    from polemos.app.state import of_experiment

    plan = pair.factual
    state = of_experiment(war, experiment, account["claim"], plan.members, plan.seed)
    state = replace(state, origin=str(plan.origin), to=str(plan.until), theory=theory)
    return export.page(war, state, scenario, pair, account)


def write_every(
    war: War, scenario: str, out: Path | None, *, members: int, seed: int, threads: int | None, runs: Path, quiet: bool
) -> list[str]:
    """Run every counterfactual claim and keep what the page of a run shows of each; with `out` write one page of all.

    Returns their ids. Raises `Mistake` where there is none.
    """
    from polemos.app import export
    from polemos.app.state import of_claim, questions
    from polemos.cli import printing
    from polemos.counterfactual import experiment
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor
    from polemos.report.page import presets

    claims = presets.counterfactuals(argument_of(war))
    if not claims:
        raise Mistake(f"the argument of {war.name} has no counterfactual with an experiment")
    say_if_cold(quiet=quiet)
    choices, shown, tell = [], [], None if quiet else teller()
    for claim in claims:
        assert claim.experiment is not None
        if tell:
            tell(f"{claim.id}: {claim.text}")
        # Who is in a game goes all at once here; the shares of each are another command's.
        experiment_of_claim = claim.experiment.model_copy(
            update={"changes": experiment.changes_of(claim.experiment), "players": {}}
        )
        state = of_claim(war, claim.id, members, seed)
        config = RunConfig(origin=state.origin, until=state.to, members=members, seed=seed)
        question_list = questions(war, state)
        pair, _ = experiment.pair_of(
            war, experiment_of_claim, question_list, config=config, executor=Executor(threads), store=runs
        )
        shown.append(presets.preset_of(war, claim, pair))
        if out is not None:
            choices.append(export.choice(war, state, scenario, pair, most=DATES))
    presets.keep(war, runs, shown)
    if out is not None:
        printing.write(out, export.page_of(choices, war))
    return [claim.id for claim in claims]


def experiment_of(war: War, claim: str | None, changes: Sequence[str]) -> Experiment:
    """The experiment of a claim, or of changes as written. Raises `Mistake`."""
    from polemos.argument.changes import read_change
    from polemos.argument.claims import Experiment

    if bool(claim) == bool(changes):
        raise Mistake("give one of --claim, or --set and --without; see polemos what-if --help")
    if claim:
        claim_entry = claim_of(argument_of(war), claim)
        if claim_entry.experiment is None:
            able = [one.id for one in argument_of(war).claims if one.experiment]
            raise Mistake(f"{claim} is no counterfactual with an experiment; there are {', '.join(able)}")
        return claim_entry.experiment
    try:
        read = tuple(str(read_change(change)) for change in changes)
    except ValueError as error:
        raise Mistake(str(error)) from None
    return Experiment(text=", ".join(read), changes=read)


def questions_of(war: War, claim: str | None, named: Sequence[str], origin: Any) -> tuple[Question, ...]:
    """The questions that are named, or those of the claim, or those asked at the origin. Raises `Mistake`."""
    from polemos.scenario.errors import nearest

    by_id = {question.id: question for question in war.questions}
    for name in named:
        if name not in by_id:
            raise Mistake(f"no question {name!r}; {nearest(name, by_id)}")
    if named:
        return tuple(by_id[name] for name in named)
    if claim:
        return tuple(by_id[name] for name in argument_of(war).claim(claim).questions)
    return war.questions_at(origin)


def teller() -> Any:
    """Says what is being run, on stderr, where somebody looks."""
    import sys

    return (lambda what: typer.echo(f"Simulating {what}", err=True)) if sys.stderr.isatty() else None
