"""ACLED's codebook: what its columns, types and codes of every version mean, in the columns of UCDP GED.

Battles with a state's forces are state-based (1), other battles and remote violence non-state (2), violence that
targets civilians one-sided (3); an event that hands territory over without violence is 0. By convention [?]. A code is
read, or it is an error; a type of event that no codebook has is counted by its name. Source: ACLED codebooks of 2010
(version 1) to 2025. What is not read: associated actors, which may be allies and may be victims.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from polemos.readers.read_table import Names, clean, plain
from polemos.scenario.errors import quoted
from polemos.scenario.parse_values import BadCell

NAMES: Names = {
    "id": ("event_id_cnty", "event_id_c", "data_id", "event_id"),
    "date": ("event_date",),
    "year": ("year",),
    "date_prec": ("time_precision", "time_preci", "time_prec"),
    "type": ("event_type",),
    "sub_type": ("sub_event_type", "sub_event_t", "sub_event"),
    "civilians": ("civilian_targeting", "civilian_t"),
    "side_a": ("actor1", "actor_1"),
    "side_b": ("actor2", "actor_2"),
    "with_a": ("assoc_actor_1", "ally_actor_1", "associated_actor_1", "assoc_acto"),
    "with_b": ("assoc_actor_2", "ally_actor_2", "associated_actor_2"),
    "inter_a": ("inter1", "inter_1"),
    "inter_b": ("inter2", "inter_2"),
    "lat": ("latitude", "lat", "y"),
    "lon": ("longitude", "lon", "long", "x"),
    "where_prec": ("geo_precision", "geo_precis", "geo_prec"),
    "deaths": ("fatalities", "fatalitie"),
    "country": ("country",),
    "adm": ("admin1", "admin_1"),
    "place": ("location",),
    "timestamp": ("timestamp",),
}
"""Our names of the columns and those of ACLED's files, the newest first; shapefiles cut them to ten letters."""

NEEDED = ("id", "date", "type", "side_a", "lat", "lon", "deaths")
BLANK = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "<na>"))
"""What programs leave in a cell without a value."""

WHERE = {"1": 1, "2": 2, "3": 4}
WHEN = {"1": 1, "2": 3, "3": 4}
"""Precisions of ACLED (exact, near or week, region or month) in those of UCDP."""

INTER = {
    "0": 0,
    **{str(code): code for code in range(1, 9)},
    **dict.fromkeys(("state forces", "state force", "government or mutinous force", "government"), 1),
    **dict.fromkeys(("rebel group", "rebel groups", "rebel forces", "rebel force"), 2),
    **dict.fromkeys(("political militia", "political militias"), 3),
    **dict.fromkeys(("identity militia", "identity militias", "communal militia", "ethnic militia"), 4),
    **dict.fromkeys(("rioters", "rioter"), 5),
    **dict.fromkeys(("protesters", "protester"), 6),
    **dict.fromkeys(("civilians", "civilian"), 7),
    **dict.fromkeys(("external other forces", "other forces", "external forces", "external force"), 8),
}
"""Kinds of actors: figures until 2024, words since; 0 is nobody."""
STATE, UNARMED = 1, (5, 6, 7)
STATE_NAMES = ("military forces of", "police forces of", "government of", "mutiny of", "gendarmerie of")
"""How the names of a state's forces begin, for files without the kinds of actors."""

BATTLE, REMOTE, CIVILIANS, HANDED = "battle", "remote", "civilians", "handed over"
REGAINED, OVERTAKEN = "government regains territory", "non state actor overtakes territory"
TRANSFER, REBEL = "non violent transfer of territory", "rebel"
TYPES: Mapping[str, tuple[str, str]] = {
    "battles": (BATTLE, ""),
    "battle": (BATTLE, ""),
    "battle no change of territory": (BATTLE, ""),
    f"battle {REGAINED}": (BATTLE, REGAINED),
    f"battle {OVERTAKEN}": (BATTLE, OVERTAKEN),
    f"battle {REBEL}s overtake territory": (BATTLE, OVERTAKEN),
    f"battle {REBEL}s gain territory": (BATTLE, OVERTAKEN),
    "explosions remote violence": (REMOTE, ""),
    "remote violence": (REMOTE, ""),
    "violence against civilians": (CIVILIANS, ""),
    TRANSFER: (HANDED, TRANSFER),
}
"""Events that are read: what they are, and which change of territory their type tells of by itself."""
PEACEFUL = frozenset(
    (
        *("protests", "riots", "riots protests", "protest", "riot", "strategic developments", "strategic development"),
        *("headquarters or base established", "rebel base established", "non violent activity by a conflict actor"),
        *("non violent rebel activity", "non violent activity by a rebel group", "agreement"),
    )
)
SUB_TYPES: Mapping[str, str] = {
    REGAINED: REGAINED,
    OVERTAKEN: OVERTAKEN,
    TRANSFER: TRANSFER,
    **dict.fromkeys(
        (
            *("armed clash", "chemical weapon", "air drone strike", "suicide bomb", "grenade", "attack", "arrests"),
            *("shelling artillery missile attack", "remote explosive landmine ied", "sexual violence", "agreement"),
            *("abduction forced disappearance", "peaceful protest", "protest with intervention", "mob violence"),
            *("excessive force against protesters", "violent demonstration", "change to group activity", "other"),
            *("disrupted weapons use", "headquarters or base established", "looting property destruction", ""),
        ),
        "",
    ),
}
"""Every sub-type since 2019, with the change of territory that it tells of."""
THOUSANDS = re.compile(r"\d{1,3}(?:[,\u00a0\u202f '\u2019]\d{3})+(?:\.0+)?", re.ASCII)
WHOLE = re.compile(r"\d+(?:\.0*)?", re.ASCII)
FLOAT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


@dataclass(slots=True)
class Reader:
    """Reads the rows of one export. `day` reads a date; `remarks` is what a user has to know of the row read last."""

    day: Callable[[str], Any]
    decimals: str = "."
    remarks: list[str] = field(default_factory=list)

    def event(self, row: Mapping[str, str]) -> dict[str, Any]:
        """An event in the columns of UCDP; `reason` says why it is left out. Raises `Cell`."""
        self.remarks = []
        identifier = clean(unfloated(row["id"]), 100)
        if not identifier:
            raise Cell("id", "no id", "every event of ACLED has one: complete the row")
        event: dict[str, Any] = {"id": identifier, "timestamp": self._timestamp(row.get("timestamp", ""))}
        kind, change = self._kind(row)
        if kind not in (BATTLE, REMOTE, CIVILIANS, HANDED):
            return event | {"reason": kind}
        day = self._day(row)
        lat, lon = self._degrees(row, "lat", 90.0), self._degrees(row, "lon", 180.0)
        if lat is None or lon is None:
            return event | {"reason": "no coordinates"}
        names = [clean(row.get(side, ""), 200) for side in ("side_a", "side_b")]
        names = ["" if name.lower() in BLANK else name for name in names]
        kinds = [self._inter(row, side, name) for side, name in zip(("inter_a", "inter_b"), names, strict=True)]
        one_sided = kind == CIVILIANS or self._targeted(row) or (kind == REMOTE and 7 in kinds)
        if one_sided and kinds[0] == 7 and kinds[1] not in (0, 7):
            # A file with a row for each actor names the civilians first.
            names.reverse()
            kinds.reverse()
        deaths = self._deaths(row["deaths"])
        for with_ in ("with_a", "with_b"):
            if row.get(with_, "").strip().lower() not in BLANK:
                self.remarks.append("name associated actors, who are not read as sides")
                break
        return event | {
            "date_start": day,
            "date_end": day,
            "date_prec": self._code(row, "date_prec", WHEN),
            "where_prec": self._code(row, "where_prec", WHERE),
            "side_a": names[0],
            "side_b": "Civilians" if one_sided else names[1],
            "lat": lat,
            "lon": lon,
            "best": deaths,
            "low": deaths,
            "high": deaths,
            "type_of_violence": 0 if kind == HANDED else 3 if one_sided else 1 if STATE in kinds else 2,
            "adm": clean(row.get("adm", ""), 200) or None,
            "country": clean(row.get("country", ""), 200) or None,
            "place": clean(row.get("place", ""), 200) or None,
            "taker": "; ".join(takers(change, names, kinds)) or None,
            "dataset": "ACLED",
            "remarks": "\n".join(dict.fromkeys(self.remarks)),
            "reason": "",
        }

    def _kind(self, row: Mapping[str, str]) -> tuple[str, str]:
        """What an event is, or why it is left out; and the change of territory that it tells of."""
        text, sub = folded(row["type"]), folded(row.get("sub_type", ""))
        sub = "" if sub in BLANK else sub
        if sub not in SUB_TYPES:
            shown = clean(row["sub_type"], 40)
            self.remarks.append(f"have a sub-type that no codebook has ({shown}) and are read by their type alone")
        change = SUB_TYPES.get(sub, "")
        if change == TRANSFER:
            return HANDED, TRANSFER
        if text in TYPES:
            kind, by_type = TYPES[text]
            return kind, change or by_type
        shown = clean(row["type"], 40)
        if text in PEACEFUL:
            return f"no fighting ({shown})", ""
        return (f"a type of event that no codebook has ({shown})" if text else "no type of event"), ""

    def _day(self, row: Mapping[str, str]) -> Any:
        try:
            day = self.day(row["date"])
        except BadCell as bad:
            raise Cell("date", bad.what, bad.mend) from None
        year = unfloated(row.get("year", ""))
        if year.lower() not in BLANK and year != str(day)[:4]:
            what = f"{quoted(row['date'])} is read as {day}, and the year says {quoted(row['year'])}"
            raise Cell("date", what, "one of the two is wrong: look at both, and at --dates")
        return day

    def _degrees(self, row: Mapping[str, str], name: str, most: float) -> float | None:
        text = row[name].strip()
        if text.lower() in BLANK:
            return None
        if self.decimals == ",":
            text = text.replace(",", ".")
        if not FLOAT.fullmatch(text) or not abs(float(text)) <= most:
            mend = f"degrees are wanted, from -{most:.0f} to {most:.0f}, with a point for decimals"
            raise Cell(name, quoted(row[name]), mend)
        return float(text)

    def _deaths(self, text: str) -> int | None:
        bare = text.strip()
        if bare.lower() in BLANK:
            self.remarks.append("do not say how many died, which is unknown and not zero")
            return None
        if THOUSANDS.fullmatch(bare):
            bare = re.sub(r"[^\d.]", "", bare)
        if not WHOLE.fullmatch(bare) or len(bare) > 12:
            raise Cell("deaths", quoted(text), "a whole number is wanted")
        return int(bare.split(".")[0])

    def _code(self, row: Mapping[str, str], name: str, codes: Mapping[str, int]) -> int | None:
        if name not in row:
            return None
        code = unfloated(row[name])
        if code.lower() in BLANK:
            what = "day" if name == "date_prec" else "place"
            self.remarks.append(f"do not say how exact their {what} is and count as exact")
            return None
        if code not in codes:
            raise Cell(name, f"{quoted(row[name])} is no code of it", f"ACLED has {', '.join(codes)}")
        return codes[code]

    def _inter(self, row: Mapping[str, str], side: str, name: str) -> int:
        """Kind of an actor; by its name where the file does not say it."""
        text = unfloated(row.get(side, "")).lower()
        if text not in BLANK:
            kind = INTER.get(text, INTER.get(folded(text), -1))
            if kind < 0:
                mend = "ACLED has 0 to 8, or State forces, Rebel group, Political militia, Identity militia, ..."
                raise Cell(side, f"{quoted(row[side])} is no kind of actor", mend)
            return kind
        if not name:
            return 0
        self.remarks.append("do not say of what kind an actor is (inter1, inter2), which is read from its name")
        low = name.lower()
        return 7 if low.startswith("civilians") else STATE if low.startswith(STATE_NAMES) else 2

    def _targeted(self, row: Mapping[str, str]) -> bool:
        text = folded(row.get("civilians", ""))
        if text in ("civilian targeting", "civilians targeted", "yes", "true", "1"):
            return True
        if text in BLANK or text in ("0", "false", "no"):
            return False
        what = f"{quoted(row['civilians'])} is no value of it"
        raise Cell("civilians", what, "ACLED has Civilian targeting, or leaves it empty")

    def _timestamp(self, text: str) -> int | None:
        bare = text.strip()
        if bare.lower() in BLANK:
            return None
        if THOUSANDS.fullmatch(bare):
            bare = re.sub(r"[^\d.]", "", bare)
        if FLOAT.fullmatch(bare) and 0 <= float(bare) < 1e14:
            return int(float(bare))
        try:
            return int(self.day(bare.replace(" ", "T", 1)[:10]).toordinal() - 719163) * 86400
        except BadCell:
            raise Cell("timestamp", f"{quoted(text)} is no time", "seconds since 1970 are wanted") from None


class Cell(BadCell):
    """A cell of a row that cannot be read, with our name of its column."""

    def __init__(self, name: str, what: str, mend: str) -> None:
        super().__init__(what, mend)
        self.name = name


def takers(change: str, names: list[str], kinds: list[int]) -> list[str]:
    """Actors of whom one has taken the place, by the codebook: one name where it is sure, two where it is not.

    A government regains: the state's forces. A non-state actor overtakes: the one that is no state's. The order of the
    actors has no meaning, so two of a kind both stay; who held the place before decides between them.
    """
    armed = [(name, kind) for name, kind in zip(names, kinds, strict=True) if name and kind not in UNARMED]
    if not change:
        return []
    if change in (REGAINED, OVERTAKEN):
        of_state = [name for name, kind in armed if (kind == STATE) == (change == REGAINED)]
        if of_state:
            return of_state
    return [name for name, _ in armed]


def folded(text: str) -> str:
    """A word of a codebook as it is compared: small letters and figures, one space between words."""
    return plain(text).replace("_", " ")


def unfloated(text: str) -> str:
    """A code or an id as written before a program made it a float: 3.0 is 3."""
    bare = text.strip()
    return bare.split(".")[0] if re.fullmatch(r"\d+\.0+", bare, re.ASCII) else bare
