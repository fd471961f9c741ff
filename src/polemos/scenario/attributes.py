"""The one table of attributes: what a scenario's files may hold. Schema, defaults, checks and docs come from it."""

from __future__ import annotations

from dataclasses import dataclass

from polemos.scenario.vocabulary import (
    FACT_KINDS,
    GUESSED,
    ITEMS,
    OFF_MAP,
    ORGANISATION_KINDS,
    PLEDGE_EVENTS,
    RELATION_KINDS,
    ROLES,
    SUPPORT_KINDS,
    UNKNOWN,
)

SETTINGS = "scenario.yaml"
REQUIRED_FILES = (SETTINGS, "places.csv", "links.csv", "control.csv")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One column of a table, or one key of the settings (`*` stands for an id or a position in a list).

    `type` is one of those of `parse_values.READERS`, or `map`, `dates`, `list`, `names` for what nests in the settings.
    """

    file: str
    name: str
    type: str
    unit: str
    required: bool
    default: str
    description: str
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


def _of(file: str, *rows: tuple[object, ...]) -> tuple[Attribute, ...]:
    return tuple(Attribute(file, *row) for row in rows)  # type: ignore[arg-type]


YES, NO = True, False
SOURCE = ("source", "text", "", NO, "", f"Where the row comes from; what was judged says so; {GUESSED}: a guess.")
NOTE = ("note", "text", "", NO, "", "Anything a reader should know.")
START = ("start", "date", "date", YES, "", "First day.")
END = ("end", "date", "date", NO, "", "Day after the last (exclusive); empty: still so when the record ends.")

ATTRIBUTES: tuple[Attribute, ...] = (
    *_of(
        SETTINGS,
        ("title", "name", "", YES, "", "Title of the war, as on the page."),
        ("summary", "text", "", NO, "", "Two or three sentences for somebody who has not heard of it."),
        ("tests", "text", "", NO, "", "What the war puts to the test, in a line; `polemos list` shows it."),
        ("start", "date", "date", YES, "", "First day of the record."),
        ("end", "date", "date", YES, "", "Day after the last day of the record (exclusive)."),
        (
            *("observed_until", "date", "date", NO, ""),
            "Day after the last observation of control (exclusive); empty: the end. "
            "From it on nothing is scored, learnt from or resolved.",
        ),
        ("origins", "dates", "date", NO, "", "Days that forecasts are made at, by label; `default` is used first."),
        (
            *("run_to", "date", "date", NO, ""),
            "Last day of a run unless another is given; empty: the last day of the record.",
        ),
        ("organisations", "map", "", YES, "", "Those who hold places or fight for them, by id."),
        ("organisations.*.name", "name", "", YES, "", "Name for readers."),
        ("organisations.*.kind", "word", "", NO, "other", "What it is.", ORGANISATION_KINDS),
        ("organisations.*.colour", "colour", "", NO, "", "Colour as #rrggbb; empty: the next of a palette."),
        (
            *("organisations.*.field_share", "number", "share", NO, ""),
            "Share of its fighters that can be moved or hold places; empty: 1/3 for governments, 0.7 for others.",
            *((), 0, 1),
        ),
        ("focus", "organisations", "", NO, "", "Organisations whose curves lead the page."),
        ("processes", "list", "", NO, "", "Processes of the model that are switched on; empty: all."),
        ("countries", "names", "", NO, "", "Countries of the places: code and name."),
        ("vacuum", "name", "", NO, "nobody", "What a place that nobody holds is called."),
        ("credits", "list", "", NO, "", "Sources to be named with every result."),
        ("credits.*.source", "text", "", YES, "", "Who is to be named."),
        ("credits.*.licence", "text", "", NO, "", "Licence of what was taken."),
        ("notes", "text", "", NO, "", "Anything else."),
    ),
    *_of(
        "places.csv",
        ("id", "id", "", YES, "", "Short unique name of the place: letters, digits, - _ and dots."),
        ("name", "name", "", YES, "", "Name for readers."),
        ("aliases", "text", "", NO, "", "Other spellings, separated by |."),
        ("country", "name", "", NO, "", "Code of the country."),
        ("kind", "name", "", NO, "town", "City, town, village, airbase, oil_field, border_crossing, ..."),
        ("lat", "number", "degrees north", YES, "", "Latitude.", (), -90, 90),
        ("lon", "number", "degrees east", YES, "", "Longitude.", (), -180, 180),
        ("people", "number", "persons", NO, "0", "Residents before the war; 0 at a site.", (), 0, 1e9),
        ("terrain", "name", "", NO, "", "Urban, river, desert, plain, mountain, ..."),
        SOURCE,
        ("notes", "text", "", NO, "", "Anything a reader should know."),
    ),
    *_of(
        "links.csv",
        ("a", "place", "", YES, "", "One end of the road."),
        ("b", "place", "", YES, "", "The other end; a road is given once."),
        ("kind", "name", "", NO, "road", "Highway, road, track, river_crossing, ..."),
        ("km", "number", "km", NO, "", "Length; empty: 1.2 times the great circle.", (), 0, 20000),
    ),
    *_of(
        "control.csv",
        ("place", "place", "", YES, "", "Place held."),
        (
            *("holder", "holder", "", YES, ""),
            f"Organisation that holds it, or most of it; empty: nobody; {UNKNOWN}: nobody looked.",
        ),
        START,
        END,
        ("contested", "flag", "", NO, "0", "1 where split, besieged or under battle."),
        ("precision", "precision", "", NO, "day", "How well `start` is known: a word, or days to either side."),
        SOURCE,
        NOTE,
    ),
    *_of(
        "shares.csv",
        (
            "place",
            "place",
            "",
            YES,
            "",
            "Place whose surroundings are meant: a disk, of 5 km unless imported otherwise.",
        ),
        (
            *("holder", "holder", "", YES, ""),
            "Organisation that holds a share of them; empty: nobody. What no row gives was not shown.",
        ),
        ("date", "date", "date", YES, "", "Day of the map. The row stands until the next of its place and holder."),
        ("share", "number", "share", YES, "", "Share of the disk that the holder's areas cover.", (), 0, 1),
        (
            *("edge_km", "number", "km", NO, ""),
            "From the place to the nearest edge of the holder's areas as drawn: positive inside them, negative outside "
            "them; empty: more than 50 km.",
            *((), -1000, 1000),
        ),
        SOURCE,
    ),
    *_of(
        "strengths.csv",
        ("actor", "actor", "", YES, "", "Organisation, or a patron that holds no place."),
        (
            *("measure", "name", "", YES, ""),
            "What is counted (fighters, members, revenue_total, ...); series are never joined.",
        ),
        ("date", "date", "date", YES, "", "Day of the estimate."),
        ("low", "number", "see unit", YES, "", "Lowest credible value.", (), 0.0, 1e12),
        ("best", "number", "see unit", YES, "", "Best estimate.", (), 0.0, 1e12),
        ("high", "number", "see unit", YES, "", "Highest credible value.", (), 0.0, 1e12),
        ("unit", "name", "", NO, "persons", "Unit of the three."),
        SOURCE,
        NOTE,
    ),
    *_of(
        "support.csv",
        ("patron", "actor", "", YES, "", "Who gives: an organisation or somebody outside the map."),
        ("client", "organisation", "", YES, "", "Who gets."),
        START,
        END,
        ("kind", "word", "", YES, "", "What is given.", SUPPORT_KINDS),
        ("scale", "scale", "share", NO, "medium", "How much: low, medium, high, or a number from 0 to 1."),
        SOURCE,
        NOTE,
    ),
    *_of(
        "relations.csv",
        ("a", "organisation", "", YES, "", "One of the pair."),
        ("b", "organisation", "", YES, "", "The other; the order does not matter."),
        START,
        END,
        ("kind", "word", "", YES, "", "Relation of the pair; neglect where no row says.", RELATION_KINDS),
        SOURCE,
        NOTE,
    ),
    *_of(
        "roles.csv",
        ("node", "node", "", YES, "", f"A place, or {OFF_MAP}name for a base off the map that cannot be taken."),
        ("organisation", "organisation", "", YES, "", "Organisation that it serves."),
        (
            *("role", "word", "", YES, ""),
            "depot: supplies its holder; core: a threat brings troops home; base: off the map; entry: from a base.",
            ROLES,
        ),
        START,
        END,
        ("link_to", "place?", "", NO, "", "For an entry: the place that the base feeds into."),
        ("hours", "number", "hours", NO, "", "For an entry: travel from the base to it.", (), 0, 10000),
        SOURCE,
    ),
    *_of(
        "claims_leaders.csv",
        ("organisation", "organisation", "", YES, "", "Organisation described."),
        (
            *("item", "word", "", YES, ""),
            "claim: says that what it holds is a state; leader; local_share and foreign_share of its fighters.",
            ITEMS,
        ),
        START,
        END,
        ("value", "name", "", YES, "", "claim: 0 or 1; leader: open, hidden or dead; a share, or low;best;high."),
        SOURCE,
    ),
    *_of(
        "borders.csv",
        ("organisation", "organisation", "", YES, "", "Organisation to be reached."),
        START,
        END,
        ("openness", "number", "share", YES, "", "How freely a volunteer from abroad can reach it.", (), 0, 1),
        SOURCE,
    ),
    *_of(
        "theatres.csv",
        ("id", "id", "", YES, "", "Short unique name of the theatre: an organisation in a country off the map."),
        ("name", "name", "", YES, "", "Name for readers."),
        ("organisation", "id", "", YES, "", "Organisation counted; one may be counted in several countries."),
        ("network", "id", "", YES, "", "Network to whose leader it pledged itself; `none` where to nobody's."),
        ("country", "name", "", YES, "", "Code of the country."),
        ("region", "name", "", YES, "", "Region of the country."),
        ("core", "organisation", "", NO, "", "Organisation of the map in which the network has its centre."),
        ("home", "flag", "", NO, "0", "1 where the country is the centre's own."),
        ("counted_from", "date", "date", YES, "", "First day counted."),
        ("counted_until", "date", "date", YES, "", "Day after the last that was counted; what comes after is unknown."),
        SOURCE,
    ),
    *_of(
        "theatre_counts.csv",
        ("theatre", "id", "", YES, "", "Theatre counted. A month that is counted and has no row had nothing."),
        ("month", "date", "date", YES, "", "First day of the month."),
        ("attacks", "number", "events", YES, "", "Events in which the organisation was a side.", (), 0, 1e6),
        ("deaths", "number", "persons", YES, "", "Dead in them, of all sides.", (), 0, 1e7),
        ("civilians", "number", "persons", YES, "", "Dead in events of one-sided violence.", (), 0, 1e7),
    ),
    *_of(
        "pledges.csv",
        ("affiliate", "id", "", NO, "", "Organisation that pledges itself; empty: the centre of the network."),
        ("network", "id", "", YES, "", "Network to whose leader."),
        ("date", "date", "date", YES, "", "Day of the event."),
        (
            *("event", "word", "", YES, ""),
            "pledge, renewal (to a new leader) and end of an affiliate; land_held and land_lost of the centre.",
            PLEDGE_EVENTS,
        ),
        SOURCE,
        NOTE,
    ),
    *_of(
        "outcomes.csv",
        ("date", "date", "date", YES, "", "Day that the value stands for. Never part of the world."),
        ("measure", "name", "", YES, "", "What is counted."),
        ("region", "name", "", NO, "", "Where."),
        ("value", "number", "", YES, "", "What happened."),
        ("low", "number", "", NO, "", "Lowest credible value."),
        ("high", "number", "", NO, "", "Highest credible value."),
        SOURCE,
        NOTE,
    ),
    *_of(
        "milestones.csv",
        ("date", "date", "date", YES, "", "Day of the event. Never part of the world."),
        ("event", "text", "", YES, "", "What happened."),
        ("place", "place?", "", NO, "", "Where, if at a place of the map."),
        ("actors", "text", "", NO, "", "Organisations concerned, separated by |."),
        SOURCE,
    ),
    *_of(
        "facts.csv",
        ("id", "id", "", YES, "", "Short unique name of the row."),
        ("fact", "id", "", YES, "", "Fact that the row is a part of; several rows may make one."),
        ("title", "name", "", YES, "", "What was seen, for readers."),
        (
            *("kind", "word", "", YES, ""),
            "Statistic that is taken of each simulated war; `none` where the model has nothing, with a note why.",
            tuple(FACT_KINDS),
        ),
        ("origin", "date", "date", YES, "", "Day that the wars are simulated from. Never part of the world."),
        ("until", "date", "date", NO, "", "Last day of them."),
        ("organisation", "organisation", "", NO, "", "Organisation concerned."),
        ("places", "text", "", NO, "", "Ids of places, separated by |."),
        ("country", "name", "", NO, "", "Code of a country; empty: all."),
        (
            *("series", "name", "", NO, "places"),
            "How land is counted (places, people, cells), or the series that falls.",
        ),
        ("start", "date", "date", NO, "", "First day of the window."),
        ("end", "date", "date", NO, "", "Last day of the window."),
        ("level", "number", "see kind", NO, "", "Share of a peak, residents, or least deaths.", (), 0, 1e9),
        ("weeks", "number", "weeks", NO, "", "Weeks of a span or of lags.", (), 1, 1000),
        ("question", "name", "", NO, "", "Id of the question whose quantity is taken."),
        ("low", "number", "see unit", NO, "", "Least that was seen; empty: no bound."),
        ("best", "number", "see unit", NO, "", "The figure itself."),
        ("high", "number", "see unit", NO, "", "Most that was seen; empty: no bound."),
        ("unit", "name", "", NO, "", "Unit of the three."),
        ("withheld", "flag", "", NO, "0", "1 where it is used for this comparison and nothing else."),
        ("processes", "text", "", NO, "", "Processes that must run for it, separated by |."),
        ("source", "text", "", YES, "", "Where the figure is from, with its grade: [v], [k], [c] or [?]."),
        NOTE,
    ),
)

TABLES = tuple(dict.fromkeys(row.file for row in ATTRIBUTES if row.file != SETTINGS))


def attributes(file: str) -> dict[str, Attribute]:
    """Attributes of a file by name, in the order of the columns. Raises `KeyError` naming the files there are."""
    rows_by_name = {row.name: row for row in ATTRIBUTES if row.file == file}
    if not rows_by_name:
        raise KeyError(f"no file kind {file!r}; there are {', '.join((SETTINGS, *TABLES))}")
    return rows_by_name
