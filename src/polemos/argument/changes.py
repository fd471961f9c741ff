"""Changes of a counterfactual, as data. Files and the command line write changes alike.

    supports.PATRON[.CLIENT[.KIND]]=FACTOR   multiplies what a patron gives; 0 takes it away, * is anybody
    gives.PATRON.CLIENT.KIND=SCALE           a support that there was not, scale 0 to 1
    relations.A.B=KIND                       the relation of two organisations: war, truce, neglect or allied
    claims.ORGANISATION=0                    a claim to statehood is off (0) or on (1)
    leaders.ORGANISATION=STATE               its leader is open, hidden or dead
    losses.ORGANISATION=SHARE                a share of its men is lost, once
    pins.PLACE=1                             the place is not captured
    processes.NAME=off                       a process is off, or on
    PARAMETER=VALUE                          a number, or a prior such as lognormal(40, 0.8)

Each may end in @YYYY-MM-DD, the first day that it holds; without it, a parameter or a process is changed from the
start (it is another model), and everything else from the origin on.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

PARTS = {
    "supports": (1, 3),
    "gives": (3, 3),
    "relations": (2, 2),
    "claims": (1, 1),
    "leaders": (1, 1),
    "losses": (1, 1),
    "pins": (1, 1),
    "processes": (1, 1),
}
"""Subjects of a change, and how many names may follow."""

PARAMETER = "parameter"
ANY = "*"
CHANGE = re.compile(r"([\w*.-]+)\s*=\s*([^@=]+?)\s*(?:@\s*(\S+))?")
SHAPES = "NAME=VALUE or NAME=VALUE@YYYY-MM-DD, as in supports.PATRON=0@2015-09-30 or beta_t=0"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of what (`subject`, `path`), to what, from which day on (None: from the start)."""

    subject: str
    path: tuple[str, ...]
    value: str
    date: datetime.date | None = None

    def __str__(self) -> str:
        name = ".".join(self.path if self.subject == PARAMETER else (self.subject, *self.path))
        return f"{name}={self.value}" + (f"@{self.date}" if self.date else "")

    @property
    def number(self) -> float:
        """The value of a change that takes a number."""
        return float(self.value)


def read_change(text: str) -> Change:
    """A change as written. Raises `ValueError` saying what is wrong with it."""
    match = CHANGE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no change; write {SHAPES}")
    name, value, when = match.groups()
    try:
        date = None if when is None else datetime.date.fromisoformat(when)
    except ValueError:
        raise ValueError(f"{when!r} in {text!r} is not a day; write YYYY-MM-DD") from None
    subject, *path = name.split(".")
    if not all((subject, *path)):
        raise ValueError(f"{text!r} is no change; write {SHAPES}")
    if not path:
        if subject in PARTS:
            raise ValueError(f"{text!r} does not say whose {subject}; write {subject}.NAME={value}")
        return Change(PARAMETER, (subject,), value, date)
    if subject not in PARTS:
        from polemos.scenario.errors import nearest

        raise ValueError(f"{text!r}: nothing is called {subject!r}; {nearest(subject, PARTS)}")
    least, most = PARTS[subject]
    if not least <= len(path) <= most:
        names = f"{least} to {most}" if least < most else str(least)
        raise ValueError(f"{text!r}: {subject} takes {names} names with dots between, not {len(path)}")
    _check_value(text, subject, value)
    return Change(subject, tuple(path), value, date)


def _check_value(text: str, subject: str, value: str) -> None:
    words = {
        "relations": ("war", "truce", "neglect", "allied"),
        "processes": ("on", "off"),
        "leaders": ("open", "hidden", "dead"),
        "claims": ("0", "1"),
        "pins": ("1",),
    }
    if subject in words:
        if value not in words[subject]:
            raise ValueError(f"{text!r}: {subject} can be {' or '.join(words[subject])}, not {value!r}")
        return
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    most = 100.0 if subject == "supports" else 1.0
    if not 0 <= number <= most:
        raise ValueError(f"{text!r}: {subject} takes a number from 0 to {most:g}, not {value!r}")
