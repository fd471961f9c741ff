"""A board made: a hindcast of every war of a protocol by every forecaster, and the entries of others beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polemos.board import protocol as protocols
from polemos.board.protocol import RULES, SIMPLE, Protocol, ProtocolError
from polemos.board.table import BoardRow, MeanRow, mean_rows, war_rows, with_entry
from polemos.ensemble.executor import Executor, Progress
from polemos.forecasters.base import Forecaster
from polemos.forecasters.registry import lineup
from polemos.hindcasts.hindcast import Hindcast, hindcast
from polemos.record.world import Floats, World

FORECASTERS = (*SIMPLE, "trees", "front", "model", "forecast")
"""Short names of the forecasters of a board; where there are other wars, the front hazard stands once more."""
STORE = "hindcasts"
"""Folder of the forecasts, within that of the board."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board: its protocol, its rows, the means over wars, and which forecasters are read from a file.

    `names` are the short names of the others, `members` and `seed` those of the forecasters that simulate.
    """

    protocol: Protocol
    rows: tuple[BoardRow, ...]
    means: tuple[MeanRow, ...]
    entries: tuple[str, ...]
    names: tuple[str, ...]
    members: int
    seed: int

    @property
    def forecasters(self) -> list[str]:
        """Their names, the simple rules first."""
        names = list(dict.fromkeys(row.forecaster for row in self.rows))
        return [*(name for name in RULES if name in names), *(name for name in names if name not in RULES)]

    def row(self, war: str, lead: str, forecaster: str) -> BoardRow | None:
        """One row."""
        return next((r for r in self.rows if (r.war, r.lead, r.forecaster) == (war, lead, forecaster)), None)


@dataclass(frozen=True, slots=True)
class Entrants:
    """The forecasters of a board by their short names, and with how many members, which seed and threads they simulate.

    `teachers` names the wars that they may learn from besides the one that they forecast, which is never its own.
    """

    names: Sequence[str] = FORECASTERS
    teachers: Sequence[str] = ()
    members: int = 200
    seed: int = 1
    threads: int | None = None


def standing(folder: Path) -> Protocol | None:
    """The protocol of the board in a folder, None where there is none. Raises `ProtocolError`."""
    path = folder / protocols.FILE
    return protocols.read(path) if path.exists() else None


def settle(folder: Path, wanted: Protocol, *, fresh: bool = False) -> Protocol:
    """The protocol of the board in a folder, written there where there is none yet.

    Raises `ProtocolError` where another one is there; with `fresh` that is replaced.
    """
    path = folder / protocols.FILE
    earlier = None if fresh else standing(folder)
    if earlier is not None:
        differing = protocols.differences(earlier, wanted)
        if differing:
            raise ProtocolError(
                f"{path} fixes another board: {'; '.join(differing)}. Choose another folder with --out, or begin this "
                "one anew with --fresh"
            )
        return earlier
    folder.mkdir(parents=True, exist_ok=True)
    protocols.write(wanted, path)
    return wanted


def board_forecasters(
    names: Sequence[str], others: Sequence[World], members: int, seed: int, threads: int | None
) -> tuple[Forecaster, ...]:
    """The forecasters for a war, the simple rules always among them. `others` are wars that may be learnt from."""
    chosen = tuple(dict.fromkeys((*SIMPLE, *names)))
    learnt = others if "front" in chosen else ()
    return lineup(chosen, members=members, seed=seed, threads=threads, wars=learnt)


def board(
    folder: Path,
    protocol: Protocol,
    worlds: Mapping[str, World],
    entrants: Entrants | None = None,
    *,
    entries: Mapping[str, Mapping[str, Floats]] | None = None,
    executor: Executor | None = None,
    watch: Callable[[str, int], Any] | None = None,
    fresh: bool = False,
) -> Board:
    """Forecast every case of a protocol, and score it; what is in the folder already is read and not computed again.

    `entries` are probabilities [R, L, P, K] by name and war (`read_entry`). `watch` gives, for a war and
    its number of origins, a context whose value is a `Progress` or None. Raises `ValueError` for an entry named as a
    forecaster of the board is, `KeyError` for an unknown forecaster, `Interrupted` on Ctrl-C.
    """
    entrants = entrants or Entrants()
    rows: list[BoardRow] = []
    redraws: dict[tuple[str, str, str], Any] = {}
    for name, plan in protocol.wars.items():
        others = [worlds[teacher] for teacher in entrants.teachers if teacher != name]
        forecasters = board_forecasters(entrants.names, others, entrants.members, entrants.seed, entrants.threads)

        def roll(progress: Progress | None, name: str = name, forecasters: Any = forecasters) -> Hindcast:
            cases = protocol.wars[name]
            return hindcast(
                worlds[name],
                forecasters,
                cases.days,
                cases.leads,
                progress,
                store=folder / STORE,
                fresh=fresh,
                executor=executor,
            )

        if watch is None:
            hindcast_result = roll(None)
        else:
            with watch(name, len(plan.origins)) as progress:
                hindcast_result = roll(progress)
        for entry, probability in (entries or {}).items():
            hindcast_result = with_entry(hindcast_result, entry, probability[name])
        more, drawn = war_rows(name, hindcast_result)
        rows += more
        redraws |= drawn
    means = tuple(mean_rows(rows, redraws))
    return Board(
        protocol, tuple(rows), means, tuple(entries or ()), tuple(entrants.names), entrants.members, entrants.seed
    )
