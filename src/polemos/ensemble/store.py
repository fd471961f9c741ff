"""Where the chunks of a run are kept: nowhere, in memory, or in a folder that a later run reopens.

A run opens its store, asks which chunks are missing, puts each that is done, and finishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.ensemble import answer_store, trajectory_store
from polemos.ensemble import run_folder as disk
from polemos.ensemble.chunks import Job, Outcome, Span, Verdicts, reduced
from polemos.ensemble.plan import PlanError
from polemos.ensemble.summary import Summary
from polemos.model.trajectory import Trajectories

KEEPS = ("all", "questions", "none")
"""What of a run stays on disk: every war, the answers and the summary alone, or nothing."""

Answers = tuple[Summary, Verdicts]


class Store:
    """A store that keeps nothing, and what every store can do.

    `folder` is where the run is, None where it is not on disk; `whole` says whether trajectories are kept; `chunk` is
    the number of members a chunk.
    """

    folder: Path | None = None
    whole = False
    chunk = 1

    def open(self, job: Job, chunk: int, digest: str | None) -> Answers | None:
        """Begin with a job in chunks of so many members; the answers of a finished run, where the store has them.

        `digest` is that of what is asked, None where it has none. Raises `PlanError`, `DamagedError`.
        """
        self.chunk = chunk
        return None

    def missing(self, spans: Sequence[Span]) -> list[Span]:
        """The chunks that are still to be simulated."""
        return list(spans)

    def get(self, job: Job, span: Span) -> Outcome:
        """A chunk that is there, reduced to what the job asks. Raises `DamagedError`."""
        raise LookupError(f"no chunk {span}")

    def put(self, job: Job, span: Span, outcome: Outcome) -> None:
        """Keep a chunk. Raises `PlanError` where that cannot be done."""

    def finish(self, summary: Summary, verdicts: Verdicts, seconds: float) -> None:
        """Say that every chunk is there."""

    def trajectories(self, job: Job, span: Span) -> Trajectories:
        """The members of a chunk. Raises `ValueError` where they are not kept."""
        raise ValueError("this run was not kept; give `store` a folder to have the trajectories")

    def control(self) -> NDArray[np.int8]:
        """Holders of all members [member, date, place]. Raises `ValueError` where they are not kept."""
        raise ValueError("this run was not kept; give `store` a folder to have the trajectories")


class MemoryStore(Store):
    """Trajectories in memory, for as long as the run is at hand."""

    whole = True

    def __init__(self) -> None:
        self._chunks: dict[Span, Trajectories] = {}

    def put(self, job: Job, span: Span, outcome: Outcome) -> None:
        """See `Store.put`."""
        assert outcome.trajectories is not None
        self._chunks[span] = outcome.trajectories

    def trajectories(self, job: Job, span: Span) -> Trajectories:
        """See `Store.trajectories`."""
        return self._chunks[span]

    def control(self) -> NDArray[np.int8]:
        """See `Store.control`."""
        return np.concatenate([self._chunks[span].control for span in sorted(self._chunks)])


class FolderStore(Store):
    """A folder under `root` for each plan (see `polemos.ensemble.run_folder`).

    A plan that is there is reopened, and one that was interrupted goes on with the chunks that are missing; `fresh`
    starts anew. `keeps` is `all` (every war) or `questions` (the answers and the summary alone). Raises `PlanError`
    for a folder that cannot be written or holds something else.
    """

    def __init__(self, root: Path | str, *, keeps: str = "all", fresh: bool = False) -> None:
        if keeps not in KEEPS[:2]:
            raise PlanError(f"a run keeps {', '.join(KEEPS)}, not {keeps!r}")
        self.root, self.keeps, self.fresh = Path(root), keeps, fresh
        self.whole = keeps == "all"
        self._manifest: dict[str, Any] = {}
        self._digest: str | None = None

    def open(self, job: Job, chunk: int, digest: str | None) -> Answers | None:
        """See `Store.open`; a folder that is there keeps the size of its chunks and what it keeps."""
        self.folder = folder = disk.folder_of(self.root, job.plan, job.kernels)
        with disk.writing(folder):
            if self.fresh:
                disk.clear(folder)
            self._manifest = disk.begin(folder, job.plan, job.kernels, chunk, self.keeps, digest)
        self.chunk, self._digest = int(self._manifest["chunk"]), digest
        self.whole = self._manifest["keeps"] == "all"
        spans = [(first, first) for first in range(0, job.plan.members, self.chunk)]
        if digest is None or self._manifest["finished"] is None or self.missing(spans):
            return None
        return answer_store.load(folder, digest, whole=self.whole)

    def missing(self, spans: Sequence[Span]) -> list[Span]:
        """See `Store.missing`."""
        assert self.folder is not None
        return [span for span in spans if not trajectory_store.is_complete(self.folder, span[0])]

    def get(self, job: Job, span: Span) -> Outcome:
        """See `Store.get`."""
        assert self.folder is not None
        return (
            reduced(job, self.trajectories(job, span)) if self.whole else answer_store.load_part(self.folder, span[0])
        )

    def put(self, job: Job, span: Span, outcome: Outcome) -> None:
        """See `Store.put`."""
        assert self.folder is not None
        with disk.writing(self.folder):
            if not self.whole:
                answer_store.save_part(self.folder, span[0], outcome)
            elif outcome.trajectories is not None:
                trajectory_store.save(self.folder, job.plan, self.chunk, span[0], outcome.trajectories)

    def finish(self, summary: Summary, verdicts: Verdicts, seconds: float) -> None:
        """See `Store.finish`."""
        assert self.folder is not None
        if self._manifest["finished"] is not None:
            return
        with disk.writing(self.folder):
            if self._digest is not None:
                answer_store.save(self.folder, summary, verdicts, self._digest)
            disk.finish(self.folder, self._manifest, seconds)
            answer_store.clear_parts(self.folder)

    def finished_elsewhere(self) -> Answers | None:
        """The answers of a run whose parts another process cleared away when it finished the same plan meanwhile."""
        if self.folder is None or self.whole or self._digest is None or self._manifest["finished"]:
            return None
        return answer_store.load(self.folder, self._digest, whole=False) if disk.manifest(self.folder) else None

    def trajectories(self, job: Job, span: Span) -> Trajectories:
        """See `Store.trajectories`."""
        return trajectory_store.load(self._kept(), job.world.as_of(job.plan.origin), job.plan.origin, *span)

    def control(self) -> NDArray[np.int8]:
        """See `Store.control`."""
        return trajectory_store.control(self._kept())

    def _kept(self) -> Path:
        if not self.whole or self.folder is None:
            raise ValueError("this run kept its answers alone; run it with --keep all to have the trajectories")
        return self.folder


def store_in(place: Store | Path | str | None, keeps: str = "all", *, fresh: bool = False) -> Store:
    """A store for a place: a folder, a store as it is, or None for one that keeps nothing. `keeps`: see `KEEPS`."""
    if isinstance(place, Store):
        return place
    return Store() if place is None or keeps == "none" else FolderStore(place, keeps=keeps, fresh=fresh)
