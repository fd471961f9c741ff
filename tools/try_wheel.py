"""Install a wheel or an sdist in empty environments and use it: `python tools/try_wheel.py dist/*.whl dist/*.tar.gz`.

Every file by every installer that is there (pip, pipx, uvx) on every interpreter named: `--python python3.11 --python
python3.13`. Prints the size of what was installed, seconds of the processor, and eight digits of the digests of the
simulated wars, which must be the same everywhere. Fails where `polemos` does not answer,
makes no page of a scenario inside the wheel, or leaves something else in the empty folder that it runs in.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

INSTALLERS = ("pip", "pipx", "uvx")
PAGE = ("run", "mali", "--members", "20", "--out", "report.html")


def seconds(words: list[str], folder: Path, env: Mapping[str, str]) -> float:
    """Processor seconds of a command. Raises `RuntimeError` with what it said where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, cwd=folder, env=dict(env), capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def megabytes(folder: Path) -> float:
    """Bytes of the files of a folder, in millions; a file with several names counts once."""
    sizes = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            about = path.stat()
            sizes[about.st_dev, about.st_ino] = about.st_size
    return sum(sizes.values()) / 1e6


def wars(runs: Path) -> str:
    """Eight digits of the digests that the marks of a run have of its wars, chunk by chunk."""
    whole = hashlib.sha256()
    for path in sorted(runs.glob("*/done/*")):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:8]


def attempt(installer: str, python: str, file: Path, folder: Path) -> str:
    """A row: what was installed how, its size, its seconds. Raises `RuntimeError`."""
    home, work = folder / "home", folder / "empty"
    home.mkdir()
    work.mkdir()
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "POLEMOS"))
    }
    env.setdefault("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip"))
    env |= {"HOME": str(home), "POLEMOS_CACHE": str(folder / "cache"), "BROWSER": "true", "UV_LINK_MODE": "copy"}
    env |= {"PIPX_HOME": str(folder / "installed"), "PIPX_BIN_DIR": str(folder / "bin"), "UV_PYTHON_DOWNLOADS": "never"}
    where = folder / "installed"
    if installer == "pip":
        made = seconds([python, "-m", "venv", str(where)], work, env)
        made += seconds([str(where / "bin" / "pip"), "install", "-q", "--no-compile", str(file)], work, env)
        polemos = [str(where / "bin" / "polemos")]
    elif installer == "pipx":
        made = seconds(["pipx", "install", "--quiet", "--python", python, str(file)], work, env)
        polemos = [str(folder / "bin" / "polemos")]
    else:
        env["UV_CACHE_DIR"] = str(where)
        polemos = ["uvx", "--python", python, "--from", str(file), "polemos"]
        made = seconds([*polemos, "--version"], work, env)
    size = megabytes(where)
    for words in (["--version"], ["list"]):
        seconds([*polemos, *words], work, env)
    cold = seconds([*polemos, *PAGE], work, env)
    assert (work / "report.html").stat().st_size > 100_000, "a small page"
    left = sorted(path.name for path in work.iterdir())
    assert left == ["report.html", "runs"], left
    kind = "wheel" if file.suffix == ".whl" else "sdist"
    version = subprocess.check_output([python, "--version"], text=True).strip()
    times = f"{made:3.0f} s to install, {cold:3.0f} s to a page"
    return f"{kind:5} {installer:4} {version:13} {size:4.0f} MB, {times}, wars {wars(work / 'runs')}"


def main() -> int:
    """Try all, and say which failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--python", action="append", default=[])
    parser.add_argument("--installer", action="append", default=[], choices=INSTALLERS)
    given = parser.parse_args()
    failures = 0
    for file in given.files:
        for python in given.python or [sys.executable]:
            for installer in given.installer or INSTALLERS:
                if installer != "pip" and not shutil.which(installer):
                    print(f"{installer} is not installed and left out", flush=True)
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        row = attempt(installer, python, file.resolve(), Path(folder))
                    except (RuntimeError, AssertionError, OSError) as error:
                        failures += 1
                        row = f"{file.name} {installer} {python}: FAILED: {error}"
                print(row, flush=True)
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
