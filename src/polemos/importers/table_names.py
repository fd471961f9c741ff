"""Names of users' tables and columns: those of polemos, and the usual alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from polemos.readers.read_table import Names
from polemos.scenario.errors import Problem, ScenarioError

ACTOR = ("organisation", "organization", "actor", "group", "party", "faction")
STARTS = ("start", "start_date", "date_start", "from", "begin", "since", "valid_from", "date")
ENDS = ("end", "end_date", "date_end", "to", "until", "valid_to")
CAPTURED = ("captured", "captured_on", "date_captured", "date_of_capture", "taken_on", "event_date")
OBSERVED = ("date", "as_of", "day", "snapshot", "snapshot_date", "map_date", "survey_date", "observed", "year", "month")
"""What the day is called on which somebody looked, where it is not that of a change."""
REST: Names = {"source": ("source", "sources", "reference"), "note": ("note", "notes", "comment", "remarks")}
SPELL: Names = {"start": STARTS, "end": ENDS}
NAMES: Mapping[str, Names] = {
    "control.csv": {
        "place": ("place", "place_id", "town", "city", "settlement", "location", "name", "id", "geonameid", "pcode"),
        "holder": (
            *("holder", "controller", "control", "held_by", "controlled_by", "controlling_party", "controlling_actor"),
            *("new_holder", "captured_by", "taken_by", "captor", "occupied_by", "occupier", *ACTOR, "side"),
            "status",
        ),
        "start": (*STARTS, *CAPTURED, *OBSERVED),
        "end": ENDS,
        "month": ("month", "mon"),
        "contested": ("contested", "disputed"),
        "precision": ("precision", "start_precision", "date_precision"),
        **REST,
    },
    "links.csv": {
        "a": ("a", "from", "place_a", "name1", "origin", "start"),
        "b": ("b", "to", "place_b", "name2", "destination", "end"),
        "kind": ("kind", "type", "road", "class"),
        "km": ("km", "distance", "length", "length_km", "distance_km"),
    },
    "strengths.csv": {
        "actor": ("actor", *ACTOR),
        "measure": ("measure", "what", "series"),
        "date": ("date", "day", "as_of"),
        "low": ("low", "min", "lower"),
        "best": ("best", "estimate", "value", "fighters", "mid", "central"),
        "high": ("high", "max", "upper"),
        "unit": ("unit", "units"),
        "source": REST["source"],
        "note": (*REST["note"], "quality"),
    },
    "support.csv": {
        "patron": ("patron", "supporter", "sponsor", "donor"),
        "client": ("client", "recipient", "receiver", *ACTOR),
        **SPELL,
        "kind": ("kind", "type", "support"),
        "scale": ("scale", "level", "size"),
        **REST,
    },
    "relations.csv": {"a": ("a", "side_a"), "b": ("b", "side_b"), **SPELL, "kind": ("kind", "relation"), **REST},
    "roles.csv": {
        "node": ("node", "place", "place_id", "town"),
        "organisation": ACTOR,
        "role": ("role", "kind"),
        **SPELL,
        "link_to": ("link_to", "to_place"),
        "hours": ("hours", "travel_hours"),
        "source": REST["source"],
    },
    "claims_leaders.csv": {
        "organisation": ACTOR,
        "item": ("item",),
        **SPELL,
        "value": ("value",),
        "source": REST["source"],
    },
    "borders.csv": {"organisation": ACTOR, **SPELL, "openness": ("openness", "open"), "source": REST["source"]},
}
STEMS = {"actors": "strengths", "forces": "strengths", "spells": "control", "roads": "links"}
"""What such files are called where not as ours."""
LEFT_OUT = {"strengths.csv": {"low", "high", "measure"}, "control.csv": {"start"}}


def file_of(path: Path, kind: str = "") -> str:
    """The table of a scenario that a file is for: as given, or by its name. Raises `ScenarioError`."""
    name = f"{kind or STEMS.get(path.stem, path.stem)}.csv"
    if name not in NAMES:
        kinds = ", ".join(sorted(one.removesuffix(".csv") for one in NAMES))
        raise ScenarioError(
            [Problem(path.name, 0, "", "no table of a scenario is called so", f"say --as one of {kinds}")]
        )
    return name
