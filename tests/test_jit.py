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
    (tmp_path / "b.py").write_bytes(b"two = 2")
    (tmp_path / "a.py").write_bytes(b"one = 1")
    (tmp_path / "notes.txt").write_bytes(b"no source")
    (tmp_path / "processes" / "c.py").write_bytes(b"three = 3")
    monkeypatch.setattr(jit, "HERE", tmp_path)
    sources = b"a.py\0one = 1 \n" + b"b.py\0two = 2 \n" + b"processes/c.py\0three = 3 \n"
    expected = hashlib.sha256(numba.__version__.encode() + sources).hexdigest()
    assert jit.kernel_hash() == expected
    (tmp_path / "processes" / "c.py").write_bytes(b"three = 4")
    assert jit.kernel_hash() == expected, "asked once a process"
    jit.kernel_hash.cache_clear()
    assert jit.kernel_hash() != expected


def test_a_hash_that_was_taken_before_is_read_and_a_damaged_one_is_taken_anew(tmp_path, monkeypatch, anew):
    sources = tmp_path / "model"
    sources.mkdir()
    (sources / "a.py").write_bytes(b"one = 1  # why")
    monkeypatch.setattr(jit, "HERE", sources)
    monkeypatch.setenv("POLEMOS_CACHE", str(tmp_path / "cache"))
    first = jit.kernel_hash()
    (written,) = (tmp_path / "cache" / "hashes").iterdir()
    assert written.read_text() == first
    with monkeypatch.context() as patch:
        patch.setattr(jit, "code_of", None)
        jit.kernel_hash.cache_clear()
        assert jit.kernel_hash() == first
    written.write_text(first[:-1])
    jit.kernel_hash.cache_clear()
    assert jit.kernel_hash() == first == written.read_text()
    (sources / "a.py").write_bytes(b"one = 2  # why")
    jit.kernel_hash.cache_clear()
    assert jit.kernel_hash() != first


def test_the_folder_is_where_it_is_asked_for(monkeypatch):
    name = f"kernels-{jit.kernel_hash()[:16]}"
    monkeypatch.setenv("POLEMOS_CACHE", "/somewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert jit.cache_folder() == Path("/somewhere") / name
    monkeypatch.delenv("POLEMOS_CACHE")
    assert jit.cache_folder() == Path("/caches/polemos") / name
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert jit.cache_folder() == Path.home() / ".cache" / "polemos" / name


def test_the_hash_of_kernels_sees_code_and_neither_comments_nor_docstrings():
    one = b'"""Module."""\nX = 1  # why\n\n\ndef f(a):\n    """What."""\n    return a + X\n'
    two = b'"""Another."""\nX = 1\n"""About X."""\n\ndef f(a):\n    # why\n    return a + X\n'
    assert jit.code_of(one) == jit.code_of(two)
    assert jit.code_of(one) != jit.code_of(one.replace(b"X = 1", b"X = 2"))
    assert jit.code_of(one) != jit.code_of(one.replace(b"    return", b"    if a:\n        return"))
