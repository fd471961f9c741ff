"""The standard streams: any encoding is written, a closed pipe ends quietly, a full disk is said in one line."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from polemos.cli.failures import WRONG, cannot_write

CLOSED = 1
"""Exit code where the reader of the output went away, as Click has it."""


@contextmanager
def standard_streams() -> Iterator[None]:
    """Run a command: what the encoding of a stream lacks is escaped; faults of writing end in a line and an exit code.

    SIGTERM stops a command as Ctrl-C does, so that nothing half-made is left behind.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except SystemExit as end:
        raise SystemExit(_flushed(end.code)) from None
    except OSError as error:
        raise SystemExit(_flushed(_fault(error))) from None
    except MemoryError:
        _say("polemos: out of memory; take fewer places, members or weeks")
        raise SystemExit(_flushed(WRONG)) from None


def _flushed(code: Any) -> Any:
    """The exit code, once what was printed is written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        code = _fault(error)
        _silence(sys.stdout)
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)
    return code


def _fault(error: OSError) -> int:
    if error.errno == errno.EPIPE:
        return CLOSED
    _say(cannot_write(error))
    return WRONG


def _say(text: str) -> None:
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr)


def _silence(stream: TextIO) -> None:
    """Let the flush at the end of the interpreter go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt
