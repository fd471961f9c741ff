"""What-if runs, hindcasts and ledger traffic for a time: `python tools/soak.py --minutes 20`.

Prints, at intervals, what was done and the memory, threads and open files of this process. Fails where, after a warm-up
of a quarter of the time, the mean memory of the last quarter is more than 5 % above that of the second, or where
threads or open files grew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
MEMBERS, BETWEEN, ALLOWED = 20, 15.0, 1.05


class Work:
    """A small war, what is asked of it, and a ledger; `seen` counts what was done."""

    def __init__(self, folder: Path) -> None:
        import scenarios
        from asked import ask
        from polemos.war.war import load

        path = ask(scenarios.tiny(folder))
        self.war, self.folder, self.ledger = load(str(path)), folder, folder / "ledger.sqlite"
        self.seen: Counter[str] = Counter()

    def once(self, turn: int) -> None:
        """Ten what-if experiments, a hindcast, a ledger written, read and exported; every round with other numbers."""
        from ledger_writers import draft
        from polemos.argument.claims import Experiment
        from polemos.counterfactual.experiment import what_if
        from polemos.ensemble.config import RunConfig
        from polemos.forecasters.base import Forecaster
        from polemos.forecasters.markov import Persistence
        from polemos.forecasters.model_forecaster import ModelForecaster
        from polemos.hindcasts.hindcast import hindcast
        from polemos.hindcasts.origins import spread_origins
        from polemos.ledger import chain, import_export

        asked = Experiment(text="soak", changes=("supports.emperor=0@2002-01-08",))
        for one in range(10):
            seed = 10 * turn + one
            what_if(self.war, asked, self.war.questions, config=RunConfig(members=MEMBERS, seed=seed))
            self.seen["what-if runs"] += 1
        lineup: list[Forecaster] = [Persistence(), ModelForecaster(members=MEMBERS, seed=turn, threads=2)]
        hindcast(self.war.world, lineup, spread_origins(self.war.world, 2, (1, 3)), (1, 3))
        self.seen["hindcasts"] += 1
        kept = self.war.run(members=MEMBERS, seed=turn, store=self.folder / f"runs-{turn % 5}")
        assert kept.run.folder is not None
        self.seen["runs kept"] += 1
        if turn % 50 == 0:
            self.ledger.unlink(missing_ok=True)
        chain.append(self.ledger, [draft("soak", 10 * turn + i) for i in range(10)])
        chain.read(self.ledger)
        sum(len(line) for line in import_export.export_lines(self.ledger))
        self.seen["ledger entries"] += 10


def main() -> int:
    """Work for a time, and look at the process meanwhile."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=20.0)
    minutes = parser.parse_args().minutes
    process = psutil.Process()
    rows: list[tuple[float, float, int, int]] = []
    with tempfile.TemporaryDirectory() as made:
        work = Work(Path(made))
        began, told = time.monotonic(), -BETWEEN
        turn = 0
        while (past := time.monotonic() - began) < 60 * minutes:
            work.once(turn)
            turn += 1
            now = (past, process.memory_info().rss / 2**20, process.num_threads(), process.num_fds())
            rows.append(now)
            if past - told >= BETWEEN:
                told = past
                looked = f"{past:6.0f} s {now[1]:7.1f} MiB {now[2]:3} threads {now[3]:3} files"
                print(looked, dict(work.seen), flush=True)
    quarters = [[row for row in rows if q * 15 * minutes <= row[0] < (q + 1) * 15 * minutes] for q in (1, 3)]
    early, late = ([max(row[k] for row in quarter) for k in (2, 3)] for quarter in quarters)
    before, after = (sum(row[1] for row in quarter) / len(quarter) for quarter in quarters)
    print(f"{minutes:g} minutes: {dict(work.seen)}")
    print(f"memory, second to last quarter: {before:.1f} to {after:.1f} MiB ({100 * (after / before - 1):+.1f} %)")
    print(f"most threads: {early[0]} to {late[0]}; most open files: {early[1]} to {late[1]}")
    return int(after > ALLOWED * before or any(b > a for a, b in zip(early, late, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
