"""What the page of a run shows, in full: the page draws and never computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.argument.claims import Argument
from polemos.courses.courses import Course
from polemos.record.world import Days, Floats, Holders
from polemos.scores.calibration import Bin

if TYPE_CHECKING:
    from polemos.report.page.presets import Preset

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Levels of the quantiles of a band."""

STEPS = 200
"""Probabilities on the map are stored as whole numbers of half per cents."""

KINDS = ("author", "rival", "forecast", "model", "baseline")


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the run facts."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may hold a place, with the colour of the scenario. Nobody (vacuum) comes last.

    `mark` is one of `palette.MARKS`, or empty for the next in order.
    """

    id: str
    name: str
    colour: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Spell:
    """A spell of control of the record: a place, its holder (-1: not observed), first day and day after the last (NaT:
    open)."""

    place: int
    holder: int
    start: np.datetime64
    end: np.datetime64


@dataclass(frozen=True, slots=True)
class Spread:
    """How a quantity behind a question spreads over the simulated wars: `counts` between `edges`, one more than these.

    `dates`: edges are days, of an event that in `never` wars does not come by the end. `line` is what the question
    holds the quantity against, `came` what it was in the record; both None where not known or without sense.
    """

    title: str
    unit: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    never: int
    members: int
    dates: bool
    line: float | None
    came: float | None


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """Places [P] of the map; `people` is 0 at a site."""

    id: tuple[str, ...]
    name: tuple[str, ...]
    country: tuple[str, ...]
    lat: Floats
    lon: Floats
    people: Floats


@dataclass(frozen=True, slots=True)
class Band:
    """One quantity of one organisation: the model's `quantiles` [5, M] at `LEVELS` and the `record` [T].

    T are the dates of the page, M the last dates of these, which the model covers. The record is NaN where it
    says nothing, and so are the quantiles.
    """

    organisation: int
    quantity: str
    quantiles: NDArray[np.float32]
    record: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stand:
    """What one forecaster said to one question. `probability` is None where it said nothing; `status` says why.

    `low` and `high` bound the interval that a reader may give to a person's words; `error` is the Monte Carlo
    standard error of a model's probability; `brier` its score, where the outcome is known.
    """

    who: str
    probability: float | None
    low: float | None = None
    high: float | None = None
    error: float | None = None
    brier: float | None = None
    status: str = "answered"


@dataclass(frozen=True, slots=True)
class Quote:
    """A claim behind a question: its id, owner, paragraphs, paraphrase, words of confidence, and strict question."""

    id: str
    owner: str
    paragraphs: tuple[int, ...]
    text: str
    words: str
    strict: str


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """A question with its claim: who said it and where, what happened (None: not known), and all answers.

    `strict` says how the question is asked of trajectories, `came` how the record answers it. `title` is short, for a
    reader (empty: the text); `keywords` are further words to be found by. `later` is a day, past the last day of a
    question that resolved no, on which it would have resolved yes.
    """

    id: str
    group: str
    text: str
    owner: str
    where: str
    outcome: bool | None
    stands: tuple[Stand, ...]
    note: str = ""
    claims: tuple[Quote, ...] = ()
    strict: str = ""
    came: str = ""
    spread: Spread | None = None
    title: str = ""
    keywords: str = ""
    later: np.datetime64 | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """A forecaster of the tables; `kind` is one of `KINDS`."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Mean Brier score of a forecaster over the resolved questions of a group (0 is perfect, 0.25 a coin)."""

    group: str
    who: str
    questions: int
    brier: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the record lay inside the model's bands: shares of the dates inside the 50 and the 90 % band."""

    organisation: int
    quantity: str
    dates: int
    inside50: float
    inside90: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The model's 5, 25, 50, 75 and 95 % points of a quantity at one date, and the record (NaN: not known)."""

    organisation: int
    quantity: str
    date: np.datetime64
    points: tuple[float, ...]
    record: float


@dataclass(frozen=True, slots=True)
class Diagram:
    """A reliability diagram: of what, and for each forecaster the bins of its forecasts and of what happened."""

    title: str
    note: str
    curves: tuple[tuple[Who, tuple[Bin, ...]], ...]


@dataclass(frozen=True, slots=True)
class Theories:
    """The answers of rival theories to the same questions, side by side; None where one has none.

    `median` are the medians [M] of the focus's people by theory, on the model's dates.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, bool | None, tuple[float | None, ...]], ...]
    brier: tuple[float | None, ...]
    questions: int
    median: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class PageContents:
    """All that the page shows.

    `dates` [T] ascend; `origin_index` is the last date not after the origin. The model covers the last M dates.
    `record` int8 [T, P] holds indices of `holders`, -1 where nobody looked. `likely` int8 [M, P] is the
    model's most likely holder, `probability` uint8 [M, P, H] the probability of each in units of 1 / `STEPS`.
    `focus` indexes the organisation the argument is about; `argument` is its inventory, where one is coded.
    `members` int8 [K, M, P] are the holders in the first K of `simulated` wars. `results` are those of other commands,
    as they write them: a hindcast, a board, counterfactuals, a posterior, a sensitivity. `scenario` is the name of the
    war; `reasons` say of places, by number, why they may change hands, the strongest first; `named` are the numbers of
    the places that questions name. `courses` group the simulated wars, `presets` are what-ifs that were run.
    """

    title: str
    subtitle: str
    origin: np.datetime64
    headline: tuple[str, ...]
    facts: tuple[Fact, ...]
    command: str
    dates: Days
    origin_index: int
    places: PlaceTable
    holders: tuple[Holder, ...]
    focus: int
    record: Holders
    likely: Holders
    probability: NDArray[np.uint8]
    bands: tuple[Band, ...]
    readings: tuple[Reading, ...]
    coverage: tuple[Coverage, ...]
    forecasters: tuple[Who, ...]
    forecasts: tuple[ForecastRow, ...]
    scores: tuple[ScoreRow, ...]
    limits: tuple[str, ...]
    credits: tuple[Fact, ...]
    argument: Argument | None = None
    spells: tuple[Spell, ...] = ()
    links: tuple[tuple[int, int], ...] = ()
    members: Holders | None = None
    simulated: int = 0
    diagrams: tuple[Diagram, ...] = ()
    theories: Theories | None = None
    results: tuple[Mapping[str, Any], ...] = ()
    scenario: str = ""
    reasons: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    named: tuple[int, ...] = ()
    courses: tuple[Course, ...] = ()
    presets: tuple[Preset, ...] = ()

    def __post_init__(self) -> None:
        """Check the shapes. Raises `ValueError`."""
        dates, places, holders = len(self.dates), len(self.places.id), len(self.holders)
        covered = len(self.likely)
        wanted: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
            "record": (self.record.shape, (dates, places)),
            "likely": (self.likely.shape, (covered, places)),
            "probability": (self.probability.shape, (covered, places, holders)),
        }
        if self.members is not None:
            wanted["members"] = (self.members.shape, (len(self.members), covered, places))
        for band in self.bands:
            name = f"{band.quantity} of {self.holders[band.organisation].id}"
            wanted[f"quantiles of {name}"] = (band.quantiles.shape, (len(LEVELS), covered))
            wanted[f"record of {name}"] = (band.record.shape, (dates,))
        for name, (shape, expected) in wanted.items():
            if shape != expected:
                raise ValueError(f"{name} has shape {shape}, expected {expected}")
        if covered > dates or not 0 <= self.origin_index < dates:
            raise ValueError(f"the model covers {covered} of {dates} dates, the origin is number {self.origin_index}")

    @property
    def speaker(self) -> str:
        """The kind of forecaster that the page speaks with: the forecast, or the model where the run is none."""
        return "forecast" if any(who.kind == "forecast" for who in self.forecasters) else "model"

    @property
    def first(self) -> int:
        """Index of the first date that the model covers."""
        return len(self.dates) - len(self.likely)

    def band(self, organisation: int, quantity: str) -> Band | None:
        """The band of a quantity of an organisation, if there is one."""
        for band in self.bands:
            if band.organisation == organisation and band.quantity == quantity:
                return band
        return None
