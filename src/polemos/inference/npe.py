"""Neural posterior estimation on the same bank, as a second opinion: needs the extra `npe` (sbi, torch).

A masked autoregressive flow learns the posterior of the scores from the used summaries of every draw of the bank
(Papamakarios and Murray 2016, arXiv 1605.06376; sbi: Tejero-Cantero et al. 2020, doi 10.21105/joss.02505). It is never
used without the checks of `posterior_checks.py`: such networks tend to be too sure (Hermans et al. 2022, arXiv
2110.06581).
"""

from __future__ import annotations

import numpy as np

from polemos.ensemble.plan import PlanError
from polemos.inference.abc import Sample
from polemos.record.world import Flags, Floats

DRAWS = 2000


def check() -> None:
    """Raise `PlanError` where sbi or torch is not installed."""
    from importlib.util import find_spec

    if find_spec("sbi") is None or find_spec("torch") is None:
        raise PlanError("neural posterior estimation needs sbi and torch: pip install 'polemos[npe]'")


def sample(x: Floats, z: Floats, used: Flags, summaries: Floats, seed: int = 1) -> Sample:
    """Draws of the scores given what was seen [D], learnt from summaries x [N, D] and scores z [N, k].

    Raises `PlanError` where sbi is not installed.
    """
    check()
    import torch
    from sbi.inference import NPE

    torch.manual_seed(seed)
    centre, scale = x[:, used].mean(axis=0), x[:, used].std(axis=0)

    def tensor(values: Floats) -> torch.Tensor:
        return torch.as_tensor(values, dtype=torch.float32)

    size = z.shape[1]
    prior = torch.distributions.MultivariateNormal(torch.zeros(size), torch.eye(size))
    learner = NPE(prior=prior, density_estimator="maf", show_progress_bars=False)
    learner.append_simulations(tensor(z), tensor((x[:, used] - centre) / scale))
    posterior = learner.build_posterior(learner.train())
    drawn = posterior.sample((DRAWS,), x=tensor((summaries[used] - centre) / scale), show_progress_bars=False)
    return Sample(np.asarray(drawn, np.float64), np.full(DRAWS, 1 / DRAWS))
