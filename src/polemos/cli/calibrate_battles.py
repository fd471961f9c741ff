"""`polemos calibrate-battles`: the fast mode's priors from the full mode's battles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import reporting_mistakes

if TYPE_CHECKING:
    from rich.console import Console


EPILOG = "Examples: polemos calibrate-battles    polemos calibrate-battles --battles 5000 --json"


def calibrate_battles(
    battles: Annotated[int, typer.Option(min=20, help="Battles in each cell of ratio and size.")] = 1000,
    draws: Annotated[int, typer.Option(min=5, help="Draws of the full mode's parameters, each fitted alone.")] = 60,
    encircled: Annotated[bool, typer.Option(help="Defenders without a neighbour of their own.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same battles.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Fight single battles in the full mode, fit the fast mode to them, and show how far the two agree."""
    from polemos.cli import printing

    with reporting_mistakes():
        fits = calibration(battles, draws, encircled=encircled, seed=seed)
    if json:
        printing.as_json(fits)
    else:
        show(printing.console(), fits)


def calibration(battles: int, draws: int, *, encircled: bool, seed: int) -> dict[str, Any]:
    """Everything that is shown, as JSON values."""
    import numpy as np

    from polemos.model import isolated_battles as battle_model
    from polemos.model.processes import load

    agreement = battle_model.agree(battle_model.grid(battles, seed=seed, encircled=encircled))
    fast = agreement.fast
    draws_by_name = battle_model.implied(draws, seed=seed)
    usual = {parameter.name: parameter.prior for name in ("captures", "battle") for parameter in load(name).parameters}
    fast_priors = battle_model.priors(draws_by_name)
    q = np.array([0.05, 0.5, 0.95])
    rows = [
        {
            "parameter": name,
            "fitted": getattr(fast, name),
            "implied": np.nanquantile(draws_by_name[name], q).tolist(),
            "prior": str(usual[name]),
            "prior_quantiles": usual[name].quantile(q).tolist(),
            "for_a_theory": f"{fast_priors[name].kind}({fast_priors[name].a:.3g}, {fast_priors[name].b:.3g})",
        }
        for name in battle_model.FAST
    ]
    names = ("ratio", "people", "battles", "won_full", "won_fast", "days_full", "days_fast")
    return {
        "cells": [{name: getattr(cell, name) for name in names} for cell in agreement.cells],
        "worst_chance": agreement.worst_chance,
        "mean_chance": agreement.mean_chance,
        "worst_days": agreement.worst_days,
        "slope_error": fast.slope_error,
        "intercept_error": fast.intercept_error,
        "parameters": rows,
    }


def show(out: Console, values: dict[str, Any]) -> None:
    """The tables on a terminal."""
    from polemos.cli.printing import people, table

    sizes = sorted({cell["people"] for cell in values["cells"]})
    by_cell = {(cell["ratio"], cell["people"]): cell for cell in values["cells"]}
    heads = ["ratio", *(f"{what}, {people(size)}" for what in ("won", "days") for size in sizes)]
    rows = []
    for ratio in sorted({cell["ratio"] for cell in values["cells"]}):
        here = [by_cell[ratio, size] for size in sizes]
        won = [f"{100 * cell['won_full']:.0f} | {100 * cell['won_fast']:.0f} %" for cell in here]
        rows.append([f"{ratio:g}", *won, *(f"{cell['days_full']:.0f} | {cell['days_fast']:.0f}" for cell in here)])
    title = f"Full mode | fast mode fitted to it, {values['cells'][0]['battles']} battles a cell, by residents"
    out.print(table(title, heads, rows, right=heads))
    out.print(
        f"\nVictory differs by {100 * values['mean_chance']:.1f} points on average and "
        f"{100 * values['worst_chance']:.1f} at most, median lengths by a factor of {values['worst_days']:.2f} "
        "at most.\n"
    )
    columns = ("parameter", "fitted", "single draws, 5 50 95 %", "fast prior", "its 5 50 95 %", "for a theory")
    cells = [
        [
            row["parameter"],
            f"{row['fitted']:.2f}",
            "  ".join(f"{value:.2f}" for value in row["implied"]),
            row["prior"],
            "  ".join(f"{value:.2f}" for value in row["prior_quantiles"]),
            row["for_a_theory"],
        ]
        for row in values["parameters"]
    ]
    out.print(table("Parameters of the fast mode", columns, cells, right=("fitted",)))
    out.print("\nThe last column, under priors: in a theory, makes the fast mode speak for the full one.")
