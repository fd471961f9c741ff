"""Forecasts of a war that may still be going on: the notice beside them, and the shortest lead that is offered."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np

from polemos.forecasters.leads import later, lead_days

WITHIN = "3mo"
"""A forecast made on a day closer to today than this is one of a war that may be going on."""
SHORTEST_DAYS = 28
"""The shortest lead of such a forecast, in days."""
NOTICE = (
    "Notice: this is a forecast of a war that may be going on. polemos is an instrument for understanding, teaching "
    "and accountability. It is not for operations: not for targeting, not for planning movements, not for decisions "
    "about persons; so it offers no lead under four weeks here. It foresees no intervention, truce or withdrawal, and "
    "its record is as late and as partial as its sources. Publish with it the command, the seed, the version and the "
    "skill to date (docs/limits.md)."
)


def is_recent(date: np.datetime64, today: np.datetime64 | None = None) -> bool:
    """Whether a forecast made on a day may be of a war that is being fought; `today` is the clock's where not given."""
    now = np.datetime64(datetime.date.today(), "D") if today is None else today
    return bool(later(date, WITHIN) > now)


def notice(date: np.datetime64, today: np.datetime64 | None = None) -> str:
    """What must stand beside a forecast made on a day; empty for one of the past."""
    return NOTICE if is_recent(date, today) else ""


def refused_leads(leads: Sequence[str], date: np.datetime64, today: np.datetime64 | None = None) -> tuple[str, ...]:
    """The leads that are not offered from a day: those under four weeks from a recent one."""
    short = tuple(lead for lead in leads if lead_days(lead) < SHORTEST_DAYS)
    return short if short and is_recent(date, today) else ()
