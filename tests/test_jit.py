"""The cache of compiled kernels: one folder for each state of their sources."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numba
import pytest

from polemos.model import jit


@pytest.fixture
def anew():
    """Ask for the hash again, and forget what was asked for in the test."""
    jit.kernel_hash.cache_clear()
    yield
    jit.kernel_hash.cache_clear()


def test_the_hash_is_of_every_source_of_a_kernel(tmp_path, monkeypatch, anew):
    (tmp_path / "processes").mkdir()
    (tmp_path / "b.py").write_bytes(b"two")
    (tmp_path / "a.py").write_bytes(b"one")
    (tmp_path / "notes.txt").write_bytes(b"no source")
    (tmp_path / "processes" / "c.py").write_bytes(b"three")
    monkeypatch.setattr(jit, "HERE", tmp_path)
    expected = hashlib.sha256(numba.__version__.encode() + b"a.py\0one" + b"b.py\0two" + b"c.py\0three").hexdigest()
    assert jit.kernel_hash() == expected
    (tmp_path / "processes" / "c.py").write_bytes(b"3")
    assert jit.kernel_hash() == expected, "asked once a process"
    jit.kernel_hash.cache_clear()
    assert jit.kernel_hash() != expected


def test_the_folder_is_where_it_is_asked_for(monkeypatch):
    name = f"kernels-{jit.kernel_hash()[:16]}"
    monkeypatch.setenv("POLEMOS_CACHE", "/somewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert jit.cache_folder() == Path("/somewhere") / name
    monkeypatch.delenv("POLEMOS_CACHE")
    assert jit.cache_folder() == Path("/caches/polemos") / name
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert jit.cache_folder() == Path.home() / ".cache" / "polemos" / name
