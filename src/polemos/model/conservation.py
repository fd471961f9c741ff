"""The accounts of men in a run: men move between accounts, and none appear or vanish without an entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def accounts(arrays: Mapping[str, Any]) -> Any:
    """Men of every organisation over all accounts, less those who joined [m, O]."""
    nobody = arrays["reserve"].shape[1]
    total = arrays["reserve"].sum(2) + arrays["transit"].sum((2, 3)) + arrays["underground"].sum(1)
    total = total + sum(arrays[name] for name in ("killed", "captured", "home", "went_over")) - arrays["joined"]
    for o in range(nobody):
        total[:, o] += (arrays["garrison"].sum(2) * (arrays["holder"] == o)).sum(1)
        total[:, o] += (arrays["assault"].sum(2) * (arrays["attacker"] == o)).sum(1)
    return total


def check(arrays: Mapping[str, Any], books: Any, week: int) -> None:
    """Conservation, partition and non-negativity at the end of a week. Raises `AssertionError`."""
    # Rounding grows with all who ever joined, so the size of an organisation is its books and its joiners.
    now, size = accounts(arrays), np.maximum(np.abs(books) + arrays["joined"], 1.0)
    worst = float(np.max(np.abs(now - books) / size))
    assert worst < 1e-9, f"week {week}: men appeared or vanished, {worst:.2g} of an organisation's"
    empty = arrays["holder"] == arrays["reserve"].shape[1]
    assert not arrays["garrison"][empty].any(), f"week {week}: nobody owns men"
    assert ((arrays["holder"] >= 0) & (arrays["holder"] <= arrays["reserve"].shape[1])).all(), f"week {week}: no holder"
    stocks = ("garrison", "assault", "reserve", "transit", "underground")
    for name in (*stocks, "killed", "captured", "home", "went_over", "joined"):
        assert (arrays[name] >= 0).all(), f"week {week}: {name} is negative"
    for name in ("supply", "credibility"):
        assert ((arrays[name] >= 0) & (arrays[name] <= 1)).all(), f"week {week}: {name} leaves [0, 1]"
    fought = arrays["assault"].sum(2) > 0
    assert (arrays["attacker"][fought] >= 0).all(), f"week {week}: an assault without an attacker"
