"""Marks of the detailed-map modules of Wikipedia: points with a name and a coloured dot, one file a day.

The modules are Lua tables written by many hands, such as `{ lat = "36.2", long = "37.2", mark = "Location dot
black.svg", label = "[[Town]]" }`. The user says which colour is whose, `map_marks` what a picture says: the inner dot
controls, a ring besieges. Text and tables of Wikipedia: CC BY-SA 4.0.
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from polemos.importers.map_dates import day_of
from polemos.importers.map_marks import Role, colours_of, is_site, role_of
from polemos.importers.snapshots import Seen
from polemos.names.matcher import Matcher
from polemos.readers.import_log import Account, Doubt, Progress
from polemos.readers.lua_tables import tables
from polemos.readers.read_table import clean, text_of
from polemos.scenario.errors import Problem, ScenarioError

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
    readings: list[Seen] = []
    strange: Counter[tuple[str, str]] = Counter()
    for path in paths:
        day = day_of(path, date)
        holders: dict[str, dict[str, None]] = defaultdict(dict)
        around: dict[str, set[str]] = defaultdict(set)
        before = account.read
        for _, entry in tables(text_of(path), path.name):
            if not {"lat", "long", "mark"} <= entry.keys():
                continue
            account.read += 1
            meant = match.meant(entry["mark"])
            role: Role = "control" if meant else role_of(entry["mark"])
            if not role:
                strange[clean(entry["mark"], 100), "nobody of these: or --holder MARK=ORGANISATION"] += 1
                account.drop("a mark that the legend of these maps does not have, see below")
                continue
            place = _place(entry, role, match, account)
            if not place:
                continue
            shown = (meant,) if meant else colours_of(entry["mark"], match.given)
            if not shown:
                strange[clean(entry["mark"], 100), "nobody of these: or --holder WORD=ORGANISATION"] += 1
            if role == "ring":
                # Whoever stands around a place is not in it, and a colour of nobody's besieges it all the same.
                around[place].update(shown or ("",))
            elif shown:
                holders[place].update(dict.fromkeys(shown))
            else:
                account.drop("a mark of nobody's colour")
                continue
            account.kept += 1
        if progress is not None:
            progress(account.read)
        if account.read == before:
            mend = "give a module with lat, long, mark and label"
            raise ScenarioError([Problem(path.name, 0, "", "no marks", mend)])
        source = f"Wikipedia map, {path.name[:100]}"
        readings += [
            Seen(day, place, _state(tuple(names_at), around[place]), source) for place, names_at in holders.items()
        ]
        alone = len(around.keys() - holders.keys())
        account.drop("a ring around a place of which no mark says who is in it", alone)
        account.kept -= alone
    account.doubts += [Doubt("organisation", mark, mend, count) for (mark, mend), count in strange.most_common()]
    match.report_doubts(account)
    account.credits.append(CREDIT)
    return readings


def _state(holders: tuple[str, ...], around: set[str]) -> tuple[str, ...]:
    """Holders as `Seen` has them: one holder named twice is besieged, and keeps the place whoever had it before."""
    return holders * 2 if len(holders) == 1 and around - {holders[0]} else holders


def _place(entry: Mapping[str, str], role: Role, match: Matcher, account: Account) -> str:
    """Id of the place that a mark says something of, empty where it is none; the account lists it."""
    try:
        lat, lon = float(entry["lat"]), float(entry["long"])
    except ValueError:
        lat = lon = np.nan
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        account.drop("no coordinates in degrees")
        return ""
    if role == "rural":
        account.drop("presence in the country around, which is no control of a place")
        return ""
    names = label_names(entry.get("label", "")) or label_names(entry.get("link", ""))
    if role == "site":
        place = match.nearest_of(names, lat, lon, is_site)
        if not place:
            account.drop("a site (air base, oil field, dam, crossing, ...) that is no place of the scenario")
        return place
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
    labels = [part for link in LINK.finditer(text) for part in (link[1], link[2] or "")]
    labels.append(LINK.sub(lambda link: link[2] or link[1], text))
    whole = [clean(name.replace("_", " "), 200) for name in labels]
    cut = [re.split(r",|\(", name)[0].strip() for name in whole]
    return [name for name in dict.fromkeys([*cut, *whole]) if name]
