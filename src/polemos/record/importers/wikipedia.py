"""Marks of the detailed-map modules of Wikipedia: points with a name and a coloured dot, one file a day.

The modules are Lua tables written by many hands, such as `{ lat = "36.2", long = "37.2", mark = "Location dot
black.svg", label = "[[Town]]" }`. The user says which colour is whose. Text and tables of Wikipedia: CC BY-SA 4.0.
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from polemos.record.importers.account import Account, Doubt, Progress
from polemos.record.importers.lua import tables
from polemos.record.importers.map_days import day_of
from polemos.record.importers.names import Matcher
from polemos.record.importers.reading import clean, text_of
from polemos.record.importers.snapshots import Seen
from polemos.scenario.problems import Problem, ScenarioError

CREDIT = ("Wikipedia, detailed map modules and their contributors", "CC BY-SA 4.0")
LINK = re.compile(r"\[\[([^\]|#]*)(?:#[^\]|]*)?(?:\|([^\]]*))?\]\]")
TAG = re.compile(r"<[^>]*>|'''?|\{\{[^}]*\}\}")


def read_marks(
    paths: Sequence[Path],
    match: Matcher,
    account: Account,
    date: np.datetime64 | None = None,
    progress: Progress | None = None,
) -> list[Seen]:
    """What the maps show of the places of a scenario. `match.given` has the words of a mark and whom they mean.

    Raises `ScenarioError`.
    """
    seen: list[Seen] = []
    strange: Counter[str] = Counter()
    for path in paths:
        day = day_of(path, date)
        shown: dict[str, dict[str, None]] = defaultdict(dict)
        before = account.read
        for _, entry in tables(text_of(path), path.name):
            if not {"lat", "long", "mark"} <= entry.keys():
                continue
            account.read += 1
            place = _place(entry, match, account)
            if place:
                meant = match.meant(entry["mark"])
                holders = (meant,) if meant else _holders(entry["mark"], match.given)
                if not holders:
                    strange[clean(entry["mark"], 100)] += 1
                    account.drop("a mark of nobody's colour")
                    continue
                account.kept += 1
                shown[place].update(dict.fromkeys(holders))
        if progress is not None:
            progress(account.read)
        if account.read == before:
            mend = "give a module with lat, long, mark and label"
            raise ScenarioError([Problem(path.name, 0, "", "no marks", mend)])
        seen += [
            Seen(day, place, tuple(holders), f"Wikipedia map, {path.name[:100]}") for place, holders in shown.items()
        ]
    account.doubts += [
        Doubt("organisation", mark, "nobody of these: or --holder WORD=ORGANISATION", n)
        for mark, n in strange.most_common()
    ]
    match.told(account)
    account.credits.append(CREDIT)
    return seen


def _place(entry: Mapping[str, str], match: Matcher, account: Account) -> str:
    """Id of the place that a mark is of, empty where it is of none; the account is told."""
    try:
        lat, lon = float(entry["lat"]), float(entry["long"])
    except ValueError:
        lat = lon = np.nan
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        account.drop("no coordinates in degrees")
        return ""
    names = label_names(entry.get("label", "") or entry.get("link", ""))
    doubts = match.doubts.total()
    place = match.place(names or [""], lat, lon)
    if not place:
        doubtful = match.doubts.total() > doubts
        account.drop("a doubtful place, see below" if doubtful else "of no place of the scenario")
        account.unknown["places"] += 1
    return place


def label_names(label: str) -> list[str]:
    """The names in a label: where its link leads, what it shows, each also without what follows a comma or bracket."""
    text = TAG.sub("", html.unescape(label))
    found = [part for link in LINK.finditer(text) for part in (link[1], link[2] or "")]
    found.append(LINK.sub(lambda link: link[2] or link[1], text))
    whole = [clean(name.replace("_", " "), 200) for name in found]
    cut = [re.split(r",|\(", name)[0].strip() for name in whole]
    return [name for name in dict.fromkeys([*cut, *whole]) if name]


def _holders(mark: str, colours: Mapping[str, str]) -> tuple[str, ...]:
    """Organisations of a mark, in the order of its words: by the whole name, or by the words in it."""
    stem = re.sub(r"^(file|image):", "", mark.strip().lower()).rsplit(".", 1)[0]
    if mark in colours:
        return (colours[mark],)
    words = re.split(r"[^a-z]+", stem)
    return tuple(dict.fromkeys(colours[word] for word in words if word in colours))
