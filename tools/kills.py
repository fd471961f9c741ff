"""Kill commands at random instants: `python tools/kills.py --kills 200`, or of some alone, `... run import`.

A command (`run`, `hindcast`, `watch`, `ledger`, `import`) on a small war gets SIGKILL at an instant drawn evenly over
the time that it takes; then the same command goes on in the same folder. After each kill, what stands on disk must be
whole: the old state, the new one, or steps between that are each complete. Once a command ends by itself, what it has
made must be that of a command left in peace.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from kill_targets import AFTER, BEFORE, BETWEEN, TARGETS, Target


def started(words: list[str], root: Path) -> int:
    """Start a command in a process of its own, which has imported and compiled already; its number."""
    number = os.fork()
    if number:
        return number
    from polemos.cli.commands import app

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(root)
    code = 1
    try:
        app(words, standalone_mode=False)
        code = 0
    finally:
        os._exit(code)


def ended(number: int) -> int:
    """Exit code of a process that was started."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def fresh(target: Target, root: Path) -> Path:
    """A folder with what a command needs."""
    root.mkdir()
    target.prepare(root)
    return root


def attack(target: Target, kills: int, seed: int, folder: Path) -> tuple[Counter[str], int]:
    """Where the kills fell, and how many commands were finished after some. Raises `AssertionError`."""
    chance, counts, finished = random.Random(seed), Counter[str](), 0
    warm, peace, root = fresh(target, folder / "warm"), fresh(target, folder / "peace"), folder / "war"
    assert ended(started(target.words(warm), warm)) == 0, "it fails in peace"
    began = time.monotonic()
    assert ended(started(target.words(peace), peace)) == 0
    lasts, truth = time.monotonic() - began, target.digest(peace)
    while counts.total() < kills or root.exists():
        if not root.exists():
            fresh(target, root)
        wait = chance.uniform(0, lasts) if counts.total() < kills else 60 * lasts
        number, until, over = started(target.words(root), root), time.monotonic() + wait, False
        while time.monotonic() < until and not over:
            over = os.waitid(os.P_PID, number, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
            time.sleep(0.0005)
        if over:
            assert ended(number) == 0, "it fails after a kill"
        else:
            os.kill(number, signal.SIGKILL)
            os.waitpid(number, 0)
            counts[target.state(root)] += 1
        if target.state(root) == AFTER:
            # The same command again: it finds what there is, and says it.
            assert ended(started(target.words(root), root)) == 0
            assert target.digest(root) == truth, "another result"
            finished += 1
            shutil.rmtree(root)
    return counts, finished


def main() -> int:
    """Kill, and say what was lost."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("commands", nargs="*", default=[one.name for one in TARGETS])
    given = parser.parse_args()
    chosen = [one for one in TARGETS if one.name in given.commands]
    for place, target in enumerate(chosen):
        share = given.kills // len(chosen) + (place < given.kills % len(chosen))
        with tempfile.TemporaryDirectory() as made:
            counts, finished = attack(target, share, given.seed, Path(made))
        where = ", ".join(f"{counts[when]} {when}" for when in (BEFORE, BETWEEN, AFTER) if counts[when])
        print(f"{target.name}: {share} kills ({where}); {finished} finished after them, each as in peace", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
