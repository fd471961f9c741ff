"""Scores of whole paths: what organisations hold at several leads at once, which scores of single leads miss."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from polemos.record.world import Floats


def land(control: ArrayLike, steps: Sequence[int], organisations: int) -> Floats:
    """Places held by each organisation at some steps: [..., L, O] from holders [..., T, P]."""
    holders = np.asarray(control)[..., list(steps), :]
    return np.stack([(holders == holder).sum(-1) for holder in range(organisations)], -1).astype(np.float64)


def energy(members: ArrayLike, observed: ArrayLike, *, fair: bool = False) -> Floats:
    """Energy score of members [..., m, D] against a vector observed [..., D], in the unit of its parts.

    `mean |x - y| - mean |x - x'| / 2` with Euclidean norms, the CRPS in one dimension. `fair` averages over distinct
    members (needs two). Of a path of land take D = leads (of one organisation), or leads x organisations flattened.
    Gneiting and Raftery (2007), JASA 102, section 4.3. Not taken from scoringrules for the reasons in `proper`: each
    pair is compared once here and twice there. The tests hold that both agree to 1e-12.
    """
    x, y = np.asarray(members, float), np.asarray(observed, float)
    m = x.shape[-2]
    if fair and m < 2:
        raise ValueError("the fair energy score needs at least two members")
    miss = np.linalg.norm(x - y[..., np.newaxis, :], axis=-1).mean(-1)
    spread = np.zeros(x.shape[:-2])
    # One member against those after it at a time: all pairs at once would not fit for many members.
    for one in range(m - 1):
        spread += np.linalg.norm(x[..., one + 1 :, :] - x[..., one : one + 1, :], axis=-1).sum(-1)
    return np.asarray(miss - spread / (m * (m - 1 if fair else m)))
