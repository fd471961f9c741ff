"""Run one plan by several processes at once: `python tools/at_once.py --turns 20`.

Each process is the command `polemos run` in the same folder, with chunks of another size; it starts at an instant drawn
evenly over the time that one needs alone. Every one must end by itself with exit code 0, and the answers on disk must
be those of a run left in peace, with the wars kept and with the answers alone.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from kill_targets import run_words, small_war
from kills import ended, started

CHUNKS = (2, 3, 7)


def answers(root: Path) -> str:
    """SHA-256 of the answers of the one finished run in a folder. Raises `AssertionError` where files lie about."""
    import numpy as np

    from polemos.ensemble import run_folder as disk

    (folder,) = (root / "runs").glob("tiny-*")
    about = disk.manifest(folder)
    assert about is not None, "no manifest"
    assert about["finished"] is not None, "not finished"
    strays = [path.name for path in root.rglob("*") if "~" in path.name or path.name.endswith(".partial")]
    assert not strays, strays
    whole = hashlib.sha256()
    with np.load(folder / "answers.npz") as kept:
        for name in sorted(kept):
            whole.update(name.encode() + kept[name].tobytes())
    return whole.hexdigest()


def attack(turns: int, keep: str, seed: int, folder: Path) -> Counter[int]:
    """How often each number of processes was at it when the last one started. Raises `AssertionError`."""
    from asked import ask
    from polemos.war.war import load

    war = ask(small_war(folder))
    load(str(war)).run(members=2, store="runs")
    chance, seen = random.Random(seed), Counter[int]()
    peace = folder / "peace"
    peace.mkdir()
    began = time.monotonic()
    assert ended(started(run_words(war, CHUNKS[0], keep), peace)) == 0
    lasts, truth = time.monotonic() - began, answers(peace)
    for turn in range(turns):
        root = folder / str(turn)
        root.mkdir()
        waits = [0.0, *sorted(chance.uniform(0, lasts) for _ in CHUNKS[1:])]
        began = time.monotonic()
        numbers: list[int] = []
        for wait, chunk in zip(waits, CHUNKS, strict=True):
            time.sleep(max(began + wait - time.monotonic(), 0.0))
            at_it = sum(os.waitid(os.P_PID, number, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None for number in numbers)
            numbers.append(started(run_words(war, chunk, keep), root))
        seen[at_it + 1] += 1
        assert [ended(number) for number in numbers] == [0] * len(CHUNKS), f"turn {turn}"
        assert answers(root) == truth, f"turn {turn}: other answers"
    return seen


def main() -> int:
    """Run, and say what happened."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for keep in ("all", "questions"):
        with tempfile.TemporaryDirectory() as made:
            seen = attack(given.turns, keep, given.seed, Path(made))
        together = ", ".join(f"{count} times {number}" for number, count in sorted(seen.items()))
        print(f"--keep {keep}: {given.turns} turns of {len(CHUNKS)} processes, at once {together}; the same answers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
