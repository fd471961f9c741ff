"""Rounds: the days on which forecasts were registered, each pinned to its record before anything is computed.

A round that was begun and not registered is taken up again with the record and the settings that it was begun with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from polemos.ensemble import atomic_files
from polemos.watch.lock import WatchError

FOLDER = "rounds"
STATE = "state.json"


@dataclass(frozen=True, slots=True)
class Round:
    """A round: its day, the last day that it has seen, its record and its settings; `head` once it is registered."""

    date: str
    origin: str
    record: str
    settings: Mapping[str, Any]
    head: str = ""

    @property
    def registered(self) -> bool:
        """Whether its forecasts are in the ledger."""
        return bool(self.head)


def rounds(folder: Path) -> list[Round]:
    """The rounds of a watch in the order of their days. Raises `WatchError` where a file of one was altered."""
    round_list = []
    for path in sorted((folder / FOLDER).glob("????-??-??.json")):
        try:
            round_list.append(Round(**atomic_files.unsealed(path, path.read_bytes())))
        except (atomic_files.DamagedError, TypeError):
            raise WatchError(f"{path} was cut short or altered; bring it back from a copy") from None
    return round_list


def pin(folder: Path, one: Round) -> Round:
    """Write a round down, whole or not at all."""
    path = folder / FOLDER / f"{one.date}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_files.whole(path) as part:
        part.write_text(atomic_files.sealed(asdict(one)), encoding="utf-8")
    return one


def registered(folder: Path, one: Round, head: str) -> Round:
    """A round whose forecasts are in the ledger, as its head says."""
    return pin(folder, replace(one, head=head))


def due(folder: Path, date: np.datetime64) -> bool:
    """Whether a day begins a round: the first run of its month. Raises `WatchError` before the last round."""
    past_rounds = rounds(folder)
    if not past_rounds:
        return True
    last = np.datetime64(past_rounds[-1].date)
    if date < last:
        raise WatchError(f"{date} lies before the last round, {last}; rounds go forward, and a past war is replayed")
    return bool(date.astype("datetime64[M]") > last.astype("datetime64[M]"))


def read_state(folder: Path) -> dict[str, Any]:
    """What a watch remembers besides its rounds; empty where nothing was written or it was altered."""
    path = folder / STATE
    try:
        return atomic_files.unsealed(path, path.read_bytes())
    except (OSError, atomic_files.DamagedError):
        return {}


def write_state(folder: Path, state: Mapping[str, Any]) -> None:
    """Write down what a watch remembers."""
    with atomic_files.whole(folder / STATE) as part:
        part.write_text(atomic_files.sealed(dict(state)), encoding="utf-8")
