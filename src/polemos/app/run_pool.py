"""Runs of the page on a pool of threads: unchanged wars are kept, and a run that nobody waits for is stopped.

A chunk is simulated without the change (unless it is kept) and with it, and sent at once, so that bands narrow as
members come. Nothing here can change a number: what a member is depends on its address alone.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from polemos.app.factual_cache import FIRST, Factual, spans, stacked
from polemos.app.state import State, StateError, plans, questions, usual
from polemos.counterfactual.paired_runs import Kept, Pair, comes, measures, mixed

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.model.setup import Ground, Setup
    from polemos.record.world import Flags
    from polemos.war.war import War

WARS, GROUNDS = 4, 8
"""Factual wars and grounds of runs that are kept."""


@dataclass
class Run:
    """One run of a page. `tell` gets what is done so far, on a thread of the pool; `fail` what went wrong."""

    state: State
    tell: Callable[[Factual, Pair], None]
    fail: Callable[[BaseException], None]
    unwanted: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    telling: threading.Lock = field(default_factory=threading.Lock)
    done: dict[int, tuple[int, Kept, Kept]] = field(default_factory=dict)
    told: int = 0
    futures: list[Future[None]] = field(default_factory=list)

    def stop(self) -> None:
        """Give the run up: what waits is taken away, chunks under way end before their next week."""
        self.unwanted.set()
        for future in list(self.futures):
            future.cancel()

    @property
    def over(self) -> bool:
        """Whether no thread works for this run any more."""
        return all(future.done() for future in self.futures)

    def count(self) -> int:
        """Members that are done."""
        return sum(last - first for first, (last, _, _) in self.done.items())


class Hall:
    """Where runs are simulated: one pool of threads for all pages, and the wars that are kept."""

    def __init__(self, war: War, threads: int | None = None) -> None:
        self.war = war
        self.threads = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self.threads, "polemos-run")
        self._wars: OrderedDict[tuple[object, ...], Factual] = OrderedDict()
        self._grounds: OrderedDict[tuple[object, ...], Ground] = OrderedDict()
        self._lock = threading.Lock()
        self._runs: list[Run] = []

    @property
    def running(self) -> int:
        """Runs that are not over yet."""
        self._runs = [run for run in self._runs if not run.over]
        return len(self._runs)

    def begin(self, run: Run) -> None:
        """Start a run."""
        run.futures.append(self._pool.submit(self._open, run))
        self._runs = [*(one for one in self._runs if not one.over), run]

    def warm(self) -> None:
        """Load the kernels and simulate what the page opens with, while a browser starts."""
        self.begin(Run(usual(self.war), lambda *_: None, lambda _: None))

    def stop(self) -> None:
        """Give every run up."""
        for run in list(self._runs):
            run.stop()

    def close(self) -> None:
        """Stop every run and wait for the threads."""
        self.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def pair(self, state: State) -> Pair:
        """All members of a state at once. Raises `StateError`, also where the run was given up before its end."""
        pairs: list[Pair] = []
        failed: list[BaseException] = []
        run = Run(state, lambda _, pair: pairs.append(pair), failed.append)
        self.begin(run)
        # The first adds the others. `wait` would wait for ever for one that is cancelled as the pool is shut down.
        for future in run.futures:
            with suppress(CancelledError):
                future.result()
        if failed:
            raise failed[0]
        if run.unwanted.is_set():
            raise StateError("the server stopped before all wars were simulated")
        return pairs[-1]

    def setups(self, state: State) -> tuple[Factual, Setup, Plan]:
        """The factual war of a state, and the setup and plan of the counterfactual one. Raises `StateError`."""
        factual, other = plans(self.war, state)
        whole_run = self._factual(state, factual)
        return whole_run, _prepare(self.war, other, whole_run.ground) if state.changes else whole_run.setup, other

    def _factual(self, state: State, plan: Plan) -> Factual:
        asks = questions(self.war, state)
        key = (*state.base, tuple(question.id for question in asks))
        with self._lock:
            if key not in self._wars:
                ground = self._ground(state, plan)
                parts = tuple(spans(plan.members, self.threads))
                self._wars[key] = Factual(plan, ground, _prepare(self.war, plan, ground), asks, parts)
            self._wars.move_to_end(key)
            while len(self._wars) > WARS:
                self._wars.popitem(last=False)
            return self._wars[key]

    def _ground(self, state: State, plan: Plan) -> Ground:
        from polemos.model import engine

        place = (state.origin, state.to, state.inputs)
        if place not in self._grounds:
            actual = self.war.world if plan.inputs == "actual" else None
            cut = self.war.world.as_of(plan.origin)
            self._grounds[place] = engine.survey(cut, plan.until, inputs=actual, learn=plan.learn)
        self._grounds.move_to_end(place)
        while len(self._grounds) > GROUNDS:
            self._grounds.popitem(last=False)
        return self._grounds[place]

    def _open(self, run: Run) -> None:
        """Set a run up, and share its chunks out."""
        try:
            if run.unwanted.is_set():
                return
            factual, setup, other = self.setups(run.state)
            come = comes(run.state.probability, run.state.seed, run.state.members)
            for first, last in factual.parts:
                run.futures.append(self._pool.submit(self._chunk, run, factual, setup, other, come[first:last], first))
            if run.unwanted.is_set():
                run.stop()
        except Exception as error:
            self._failed(run, error)

    def _chunk(self, run: Run, factual: Factual, setup: Setup, other: Plan, come: Flags, first: int) -> None:
        """A chunk without and with the change, and what is sent about it."""
        from polemos.model import engine

        last = first + come.size
        try:
            before = factual.chunk(first, last, run.unwanted.is_set)
            after: Kept = before
            if setup is not factual.setup:
                new = engine.simulate(setup, first, last, stop=run.unwanted.is_set)
                after = mixed(before, measures(factual.questions)(new), come)
            with run.lock:
                run.done[first] = last, before, after
            self._told(run, factual, other)
        except engine.Stopped:
            return
        except Exception as error:
            self._failed(run, error)

    def _told(self, run: Run, factual: Factual, other: Plan) -> None:
        """Tell what is done: the first picture, then whenever the members are half as many again, and the whole."""
        whole = run.count() == run.state.members
        if not run.telling.acquire(blocking=whole):
            return
        try:
            with run.lock:
                count, parts = run.count(), [run.done[first] for first in sorted(run.done)]
            enough = max(min(FIRST, run.state.members), 1.5 * run.told)
            if run.unwanted.is_set() or count == run.told or (count < enough and count < run.state.members):
                return
            run.told = count
            run.tell(factual, Pair(factual.plan, other, factual.questions, factual.ground.dates, *joined(parts)))
        finally:
            run.telling.release()

    def _failed(self, run: Run, error: Exception) -> None:
        if not run.unwanted.is_set():
            run.stop()
            run.fail(error)


def joined(parts: list[tuple[int, Kept, Kept]]) -> tuple[Kept, Kept]:
    """Chunks put together, without and with the change."""
    before, after = [one for _, one, _ in parts], [one for _, _, one in parts]
    return stacked(before), stacked(after)


def _prepare(war: War, plan: Plan, ground: Ground) -> Setup:
    from polemos.ensemble import chunks

    return chunks.prepare(plan, war.world, ground)
