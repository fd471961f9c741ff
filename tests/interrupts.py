"""Commands that a test stops with Ctrl-C."""

from __future__ import annotations

import signal


def hear_interrupts() -> None:
    """Undo in a child what a background shell does to its children, who would not hear of Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
