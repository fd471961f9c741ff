"""The protocol of a board: which wars, origins and leads are forecast, and by which rules they are scored.

It is a JSON file. A board is only read or added to where the protocol in its folder says the same as the wars do now:
a record that was mended since makes another benchmark, whatever its name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from polemos.ensemble.atomic_files import put
from polemos.forecasters.leads import ordered
from polemos.hindcasts.origins import default_leads, rolling_origins, thinned
from polemos.record.world import Days, World
from polemos.scores.rules import HEADLINE

FILE, FORMAT, VERSION = "protocol.json", 1, 1
SIMPLE = ("persistence", "pooled", "contiguity", "conflictology", "log-linear")
"""Short names of the simple rules, of which the best is the reference."""
RULES = ("persistence", "pooled Markov", "contiguity Markov", "conflictology", "log-linear")
"""Their names in tables."""
STEPS, FEWEST, MOST = ("1mo", "2w", "1w"), 12, 24
HOW = {
    "origins": f"from the first of the month after the warm-up (30 months, or a third of a short record) to the last "
    f"day whose longest lead was observed; a step of 1mo, or of 2w or 1w where that gives fewer than {FEWEST}",
    "leads": "the longest four of 1w, 2w, 1mo, 3mo, 6mo, 12mo of which the record after the warm-up has three lengths",
    "cases": "places whose holder somebody saw on the day of the lead, and at all before the origin",
    "scores": "log score and Brier score of (1 - floor) p + floor / K, a mean over places and then over origins",
    "reference": "the simple rule with the lowest mean log score on that war and lead, chosen anew in each redraw",
    "intervals": "90 %, 4000 redraws of blocks of origins as long as the lead",
    "other wars": "a forecaster that learns from other wars never has the war itself among them, and of the others "
    "only what lies before the origin",
}


class ProtocolError(ValueError):
    """A protocol that cannot be read, or that a board does not follow."""


@dataclass(frozen=True, slots=True)
class WarCases:
    """What is forecast of a war: the digest of its record, the origins and the leads."""

    digest: str
    origins: tuple[str, ...]
    leads: tuple[str, ...]

    @property
    def days(self) -> Days:
        """The origins as days [R]."""
        return np.array(self.origins, "datetime64[D]")


@dataclass(frozen=True, slots=True)
class Protocol:
    """The cases by war, and how they are scored. `code` says what made it and is not compared."""

    wars: Mapping[str, WarCases]
    version: int
    floor: float
    rules: tuple[str, ...]
    how: Mapping[str, str]
    code: Mapping[str, str]


def propose(worlds: Mapping[str, World], most: int = MOST, leads: Sequence[str] | None = None) -> Protocol:
    """The protocol of version 1 for some wars; with other `leads` or another number of origins, one of its own.

    Raises `ValueError` for a record that is too short.
    """
    from polemos import __version__
    from polemos.model.jit import kernel_hash

    wars = {}
    for name, world in worlds.items():
        words = default_leads(world) if leads is None else ordered(leads)
        days = rolling_origins(world, STEPS[0], leads=words)
        for step in STEPS[1:]:
            if len(days) < FEWEST:
                days = rolling_origins(world, step, leads=words)
        wars[name] = WarCases(world.digest(), tuple(str(one) for one in thinned(days, most)), words)
    code = {"polemos": __version__, "kernels": kernel_hash()[:16]}
    return Protocol(wars, VERSION, HEADLINE, RULES, HOW, code)


def followed(wanted: Protocol, earlier: Protocol) -> Protocol:
    """A protocol with the origins and leads of one that is there already, for the wars that both have."""
    wars = {
        name: replace(one, origins=earlier.wars[name].origins, leads=earlier.wars[name].leads)
        if name in earlier.wars
        else one
        for name, one in wanted.wars.items()
    }
    return replace(wanted, wars=wars)


def write(protocol: Protocol, path: Path) -> None:
    """Write a protocol, whole or not at all."""
    put(path, json.dumps({"format": FORMAT, **as_json(protocol)}, indent=1).encode() + b"\n")


def as_json(protocol: Protocol) -> dict[str, Any]:
    """A protocol as JSON values."""
    return {**asdict(protocol), "wars": {name: asdict(one) for name, one in protocol.wars.items()}}


def read(path: Path) -> Protocol:
    """A protocol from its file. Raises `ProtocolError`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ProtocolError(f"{path}: format {content['format']}, but this version reads format {FORMAT}")
        wars = {
            str(name): WarCases(str(one["digest"]), tuple(one["origins"]), ordered(one["leads"]))
            for name, one in content["wars"].items()
        }
        _ = [one.days for one in wars.values()]
        return Protocol(
            wars, content["version"], content["floor"], tuple(content["rules"]), content["how"], content["code"]
        )
    except ProtocolError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProtocolError(f"{path}: no protocol of a board ({error!r}); choose another folder") from None


def differences(one: Protocol, other: Protocol) -> list[str]:
    """In what two protocols differ, a sentence each; the code that made them does not count."""
    lines = [f"war {name} is only in one of them" for name in sorted(one.wars.keys() ^ other.wars.keys())]
    for name in sorted(one.wars.keys() & other.wars.keys()):
        first, second = one.wars[name], other.wars[name]
        if first.digest != second.digest:
            lines.append(f"the record of {name} is another ({first.digest[:8]}, now {second.digest[:8]})")
        lines += [
            f"the {what} of {name} differ"
            for what in ("origins", "leads")
            if getattr(first, what) != getattr(second, what)
        ]
    lines += [
        f"{what} differs" for what in ("version", "floor", "rules", "how") if getattr(one, what) != getattr(other, what)
    ]
    return lines
