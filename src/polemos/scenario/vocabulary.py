"""The words that the files of a scenario may hold, and what they stand for."""

from __future__ import annotations

PRECISION = {"window": 0, "day": 0, "few_days": 3, "week": 7, "month": 20, "quarter": 45}
"""Half width in days of what is known of a start. `window`: the state when the record opens, no event at all.

`month` means right to a few weeks and `quarter` to about a season; 20 and 45 days stand for them.
"""

SCALE = {"low": 0.33, "medium": 0.67, "high": 1.0}
"""Size of a support, as a share of the largest of its kind in the war."""

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#F0E442", "#000000", "#999999", "#555555")
"""Colours that colour-blind readers tell apart (Okabe and Ito 2008), then greys: given in turn where none is named."""

UNKNOWN = "unknown"
"""Holder of a place in a spell that nobody looked at: neither held nor abandoned, and no organisation's id."""

GUESSED = "guessed"
"""Source of a row that a program or a person guessed: never an observation, and never an outcome."""

OFF_MAP = "OFFMAP:"
"""Start of the name of a base outside the map, which cannot be taken."""

RELATION_KINDS = ("war", "truce", "neglect", "allied")

SUPPORT_KINDS = ("weapons", "money", "airpower", "troops", "other")

ROLES = ("depot", "core", "base", "entry")

ITEMS = ("claim", "leader", "local_share", "foreign_share")

LEADERS = ("open", "hidden", "dead")

PLEDGE_EVENTS = ("pledge", "renewal", "end", "land_held", "land_lost")

ORGANISATION_KINDS = ("government", "regional_government", "insurgent", "militia", "foreign_army", "other")

FACT_KINDS: dict[str, tuple[str, ...]] = {
    "loss_rate": ("organisation", "start", "end"),
    "stall": ("organisation", "level"),
    "stall_share": ("organisation", "level"),
    "last_places": ("organisation", "places", "level"),
    "worst_loss": ("organisation", "start", "end", "weeks"),
    "battle_days": ("organisation", "start", "end"),
    "clustering": ("organisation", "weeks"),
    "size_exponent": ("organisation", "level"),
    "branching": ("organisation", "start", "end", "weeks"),
    "count": ("organisation", "start", "end"),
    "change": ("organisation", "start", "end", "weeks"),
    "fall_when": ("organisation", "series", "level"),
    "outside_share": ("organisation", "start", "end"),
    "behind": ("organisation", "start", "end"),
    "question": ("question",),
    "none": ("note",),
}
"""Kinds of facts, and the columns that each needs besides those that all have."""
