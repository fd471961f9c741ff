"""Kill `polemos run` at random instants: `python tools/kills.py --kills 100`.

A small war is run by a process that gets SIGKILL at an instant drawn evenly over the time that the command takes; then
the same command goes on in the same folder. After each kill, what stands on disk must be readable, every marked chunk
with the digests of its mark; once a command ends by itself, the bytes of the run must be those of a run left in peace.
"""

from __future__ import annotations

import argparse
import hashlib
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
MEMBERS, CHUNK = 60, 2


def command(war: Path, root: Path, *, chunk: int = CHUNK, keep: str = "all") -> int:
    """Start the command in a process of its own, which has imported and compiled already; its number."""
    number = os.fork()
    if number:
        return number
    from polemos.cli.commands import app

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(root)
    words = ["run", str(war), "--members", str(MEMBERS), "--chunk", str(chunk), "--threads", "1", "--runs", "runs"]
    words += ["--keep", keep]
    code = 1
    try:
        app(words, standalone_mode=False)
        code = 0
    finally:
        os._exit(code)


def state(root: Path) -> str:
    """What stands on disk. Raises `AssertionError`, `PlanError` for what is neither the old state nor the new one."""
    from polemos.ensemble import run_folder as disk
    from polemos.ensemble import trajectory_store

    page = root / "report.html"
    assert not page.exists() or page.read_text(encoding="utf-8").rstrip().endswith("</html>"), "half a page"
    found = list((root / "runs").glob("tiny-*"))
    about = disk.manifest(found[0]) if found else None
    if about is None:
        return "before it began"
    trajectory_store.check_all(found[0])
    return "between chunks" if about["finished"] is None else "once finished"


UNCOUNTED = ("manifest.json", "page.html", "page.json", "page.key")
"""Files of a run that say when it was made and where it lies, or are keyed by that."""


def digest(root: Path) -> str:
    """SHA-256 of the wars, the marks, the answers and the front hazard's part of the run, byte for byte."""
    import numpy as np

    (folder,) = (root / "runs").glob("tiny-*")
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        left_over = path.name.endswith(".partial") or "~" in path.name
        if not path.is_file() or left_over or path.name in UNCOUNTED:
            continue
        whole.update(path.relative_to(folder).as_posix().encode())
        if path.suffix != ".npz":
            whole.update(path.read_bytes())
            continue
        # The container of arrays has the time of writing in it; the arrays have not.
        with np.load(path) as arrays:
            for name in sorted(arrays):
                whole.update(name.encode() + arrays[name].tobytes())
    return whole.hexdigest()


def attack(kills: int, seed: int, folder: Path) -> tuple[Counter[str], int]:
    """Where the kills fell, and how many runs were finished after some. Raises `AssertionError`."""
    import scenarios
    from polemos.war.war import load

    war = scenarios.tiny(folder)
    load(str(war)).run(members=CHUNK, store="runs")
    chance = random.Random(seed)
    peace, at_war = folder / "peace", folder / "war"
    peace.mkdir()
    began = time.monotonic()
    assert os.waitstatus_to_exitcode(os.waitpid(command(war, peace), 0)[1]) == 0
    lasts = time.monotonic() - began
    truth, seen, finished = digest(peace), Counter[str](), 0
    while sum(seen.values()) < kills:
        at_war.mkdir(exist_ok=True)
        number = command(war, at_war)
        end = time.monotonic() + chance.uniform(0, lasts)
        ended = False
        while time.monotonic() < end and not ended:
            ended = os.waitpid(number, os.WNOHANG)[0] == number
            time.sleep(0.0005)
        if not ended:
            os.kill(number, signal.SIGKILL)
            os.waitpid(number, 0)
            seen[state(at_war)] += 1
        if state(at_war) == "once finished":
            # The same command again: it finds what there is, and says it.
            assert os.waitstatus_to_exitcode(os.waitpid(command(war, at_war), 0)[1]) == 0
            assert digest(at_war) == truth, "another result"
            finished += 1
            shutil.rmtree(at_war)
    if at_war.exists():
        assert os.waitstatus_to_exitcode(os.waitpid(command(war, at_war), 0)[1]) == 0
        assert digest(at_war) == truth, "another result"
        finished += 1
    return seen, finished


def main() -> int:
    """Kill, and say what was lost."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        seen, finished = attack(given.kills, given.seed, Path(made))
    for what, count in sorted(seen.items()):
        print(f"killed {what:16} {count:4}")
    print(f"{sum(seen.values())} kills; {finished} runs finished after them, each with the hash of a run left in peace")
    return 0


if __name__ == "__main__":
    sys.exit(main())
