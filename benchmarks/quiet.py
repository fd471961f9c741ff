"""Everything that wants a quiet machine, in one command: `python benchmarks/quiet.py`, an hour on two cores.

Each measure is a command; its seconds by the clock, core seconds and the most memory go into a table with the commit,
the day and the machine, and what it printed follows. The environments of the other tools are made where they are not
there. On a machine that does other work it stops and says so; `--anyway` marks the table instead.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUIET = 0.3
"""Load average of the last minute above which a machine is not quiet."""
PEERS = {
    ".venv-bench": ("mesa>=3.1", "starsim>=3", "jax>=0.6", "scipy"),
    ".venv-frames": ("--pre", "mesa-frames"),
}
"""Environments of other tools, which cannot be installed beside polemos, and what pip is given for each."""
PLACES = 2634


@dataclass(frozen=True, slots=True)
class Measure:
    """A command, what it says of polemos, the environment it needs besides, and the aim in seconds by the clock."""

    name: str
    command: str
    aim: float | None = None
    cold: bool = False


MEASURES = (
    Measure("peers", "{python} benchmarks/bench.py peers --rounds 5 {peers}"),
    Measure("model", "{python} benchmarks/bench.py model caliphate --members 200,1000"),
    Measure("demo, kernels cold", "{polemos} demo", 45, cold=True),
    Measure("quick view", "{polemos} run caliphate --quick --fresh --quiet", 15),
    Measure("quick view again", "{polemos} run caliphate --quick --quiet", 2),
    Measure("whole page", "{polemos} run caliphate --fresh --quiet", 90),
    Measure("forecast", "{polemos} forecast caliphate --date 2015-06-01"),
    Measure(
        "what-if page", "{python} -m pytest -m slow -s -q -p no:cacheprovider tests/test_app_browser.py -k how_quick"
    ),
    Measure(
        "1,000 wars of 2,634 places",
        "{polemos} run {large} --members 1000 --chunk 50 --keep questions --quiet --fresh",
    ),
    Measure(
        "hindcast of the flagship",
        "{polemos} hindcast caliphate --every 1mo --from 2014-07-01 --to 2019-03-01 --leads 1,3,6,12 --fresh",
    ),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a measure took, the most memory of its processes in MB, and what it printed."""

    measure: Measure
    clock: float
    core: float
    peak: float
    printed: str
    code: int


def taken(measure: Measure, words: list[str], folder: Path, env: Mapping[str, str]) -> Result:
    """Run a command to its end."""
    with tempfile.TemporaryFile("w+") as out:
        began = time.monotonic()
        running = subprocess.Popen(words, cwd=folder, env=dict(env), stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(running.pid, 0)
        clock = time.monotonic() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return Result(
            measure, clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out.read(), running.returncode
        )


def environments(python: str) -> list[str]:
    """Interpreters with the other tools, made where they are not there; a tool that cannot be had is left out."""
    found = []
    for name, packages in PEERS.items():
        folder = ROOT / name
        if not (folder / "bin" / "python").exists():
            subprocess.run([python, "-m", "venv", str(folder)], check=True)
            subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *packages], check=False)
        found += ["--python", str(folder / "bin" / "python")]
    return found


def report(results: list[Result], load: float) -> str:
    """The table and what was printed, as Markdown."""
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    changed = subprocess.check_output(["git", "status", "--porcelain"], cwd=ROOT, text=True).strip()
    day = datetime.datetime.now(datetime.UTC).date()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    noise = "nothing else running" if load <= QUIET else f"BESIDE OTHER WORK (load {load:.1f}): no evidence"
    lines = [f"Commit {commit}{' with changes' if changed else ''}, {day}, {machine}, {noise}.", ""]
    lines += [
        "| what | seconds by the clock | aim | core seconds | most memory, MB | command |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for one in results:
        aim = "" if one.measure.aim is None else f"{one.measure.aim:g}"
        clock = f"{one.clock:.1f}" if one.code == 0 else f"FAILED ({one.code})"
        command = one.measure.command.format(python="python", polemos="polemos", large="large/", peers="--python ...")
        lines.append(f"| {one.measure.name} | {clock} | {aim} | {one.core:.1f} | {one.peak:,.0f} | `{command}` |")
    for one in results:
        lines += ["", f"## {one.measure.name}", "", "```text", one.printed.rstrip(), "```"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("only", nargs="*", help="Measures by the beginning of their names; default: all.")
    parser.add_argument("--anyway", action="store_true", help="Measure on a busy machine too.")
    parser.add_argument("--tools-python", default=shutil.which("python3.13") or sys.executable, help="For the peers.")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "quiet.md")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    if load > QUIET and not given.anyway:
        print(f"The load is {load:.1f}: end what else runs, wait a minute, or say --anyway.")
        return 2
    chosen = [one for one in MEASURES if not given.only or any(one.name.startswith(name) for name in given.only)]
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as made:
        large = Path(made) / "large"
        values = {
            "python": sys.executable,
            "polemos": str(Path(sys.executable).parent / "polemos"),
            "large": str(large),
        }
        if any("{large}" in one.command for one in chosen):
            words = [sys.executable, "tools/synthetic.py", str(large), "--places", str(PLACES)]
            subprocess.run(words, cwd=ROOT, check=True)
        values["peers"] = ""
        if any("{peers}" in one.command for one in chosen):
            values["peers"] = " ".join(environments(given.tools_python))
        for one in chosen:
            words = one.command.format(**values).split()
            env = {**os.environ, "BROWSER": "true", "COLUMNS": "150"}
            if one.cold:
                env["POLEMOS_CACHE"] = str(Path(made) / "cold")
            # What runs of wars leave is left in the scratch folder.
            folder = ROOT if words[0] == sys.executable else Path(made)
            results.append(taken(one, words, folder, env))
            print(
                f"{one.name}: {results[-1].clock:.1f} s by the clock, {results[-1].core:.1f} core seconds", flush=True
            )
            given.out.parent.mkdir(parents=True, exist_ok=True)
            given.out.write_text(report(results, load), encoding="utf-8")
    print(f"Written: {given.out}")
    return int(any(one.code for one in results))


if __name__ == "__main__":
    sys.exit(main())
