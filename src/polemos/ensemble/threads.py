"""Chunks on the threads of this machine: kernels hold no interpreter lock, so threads share the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice

from polemos.ensemble.chunks import Outcome, Span


def over(
    work: Callable[[int, int], Outcome],
    spans: Sequence[Span],
    threads: int,
    collect: Callable[[Span, Outcome], None],
    last_act: Callable[[int, Outcome], None] | None = None,
) -> None:
    """Work on the spans, and collect what comes as it does; on Ctrl-C, let those under way finish for the last act.

    Few wait at a time, so that results never pile up.
    """
    waiting = iter(spans)
    with ThreadPoolExecutor(threads) as pool:
        running: dict[Future[Outcome], Span] = {}

        def submit(number: int) -> None:
            for span in islice(waiting, number):
                running[pool.submit(work, *span)] = span

        try:
            submit(2 * threads)
            while running:
                for future in sorted(wait(running, return_when=FIRST_COMPLETED).done, key=running.__getitem__):
                    submit(1)
                    collect(running[future], future.result())
                    del running[future]
        except BaseException as error:
            left = {future: span for future, span in running.items() if not future.cancel()}
            if isinstance(error, KeyboardInterrupt) and last_act is not None:
                for future, span in left.items():
                    if future.exception() is None:
                        last_act(span[0], future.result())
            raise
