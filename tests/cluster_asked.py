"""What the tests of the cluster ask: workers import it by name."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from polemos.model.trajectory import Trajectories


@dataclass(frozen=True, slots=True)
class Logged:
    """The last holders, once a line in a file says that the chunk was simulated; slowly, so that it can be killed."""

    log: Path
    seconds: float = 0.0
    digest: str = "last holders"

    def __call__(self, chunk: Trajectories) -> dict[str, np.ndarray]:
        time.sleep(self.seconds)
        with self.log.open("a") as out:
            # The strengths on the last day tell the chunks apart.
            out.write(f"{float(chunk.strengths['fighters'][0, -1].sum()):.6f} {os.getpid()}\n")
        return {"last": chunk.control[:, -1], "fighters": chunk.strengths["fighters"][:, -1]}
