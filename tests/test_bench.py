"""The benchmark measures what runs, leaves out what does not and says why, and would notice another law."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import bench  # noqa: E402
import peers  # noqa: E402


def test_programs_agree_and_what_is_missing_is_said(tmp_path):
    for name in ("reduced.py", "run_numpy.py"):
        (tmp_path / name).write_text((BENCHMARKS / name).read_text())
    biased = (BENCHMARKS / "run_numpy.py").read_text().replace("rng.random(out=u, dtype=F)", "u[:] = 0.05")
    (tmp_path / "biased.py").write_text(biased)
    (tmp_path / "broken.py").write_text("import sys; sys.exit('no such war')")
    programs = [
        peers.Program(peers.OURS, "run_numpy.py", ("numpy", "scipy"), 64),
        peers.Program("biased", "biased.py", ("numpy",), 64),
        peers.Program("broken", "broken.py", ("numpy",), 64),
        peers.Program("absent", "absent.py", ("no_such_module",), 64),
    ]
    found = {peer.name: peer for peer in peers.measure(tmp_path, rounds=1, places=40, weeks=20, programs=programs)}
    assert found[peers.OURS].ratio == 1
    assert found[peers.OURS].rate > 1e5
    assert found["biased"].apart > 4
    assert "no such war" in found["broken"].why
    assert "no_such_module" in found["absent"].why


def test_kernel_and_numpy_compute_one_law():
    programs = [
        peers.Program(peers.OURS, "run_numba.py", ("polemos",), 200),
        peers.Program("NumPy", "run_numpy.py", ("numpy", "scipy"), 200),
    ]
    ours, numpy = peers.measure(BENCHMARKS, rounds=1, places=60, weeks=40, programs=programs)
    assert 0.3 < ours.share[0] < 0.7
    assert numpy.apart < 4
    assert np.isfinite(numpy.ratio)


def test_without_the_programs_the_repository_is_named(tmp_path):
    done = CliRunner().invoke(bench.app, ["peers", "--folder", str(tmp_path)])
    assert done.exit_code == 2
    with pytest.raises(FileNotFoundError, match="repository"):
        peers.measure(tmp_path)
