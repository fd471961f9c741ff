"""Counting who holds what, for the summary of an ensemble: one pass over a chunk."""

from __future__ import annotations

from polemos.model.jit import kernel


@kernel
def count(control, people, counts, places, residents):
    """Add holders to counts [T, P, O + 1]; set places held and people in them [m, T, O + 1], nobody last."""
    places[:] = 0.0
    residents[:] = 0.0
    for m in range(control.shape[0]):
        for t in range(control.shape[1]):
            for p in range(control.shape[2]):
                o = control[m, t, p]
                counts[t, p, o] += 1
                places[m, t, o] += 1.0
                residents[m, t, o] += people[p]
