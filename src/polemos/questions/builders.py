"""Questions built in Python: `pm.q.held(by="a", places=["b"], on="2009-01-01")`.

Each function gives a draft, which takes the day that it is asked at from the run that it is asked of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polemos.questions.questions import Question, question
from polemos.questions.terms import NOBODY

CONDITION = ("quantifier", "amount", "measure", "negate")
"""Keys of a condition besides who holds which places."""
Names = str | Sequence[str]
Places = Names | Mapping[str, Any] | None
"""Ids of places, or a selector as in questions.yaml (`country`, `kind`, `min_people`, ...); None for all places."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question without the day that it is asked at: the keys of questions.yaml by name."""

    values: Mapping[str, Any]

    def at(self, origin: object) -> Question:
        """The question asked on a day.

        Raises
        ------
        ValueError
            With every fault of the keys.

        Examples
        --------
        >>> held(by="a", places=["b"], on="2009-01-01").at("2008-01-01").kind
        'held'
        """
        from pydantic import ValidationError

        text = json.dumps(self.values, sort_keys=True, default=str)
        title = self.values.get("title") or _title(self.values)
        named = {"id": f"q-{hashlib.sha256(text.encode()).hexdigest()[:10]}", "title": title, "asked": title}
        try:
            return question(**{**named, **self.values, "origin": str(origin)})
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc'][1:])) or 'question'}: {e['msg']}" for e in error.errors())
            raise ValueError(f"not a question: {faults}") from None


def held(by: Names, places: Places = None, on: object = None, **more: Any) -> Draft:
    """Whether any of `by` holds any of some places on a day.

    Parameters
    ----------
    by : str or sequence of str
        Ids of organisations.
    places : str, sequence of str, mapping or None
        Ids of places, or a selector as in questions.yaml; None for all places.
    on : date
        The day.
    **more
        Instead of `on`, `window=(first, day_after_the_last)`: ever, or `over="always"`, or for a run of `days`.
        `quantifier` is any, all, none, number or share, the last two with an `amount`; `negate=True` turns the answer.

    Returns
    -------
    Draft
        It takes its origin from the run that it is asked of.

    Examples
    --------
    >>> held(by="a", places=["b"], on="2009-01-01").values["date"]
    '2009-01-01'
    """
    when = {} if on is None else {"date": str(on)}
    return _draft("held", by=_names(by), places=_places(places), **when, **more)


def share(by: Names, on: object, places: Places = None, measure: str = "places", **line: Any) -> Draft:
    """Whether what `by` hold on a day is on one side of a line.

    Parameters
    ----------
    by : str or sequence of str
        Ids of organisations.
    on : date
        The day.
    places : str, sequence of str, mapping or None
        Ids of places, or a selector as in questions.yaml; None for all places.
    measure : str
        places, people or cells (km2 of Voronoi cells).
    **line
        One of `at_least`, `at_most`, `more_than`, `less_than`; a share, or with `unit="amount"` a number.

    Returns
    -------
    Draft

    Examples
    --------
    >>> share("a", "2009-01-01", measure="people", at_least=0.5).values["at_least"]
    0.5
    """
    return _draft("share", by=_names(by), date=str(on), places=_places(places), measure=measure, **line)


def first_time(by: Names, places: Places = None, no_later_than: object = None, **more: Any) -> Draft:
    """Whether `by` hold any of some places for the first time by a day; with `later_than`, whether after a day.

    Parameters
    ----------
    by : str or sequence of str
        Ids of organisations.
    places : str, sequence of str, mapping or None
        Ids of places, or a selector as in questions.yaml; None for all places.
    no_later_than : date
        The last day.
    **more
        `quantifier`, `amount` and `negate` belong to the condition, as in `held`; `since` and `days` to the time.

    Returns
    -------
    Draft

    Examples
    --------
    >>> first_time("a", ["b"], no_later_than="2009-01-01").values["when"]["by"]
    ['a']
    """
    inner: dict[str, Any] = {name: more.pop(name) for name in CONDITION if name in more}
    when: dict[str, Any] = {"by": _names(by), "places": _places(places) or {}, **inner}
    deadline = {} if no_later_than is None else {"no_later_than": str(no_later_than)}
    return _draft("first_time", when=when, **deadline, **more)


def count(
    what: str, by: Names = (), window: Sequence[object] | None = None, places: Places = None, **line: Any
) -> Draft:
    """Whether a count in a window is on one side of a line.

    Parameters
    ----------
    what : str
        captures, losses, changes or attacks.
    by : str or sequence of str
        Ids of organisations.
    window : pair of dates
        The first day, and the day after the last.
    places : str, sequence of str, mapping or None
        Ids of places, or a selector as in questions.yaml; None for all places.
    **line
        One of `at_least`, `at_most`, `more_than`, `less_than`.

    Returns
    -------
    Draft

    Examples
    --------
    >>> count("captures", "a", ("2009-01-01", "2009-07-01"), at_least=3).values["window"]
    ['2009-01-01', '2009-07-01']
    """
    days = {} if window is None else {"window": [str(day) for day in window]}
    return _draft("count", what=what, by=_names(by), places=_places(places), **days, **line)


def strength(by: str, on: object, series: str = "members", **line: Any) -> Draft:
    """Whether the men of an organisation are beyond a line on a day.

    Parameters
    ----------
    by : str
        Id of an organisation.
    on : date
        The day.
    series : str
        fighters, underground, or members (both).
    **line
        One of `at_least`, `at_most`, `more_than`, `less_than`, in men.

    Returns
    -------
    Draft

    Examples
    --------
    >>> strength("a", "2009-01-01", at_most=1000).values["series"]
    'members'
    """
    return _draft("strength", by=by, date=str(on), series=series, **line)


def _draft(kind: str, **values: Any) -> Draft:
    return Draft({"kind": kind} | {name: value for name, value in values.items() if value is not None})


def _names(names: Names) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _places(places: Places) -> dict[str, Any] | None:
    if places is None:
        return None
    return dict(places) if isinstance(places, Mapping) else {"ids": _names(places)}


def _title(values: Mapping[str, Any]) -> str:
    """A short title from the keys, for tables."""
    inner = values.get("when", values)
    by = inner.get("by", NOBODY)
    who = by if isinstance(by, str) else ", ".join(by)
    ids = (inner.get("places") or {}).get("ids")
    where = ", ".join(ids) if ids else "places"
    days = [str(values[name]) for name in ("date", "no_later_than", "later_than") if name in values]
    when = days[0] if days else "-".join(map(str, values.get("window", ())))
    return f"{values['kind'].replace('_', ' ')}: {who}, {where}, {when}"
