"""`polemos calibrate`: what the record says of the parameters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Cluster, Json, Seed, Threads, bar, parse_day, reachable, say_if_cold, scenario_names

if TYPE_CHECKING:
    from rich.console import Console

    from polemos.inference.abc import Sample
    from polemos.inference.calibrate import Calibration
    from polemos.inference.smc import Population

CALIBRATE = (
    "Examples: polemos calibrate caliphate --until 2017-10-27    "
    "polemos calibrate caliphate sri_lanka mali --until 2017-10-27 --out posteriors/mine.parquet"
)


def calibrate(
    scenarios: Annotated[
        list[str],
        typer.Argument(
            help="Wars whose records are pooled; the parameters are those of the first.", autocompletion=scenario_names
        ),
    ],
    until: Annotated[str, typer.Option(help="Last day of the records that is used, YYYY-MM-DD.")],
    target: Annotated[
        str | None,
        typer.Option(
            "--for", help="War whose parameters are estimated, if not the first; it need not be one of the pooled."
        ),
    ] = None,
    members: Annotated[int, typer.Option(min=200, help="Draws in the bank, each simulated in every window.")] = 4096,
    sets: Annotated[int, typer.Option(min=0, help="Sets of simulation-based calibration; 0 for none.")] = 1000,
    without: Annotated[
        list[str] | None, typer.Option(help="Summary to leave out, such as attacks; repeatable.")
    ] = None,
    through_time: Annotated[
        bool, typer.Option("--through-time", help="Also write the posterior of every day on which a window ends.")
    ] = False,
    npe: Annotated[
        bool, typer.Option("--npe", help="Also estimate by a neural network on the same bank (extra npe).")
    ] = False,
    generations: Annotated[
        int,
        typer.Option(
            min=0,
            help="Generations of further draws, each as many as the bank has, that come nearer to the record; a second "
            "posterior, kept beside the first.",
        ),
    ] = 0,
    transfer: Annotated[
        bool,
        typer.Option("--transfer", help="Use other wars whatever their dates: a test across wars, not a forecast."),
    ] = False,
    seed: Seed = 1,
    threads: Threads = None,
    cluster: Cluster = None,
    bank: Annotated[Path, typer.Option(help="Folder in which banks of simulated windows are kept.")] = Path("banks"),
    out: Annotated[
        Path | None, typer.Option(help="File of the posterior; default: posteriors/SCENARIO-DAY.parquet.")
    ] = None,
    json: Json = False,
) -> None:
    """Estimate the parameters from the record up to a day, by simulating past stretches, with checks that can fail."""
    from polemos.cli import printing
    from polemos.ensemble import posterior_file
    from polemos.ensemble.executor import Executor
    from polemos.inference import calibrate as calibration_module
    from polemos.inference import simulation_bank as banks
    from polemos.inference import window_summaries, windows
    from polemos.scenario.optional_packages import need
    from polemos.war.war import load

    with reporting_mistakes():
        extras(cluster, npe=npe)
        need("tables")
        last = parse_day(until)
        for name in without or ():
            if name not in window_summaries.NAMES:
                raise Mistake(f"no summary {name!r}; there are {', '.join(window_summaries.NAMES)}")
        wars = [load(name) for name in dict.fromkeys(scenarios)]
        chosen = [window for war in wars for window in windows.windows(war, last)]
        if not chosen:
            raise Mistake(f"no window of these records ends by {last}; give a later day")
        name = wars[0].name if target is None else load(target).name
        if transfer and name in {war.name for war in wars}:
            raise Mistake(f"--transfer is from other wars; leave {name} out of those that are used")
        say_if_cold(quiet=json)
        executor = Executor(threads, cluster=cluster)
        with bar(members * len(chosen), quiet=json, unit="windows") as progress:
            filled = banks.build(chosen, members, seed=seed, executor=executor, store=bank, progress=progress)
        fit = calibration_module.calibrate(filled, name, last, without=without or (), sets=sets, neural=npe)
        if transfer:
            fit = replace(fit, draws=replace(fit.draws, until=load(target or name).world.start))
        population = None
        if generations:
            steps = generations * members * len(filled.windows)
            with bar(steps, quiet=json, unit="windows") as progress:
                population = calibration_module.nearer(
                    filled,
                    name,
                    last,
                    generations,
                    without=without or (),
                    executor=executor,
                    store=bank,
                    progress=progress,
                )
        path = out or Path(posterior_file.FOLDER) / f"{name}-{last}{posterior_file.SUFFIX}"
        written = [str(posterior_file.save(calibration_module.posterior(fit, filled), path))]
        for draws in calibration_module.through_time(filled, name, without=without or ()) if through_time else ():
            about = {"scenario": name, "failed": ["its calibration was not checked"]}
            earlier = path.with_name(f"{path.stem}-at-{draws.until}{posterior_file.SUFFIX}")
            written.append(str(posterior_file.save(posterior_file.Posterior(draws, about), earlier)))
        if population is not None:
            draws = replace(calibration_module.drawn(filled.names, population.sample, last), until=fit.draws.until)
            later = [calibration_module.OTHER_WARS] if draws.until < last else []
            about = {"scenario": name, "failed": ["its calibration was not checked", *later]}
            beside = path.with_name(f"{path.stem}-generations{posterior_file.SUFFIX}")
            written.append(str(posterior_file.save(posterior_file.Posterior(draws, about), beside)))
    rate = filled.simulated / 52 / filled.seconds if filled.simulated else None
    if json:
        printing.as_json(as_json(fit, population) | {"written": written, "member_years_per_second": rate})
        return
    show_calibration(printing.console(), fit, population)
    if rate is not None:
        printing.say(
            f"{filled.simulated / 52:,.0f} member-years simulated in {filled.seconds:.0f} s, {rate:.0f} a second."
        )
    printing.say(f"Kept in {written[0]}" + (f" and {len(written) - 1} more" if len(written) > 1 else "") + ".")


def extras(cluster: str | None, *, npe: bool) -> None:
    """Say before any work is done which optional packages are missing. Raises `PlanError`."""
    from polemos.inference import npe as network

    reachable(cluster)
    if npe:
        network.check()


def as_json(fit: Calibration, population: Population | None = None) -> dict[str, Any]:
    """A calibration as JSON values."""
    from dataclasses import asdict

    from polemos.inference.posterior_checks import LEVELS, contraction

    cover = fit.coverage
    narrower = contraction(fit.sample)
    return {
        "war": fit.war,
        "until": str(fit.until),
        "windows": list(fit.windows),
        "summaries": [asdict(row) for row in fit.expected],
        "plausible": fit.plausible,
        "parameters": [
            row
            | {
                "contraction": float(narrower[k]),
                "score": _score(fit.sample, k),
                "network": None if fit.neural is None else _score(fit.neural, k),
                "generations": None if population is None else _score(population.sample, k),
                "coverage": None
                if cover is None
                else dict(zip(map(str, LEVELS), cover.share[:, k].tolist(), strict=True)),
            }
            for k, row in enumerate(parameter_rows(fit))
        ],
        "generations": None if population is None else [asdict(one) for one in population.generations],
        "mean_miss": None if cover is None else float(cover.miss.mean()),
        "worst_miss": None if cover is None else float(cover.miss.max()),
        "shrunk": fit.shrunk,
        "failed": fit.failed,
    }


def _score(sample: Sample, k: int) -> list[float]:
    """Mean and standard deviation of a score."""
    return [float(sample.mean[k]), float(sample.sd[k])]


def parameter_rows(fit: Calibration) -> list[dict[str, Any]]:
    """Prior and posterior of every inferred parameter, 5, 50 and 95 %."""
    import numpy as np

    from polemos.inference.simulate_windows import parameters

    q = np.array([0.05, 0.5, 0.95])
    return [
        {
            "parameter": one.name,
            "prior": str(one.prior),
            "prior_quantiles": one.prior.quantile(q).tolist(),
            "posterior_quantiles": np.quantile(fit.draws.values[:, k], q).tolist(),
        }
        for k, one in enumerate(parameters(fit.names))
    ]


def show_calibration(out: Console, fit: Calibration, population: Population | None = None) -> None:
    """The prior predictive check, the parameters, and the verdict."""
    from polemos.cli.printing import table
    from polemos.inference.posterior_checks import LEVELS, contraction

    def three(values: Any) -> str:
        return "  ".join(f"{value:.3g}" for value in values)

    rows = [
        [
            row.window,
            row.summary,
            f"{row.seen:.2f}",
            three(row.quantiles),
            f"{100 * row.below:.0f} %",
            "" if row.used else "left out",
        ]
        for row in fit.expected
    ]
    heads = ("window", "summary", "seen", "prior 5 50 95 %", "draws below", "")
    out.print(table("Prior predictive check", heads, rows, right=("seen", "draws below")))
    out.print(f"\nHistory matching leaves {100 * fit.plausible:.0f} % of the draws.\n")
    narrower, cover = contraction(fit.sample), fit.coverage
    opinions = {"the network's": fit.neural, "the generations'": None if population is None else population.sample}
    seconds = {head: one for head, one in opinions.items() if one is not None}
    if seconds:
        seconds = {"mean ± sd, of scores": fit.sample} | seconds
    levels = [] if cover is None else [f"holds {100 * level:.0f} %" for level in LEVELS]
    cells = [
        [
            row["parameter"],
            row["prior"],
            three(row["prior_quantiles"]),
            three(row["posterior_quantiles"]),
            f"{100 * narrower[k]:.0f} %",
            *(f"{one.mean[k]:+.2f} ± {one.sd[k]:.2f}" for one in seconds.values()),
            *([] if cover is None else [f"{100 * share:.0f} %" for share in cover.share[:, k]]),
        ]
        for k, row in enumerate(parameter_rows(fit))
    ]
    columns = ("parameter", "prior", "its 5 50 95 %", "posterior 5 50 95 %", "narrower", *seconds, *levels)
    title = f"Parameters of {fit.war}, record up to {fit.until}"
    spare = (*levels, "prior", "its 5 50 95 %")
    out.print(table(title, columns, cells, right=("narrower", *levels), spare=spare))
    if cover is not None:
        out.print(
            f"\nSimulation-based calibration on {cover.sets} sets: intervals miss their level by "
            f"{100 * cover.miss.mean():.1f} points on average and {100 * cover.miss.max():.1f} at most."
        )
    if population is not None:
        out.print("")
        cells = [
            [str(k), f"{one.tolerance:.3f}", f"{100 * one.inside:.0f} %", f"{one.effective:.0f}"]
            for k, one in enumerate(population.generations)
        ]
        columns = ("generation", "tolerance", "within the last", "worth, in draws")
        out.print(table("Generations, the bank being the first", columns, cells, right=columns))
    others = len(fit.names) - len(fit.shrunk)
    out.print(
        f"Narrower by 30 % or more: {', '.join(fit.shrunk) or 'none'}; the other {others} are nearly their priors."
    )
    out.print("Not to be used unasked: " + "; ".join(fit.failed) if fit.failed else "It passes its checks.")
