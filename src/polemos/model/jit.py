"""Compiling kernels: one decorator, and a cache that cannot go stale.

Numba's own cache does not see a change of a helper in another file, so the cache folder carries a hash of all
kernel sources. Set `POLEMOS_CACHE` to move it. `kernel(f).py_func` is the plain Python function.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import os
import re
import threading
import tokenize
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numba
from numba.core import config as numba_config

from polemos.scenario.leftovers import beside

config: Any = numba_config
HERE = Path(__file__).parent
HASH = re.compile("[0-9a-f]{64}")
_ONE_AT_A_TIME = threading.Lock()
"""The folder is a setting of the whole process: two threads that import kernels must not take it from each other."""


class KernelError(ValueError):
    """A kernel that cannot be compiled for the arrays that it is given; the text says which and why in one line."""

    def __init__(self, process: str, error: Exception) -> None:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        why = next((line for line in lines if not line.startswith("Failed in")), "no reason given")
        super().__init__(f"process {process}: its kernel cannot be compiled: {why}")


@functools.cache
def kernel_hash() -> str:
    """SHA-256 of the code of every source that a kernel can come from; comments and docstrings do not count.

    Taking the sources apart is what costs, so the hash of sources that were met before is read from the cache.
    """
    sources = [(path.relative_to(HERE).as_posix().encode(), path.read_bytes()) for path in sorted(HERE.rglob("*.py"))]
    whole, version = hashlib.sha256(), numba.__version__.encode()
    for name, source in sources:
        whole.update(b"%s\0%d\0%s" % (name, len(source), source))
    before = cache_root() / "hashes" / hashlib.sha256(version + whole.digest()).hexdigest()
    with contextlib.suppress(OSError, ValueError):
        written = before.read_text(encoding="ascii")
        if HASH.fullmatch(written):
            return written
    digest = hashlib.sha256(version)
    for name, source in sources:
        digest.update(name + b"\0" + code_of(source))
    with contextlib.suppress(OSError):
        before.parent.mkdir(parents=True, exist_ok=True)
        part = beside(before)
        part.write_text(digest.hexdigest(), encoding="ascii")
        os.replace(part, before)
    return digest.hexdigest()


def code_of(source: bytes) -> bytes:
    """Python source as its tokens, without comments, blank lines, and texts that stand alone as docstrings do."""
    parts: list[str] = []
    line: list[tokenize.TokenInfo] = []
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type in (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING):
            continue
        if token.type in (tokenize.INDENT, tokenize.DEDENT):
            parts.append(tokenize.tok_name[token.type])
            continue
        line.append(token)
        if token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            if [one.type for one in line[:-1]] not in ([], [tokenize.STRING]):
                parts += [*(one.string for one in line[:-1]), "\n"]
            line = []
    return " ".join(parts).encode()


def cache_root() -> Path:
    """The folder of everything that is kept between runs."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("POLEMOS_CACHE") or home / "polemos")


def cache_folder() -> Path:
    """Where compiled kernels are kept."""
    return cache_root() / f"kernels-{kernel_hash()[:16]}"


def kernel(function: Callable[..., Any], inline: Literal["never", "always"] = "never") -> Any:
    """Compile without the interpreter lock, without fast-math, cached on disk.

    With `NUMBA_DISABLE_JIT=1` a kernel is its own plain function, for debuggers and for what measures tests.
    """
    if config.DISABLE_JIT:
        function.py_func = function  # type: ignore[attr-defined]
        return function
    with _ONE_AT_A_TIME:
        before = config.CACHE_DIR
        config.CACHE_DIR = str(cache_folder())
        try:
            return numba.njit(nogil=True, cache=True, error_model="numpy", inline=inline)(function)
        finally:
            config.CACHE_DIR = before


def compiled(kernel_: Any, arguments: Sequence[Any]) -> Callable[..., None]:
    """What a kernel is for the types of these arguments: looked up once, since that costs more than a small kernel.

    A plain Python function is itself. Raises `numba.core.errors.NumbaError` where it cannot be compiled.
    """
    compile_ = getattr(kernel_, "compile", None)
    run: Callable[..., None] = kernel_ if compile_ is None else compile_(tuple(map(numba.typeof, arguments)))
    return run


def helper(function: Callable[..., Any]) -> Any:
    """A kernel that is written out where it is called: for few lines over arrays that cost more to pass on."""
    return kernel(function, inline="always")
