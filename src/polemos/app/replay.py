"""One simulated war told twice, without and with the change: what happens in each, event by event.

Draws are addressed, so a member simulated alone is, to the last bit, the one of the ensemble.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.app.result import QUICK
from polemos.app.state import State, StateError
from polemos.counterfactual.paired_runs import comes, parting
from polemos.report.html.embedded_data import packed

if TYPE_CHECKING:
    from polemos.app.run_pool import Hall
    from polemos.model.trajectory import Trajectories


def replay(hall: Hall, state: State, member: int) -> dict[str, Any]:
    """A member without and with the change. Raises `StateError`.

    Events are of kind battle or of the way a place changed hands; `shared` ones happen in both wars alike.
    """
    from polemos.model import engine

    if not 0 <= member < state.members:
        raise StateError(f"no member {member}; there are 0 to {state.members - 1}")
    factual, setup, _ = hall.setups(state)
    outcome = bool(comes(state.probability, state.seed, state.members)[member])
    before = engine.simulate(factual.setup, member, member + 1)
    after = engine.simulate(setup, member, member + 1) if outcome else before
    first = int(np.searchsorted(before.dates, before.origin))
    logs = [events(before), events(after)]
    shared = {tuple(row.items()) for row in logs[0]} & {tuple(row.items()) for row in logs[1]}
    for log in logs:
        for row in log:
            row["shared"] = tuple(row.items()) in shared
    return {
        "member": member,
        "came": outcome,
        "parted": int(parting(before.control[:, first:], after.control[:, first:])[0]),
        "before": {"control": packed(before.control[0, first:], QUICK), "events": logs[0]},
        "after": {"control": packed(after.control[0, first:], QUICK), "events": logs[1]},
    }


def events(trajectory: Trajectories) -> list[dict[str, Any]]:
    """Places that changed hands and battles of a chunk of one member, by date."""
    from polemos.model.state import CAPTURE, CHANNELS

    rows: list[dict[str, Any]] = []
    fought_for: set[tuple[int, np.datetime64]] = set()
    captures, fought = trajectory.captures, trajectory.battles
    if fought is not None:
        for place, who, whom, start, end, won, deaths in zip(
            fought.place, fought.attacker, fought.defender, fought.start, fought.end, fought.captured, fought.deaths,
            strict=True,
        ):  # fmt: skip
            over = not np.isnat(end)
            if over and won:
                fought_for.add((int(place), end))
            rows.append(
                {
                    "date": str(end if over else start),
                    "kind": "battle",
                    "place": int(place),
                    "who": int(who),
                    "whom": int(whom),
                    "since": str(start),
                    "won": bool(won) if over else None,
                    "deaths": round(float(deaths)),
                }
            )
    if captures is not None:
        for date, place, whom, who, channel in zip(
            captures.date, captures.place, captures.before, captures.after, captures.channel, strict=True
        ):
            # A capture is listed with its battle; a place that nobody held falls without one.
            if channel != CAPTURE or (int(place), date) not in fought_for:
                kind = CHANNELS[channel]
                rows.append({"date": str(date), "kind": kind, "place": int(place), "who": int(who), "whom": int(whom)})
    return sorted(rows, key=lambda row: (row["date"], row["place"], row["kind"]))
