"""`polemos hindcast`, `polemos ablate` and `polemos score`."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.cost_warnings import say_if_large_at
from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import (
    Cluster,
    Events,
    Fresh,
    Inputs,
    Json,
    Members,
    Scenario,
    Seed,
    Theory,
    Threads,
    bar,
    parse_day,
    parse_every,
    parse_leads,
    reachable,
)

if TYPE_CHECKING:
    from polemos.forecasters.base import Forecaster
    from polemos.hindcasts.hindcast import Hindcast
    from polemos.war.war import War

HINDCAST = (
    "Examples: polemos hindcast caliphate --origins 6    "
    "polemos hindcast caliphate --every 1mo --from 2014-07-01 --to 2019-03-01"
)
ABLATE = "Example: polemos ablate caliphate --origins 4 --members 200"
SCORE = "Example: polemos score runs/caliphate-2017-10-27-1a2b3c4d"
ORIGINS = 12

Leads = Annotated[str, typer.Option(help="Weeks or months ahead, with commas between, such as 2w,1mo,3mo.")]
FittingLeads = Annotated[
    str | None,
    typer.Option(
        help="Weeks or months ahead, such as 2w,1mo,3mo; default: the longest four for which the record is long enough."
    ),
]
Every = Annotated[
    str | None, typer.Option(help="Step between origins, in months or weeks: 1mo, 2w. Default: --origins of them.")
]
From = Annotated[str | None, typer.Option("--from", help="First forecast date, YYYY-MM-DD.")]
Until = Annotated[str | None, typer.Option("--to", help="Last forecast date; leads beyond the record are left out.")]
Origins = Annotated[
    int | None, typer.Option(min=1, help="Number of origins, spread evenly between the first and the last.")
]
Folder = Annotated[Path, typer.Option("--out", help="Folder in which hindcasts are kept.")]


def hindcast(
    scenario: Scenario,
    every: Every = None,
    first: From = None,
    last: Until = None,
    origins: Origins = None,
    leads: FittingLeads = None,
    members: Members = 800,
    seed: Seed = 1,
    inputs: Inputs = "known",
    theory: Theory = "neutral",
    forecasters: Annotated[
        str | None, typer.Option(help="Short names of forecasters, with commas between; `all` for every baseline.")
    ] = None,
    posterior: Annotated[
        list[Path] | None,
        typer.Option(
            help="Posterior, or a folder of them: the model stands once more, calibrated, at each origin with the "
            "last one that it may see. Repeatable."
        ),
    ] = None,
    events: Events = None,
    others: Annotated[
        str | None,
        typer.Option("--with-wars", help="Scenarios with commas between, whose past the front hazard learns from too."),
    ] = None,
    threads: Threads = None,
    out: Folder = Path("hindcasts"),
    cluster: Cluster = None,
    fresh: Fresh = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    json: Json = False,
) -> None:
    """Score forecasts from many past dates against the simple rules; a stopped hindcast goes on where it stopped."""
    from polemos.cli import printing
    from polemos.cli.tables.skill import show_skill
    from polemos.forecasters.registry import DEFAULT, NAMES, REFERENCE, lineup
    from polemos.report.hindcast import skill
    from polemos.war.war import load

    with reporting_mistakes():
        reachable(cluster)
        war = load(scenario).with_events(events)
        months = leads_of(war, leads)
        if inputs not in ("known", "actual"):
            raise Mistake(f"inputs are known or actual, not {inputs!r}")
        chosen = DEFAULT if forecasters is None else NAMES if forecasters == "all" else tuple(forecasters.split(","))
        days = origins_of(war, every, first, last, origins, months)
        own = war.theory(theory)
        wars = [load(name.strip()).world for name in others.split(",")] if others else []
        cores = threads or os.cpu_count() or 1
        try:
            entrants = lineup(
                chosen,
                members=members,
                seed=seed,
                threads=1 if len(days) > 1 and cores > 1 else cores,
                actual=war.world if inputs == "actual" else None,
                theory=theory,
                priors=own.priors,
                without=own.without,
                added=own.processes,
                wars=wars,
            )
        except KeyError as error:
            raise Mistake(error.args[0]) from None
        if posterior:
            entrants = (*entrants, *calibrated(war, posterior, entrants, members, seed, 1 if len(days) > 1 else cores))
        names = [one.name for one in entrants]
        say_if_large_at(war, entrants, days, months, members, cores, quiet=json or markdown)
        result = rolled(war, entrants, days, months, cores, out, fresh=fresh, quiet=json or markdown, cluster=cluster)
        reference = REFERENCE if REFERENCE in names else names[0]
        table = skill.skill_table(result, war.name, members, reference, inputs, str(war.grade()))
        assert result.folder is not None
        skill.write(result, table, result.folder)
    if json:
        printing.as_json(skill.as_json(table) | {"folder": str(result.folder), "computed": result.computed})
    elif markdown:
        typer.echo(skill.markdown(table), nl=False)
    else:
        show_skill(printing.console(), table)
        printing.console().print(f"{result.computed} origins computed, the others found. Kept in {result.folder}.")
        printing.not_installed("tables", "charts")
        if result.looked is not None:
            missed = int((~result.looked[result.scored]).sum())
            whole = int(result.looked[result.scored].size)
            printing.say(f"{missed:,} of {whole:,} holders at the leads were not observed, and are not scored.")
        from polemos.report.page.provenance import observation

        for sentence in observation(war):
            printing.say(sentence)


def calibrated(
    war: War, paths: list[Path], forecasters: tuple[Forecaster, ...], members: int, seed: int, threads: int
) -> tuple[Forecaster, ...]:
    """The model with the posteriors of files or folders, and where it is asked the forecast with that model."""
    from polemos.ensemble import posterior_file
    from polemos.forecasters.mixture import Mixture
    from polemos.forecasters.model_forecaster import ModelForecaster

    files = [
        file for path in paths for file in (sorted(path.glob(f"*{posterior_file.SUFFIX}")) if path.is_dir() else [path])
    ]
    posteriors = [posterior_file.load(file, war.path) for file in files]
    draws = tuple(one.draws for one in posteriors if one.about["scenario"] == war.name)
    if not draws:
        raise Mistake(f"none of the posteriors is one of {war.name}'s parameters")
    model = ModelForecaster(members, seed, name="model, calibrated", threads=threads, draws=draws)
    mixtures = [one for one in forecasters if isinstance(one, Mixture)]
    return (model, *(replace(one, model=model, name="forecast, calibrated") for one in mixtures))


def ablate(
    scenario: Scenario,
    every: Every = None,
    first: From = None,
    last: Until = None,
    origins: Origins = None,
    leads: Leads = "1mo,6mo",
    members: Members = 200,
    seed: Seed = 1,
    threads: Threads = None,
    out: Folder = Path("hindcasts"),
    fresh: Fresh = False,
    json: Json = False,
) -> None:
    """Score the model without each of its processes and each feature of the front, to see what each is good for."""
    from polemos.cli import printing
    from polemos.cli.tables.skill import change_cell
    from polemos.forecasters.leads import lead_words
    from polemos.hindcasts import ablation
    from polemos.war.war import load

    with reporting_mistakes():
        war = load(scenario)
        months = parse_leads(leads)
        days = origins_of(war, every, first, last, origins or (4 if every is None else None), months)
        cores = threads or os.cpu_count() or 1
        variants = ablation.forecasters(war.world, members, seed, threads=1 if len(days) > 1 else cores)
        say_if_large_at(war, variants, days, months, members, cores, quiet=json)
        result = rolled(war, variants, days, months, cores, out, fresh=fresh, quiet=json)
    rows = ablation.worth(result)
    if json:
        printing.as_json([asdict(row) for row in rows])
        return
    console = printing.console()
    for whole, what in (("model", "Processes of the model"), ("front hazard", "Features of the front hazard")):
        mine = [row for row in rows if row.forecaster == whole and row.scope == "front"]
        heads = [lead_words(lead) for lead in months]
        cells = []
        for part in dict.fromkeys(row.part for row in mine):
            by = {row.lead: row for row in mine if row.part == part}
            cells.append((part, *(change_cell(by[lead].change) if lead in by else "-" for lead in months)))
        title = f"{what}: change of the log score at places next to a front when switched off"
        console.print(printing.table(title, ("", *heads), cells, right=heads))
        console.print()
    console.print("Above 0: it helps. In brackets 90 % over blocks of origins, where there are enough of them.")
    console.print(f"{len(days)} origins, {days[0]} to {days[-1]}; {members} members. Kept in {result.folder}.")


def score(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run, as `polemos run` names it.")],
    scenario: Annotated[
        str | None, typer.Option(help="Scenario of the run; default: the one that ships under its name.")
    ] = None,
    leads: Leads = "1mo,3mo,6mo,12mo",
    events: Events = None,
    json: Json = False,
) -> None:
    """Score the forecast and the model of a kept run: places at each lead, and questions."""
    from polemos.cli import printing
    from polemos.cli.tables.skill import show_run
    from polemos.ensemble.run_folder import manifest
    from polemos.forecasters.registry import lineup
    from polemos.hindcasts.run_scores import score_run
    from polemos.war.war import load

    with reporting_mistakes():
        months = parse_leads(leads)
        about = manifest(run)
        if about is None:
            raise Mistake(f"{run} is not the folder of a run; `polemos run` names the folder it keeps one in")
        war = load(scenario or str(about["plan"]["scenario"])).with_events(events)
        scored = score_run(run, war, months, lineup(("persistence", "pooled", "contiguity")))
    if json:
        printing.as_json(asdict(scored) | {"record": asdict(war.grade())})
        return
    show_run(printing.console(), scored)
    printing.say(f"Record: {war.grade()}.")


def leads_of(war: War, leads: str | None) -> tuple[str, ...]:
    """Leads as words; by default those that the record bears. Raises `Mistake`."""
    from polemos.hindcasts.origins import default_leads

    if leads is not None:
        return parse_leads(leads)
    try:
        return default_leads(war.world)
    except ValueError as error:
        raise Mistake(str(error)) from None


def origins_of(
    war: War, every: str | None, first: str | None, last: str | None, count: int | None, leads: tuple[str, ...]
) -> Any:
    """The days of the origins. Raises `Mistake`."""
    from polemos.hindcasts.origins import rolling_origins, thinned

    begin, end = (None if text is None else parse_day(text) for text in (first, last))
    try:
        days = rolling_origins(war.world, parse_every(every or "1mo"), begin, end, leads)
    except ValueError as error:
        raise Mistake(str(error)) from None
    if count is None:
        count = len(days) if every is not None else ORIGINS
    return thinned(days, count)


def rolled(
    war: War,
    forecasters: tuple[Forecaster, ...],
    days: Any,
    leads: tuple[str, ...],
    cores: int,
    out: Path,
    *,
    fresh: bool,
    quiet: bool,
    cluster: str | None = None,
) -> Hindcast:
    """The hindcast, with a bar."""
    from polemos.ensemble.executor import Executor
    from polemos.hindcasts.hindcast import hindcast as roll

    with bar(len(days), quiet=quiet, unit="origins") as progress:
        return roll(
            war.world,
            forecasters,
            days,
            leads,
            progress,
            store=out,
            fresh=fresh,
            executor=Executor(cores, "processes", cluster),
        )
