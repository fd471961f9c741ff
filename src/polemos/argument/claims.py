"""What was said: claims with an owner, a place in the text, and the outcome where one is known.

A claim is stored, not endorsed. Words of confidence stay as they are; `coding` is a reader's interval of
probabilities that the strict question, as written here, resolves yes.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from polemos.argument.changes import read_change

Kind = Literal["fact", "mechanism", "forecast", "rival", "counterfactual", "dispute"]

LETTERS = {"F": "fact", "M": "mechanism", "P": "forecast", "R": "rival", "C": "counterfactual", "D": "dispute"}
"""First letter of an id, and the kind of claim."""


def _many(value: Any) -> Any:
    """One value where several may stand: `by: north` is `by: [north]`."""
    return (value,) if isinstance(value, str | int) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_many, json_schema_input_type=str | tuple[str, ...])]
Numbers = Annotated[tuple[int, ...], BeforeValidator(_many, json_schema_input_type=int | tuple[int, ...])]


class Strict(BaseModel):
    """Frozen; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Outcome(Strict):
    """What happened: 1 yes, 0 no, null open or not to be settled with the sources in hand.

    `grade`: A from a count or report made for this question or one very like it, B from counts of another
    definition or scattered reports, C general knowledge. `by: record` leaves the value to the record of the war, which
    answers the closest question of the claim.
    """

    by: Literal["source", "record"] = "source"
    value: Annotated[int, Field(ge=0, le=1)] | None = None
    date: datetime.date | None = None
    source: str = ""
    grade: Literal["A", "B", "C"] = "C"
    note: str = ""
    fragile: bool = False

    @model_validator(mode="after")
    def _of_one(self) -> Outcome:
        if self.by == "record" and self.value is not None:
            raise ValueError("the record gives the value; delete value, or by: record")
        return self


class Coding(Strict):
    """Probability that the strict question resolves yes, as three readings of the words of confidence."""

    low: float = Field(ge=0, le=1)
    mid: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> Coding:
        if not self.low <= self.mid <= self.high:
            raise ValueError(f"low {self.low}, mid {self.mid}, high {self.high} must ascend; put them in order")
        return self


class Carrier(Strict):
    """What carries a claim in polemos: data of the scenario, processes, questions, an experiment, or nothing."""

    by: Literal["data", "process", "question", "counterfactual", "nothing"]
    processes: Names = ()
    reason: str = ""

    @model_validator(mode="after")
    def _named(self) -> Carrier:
        if self.by == "process" and not self.processes:
            raise ValueError("modelled by a process, but none is named; list it under processes")
        if self.by == "nothing" and not self.reason:
            raise ValueError("left out without a reason; give one under reason")
        return self


class Yardstick(Strict):
    """The quantity that tells what a counterfactual changes, written before its runs.

    `series` of an organisation (or `nobody`): places or people held, fighters, underground, attacks, a series that a
    further process keeps, or deaths (of all); `over` the run as a mean, or on its last day. `places` confines the first
    two. `sign`: more or less of it with the change, as the claim's owner asserts; the other side asserts the contrary.
    `smallest` is the smallest effect worth naming, as a share of the quantity without the change. With `players`, only
    those of the experiment are taken away.
    """

    of: str
    series: str = "places"
    over: Literal["mean", "end"] = "mean"
    places: Names = ()
    sign: Literal["more", "less", "either"]
    smallest: float = Field(default=0.1, gt=0, le=1)
    players: Names = ()


class Experiment(Strict):
    """How a counterfactual claim is run: two ensembles that share every draw, with and without the changes.

    `origin` and `to` bound both runs. `processes` run in both besides the usual ones. `probability`: the change comes
    about in that share of the members. `players` names changes that are made in every combination, for Shapley values;
    `measure` is the quantity of its sentence.
    `note` says what the experiment leaves out or stands in for.
    """

    text: str
    origin: datetime.date | None = None
    to: datetime.date | None = None
    inputs: Literal["known", "actual"] = "actual"
    changes: Names = ()
    processes: Names = ()
    probability: float = Field(default=1.0, gt=0, le=1)
    players: dict[str, Names] = Field(default_factory=dict)
    measure: Yardstick | None = None
    note: str = ""

    @field_validator("changes")
    @classmethod
    def _readable(cls, changes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(read_change(change)) for change in changes)

    @field_validator("players")
    @classmethod
    def _readable_players(cls, players: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {name: tuple(str(read_change(change)) for change in changes) for name, changes in players.items()}

    @model_validator(mode="after")
    def _whole(self) -> Experiment:
        if bool(self.changes) == bool(self.players):
            raise ValueError("an experiment changes something; give it changes, or players whose changes are combined")
        if self.origin and self.to and self.to <= self.origin:
            raise ValueError(f"it ends on {self.to}, not after its origin {self.origin}; give a later end")
        return self


class BaseRate(Strict):
    """How often the strict question comes true in a class of like cases, known before the vintage; `grade` as above."""

    value: float = Field(ge=0, le=1)
    source: str
    grade: Literal["A", "B", "C"] = "C"


class Found(Strict):
    """Where a draft found a claim, so that a person can check it; the text itself is not kept.

    `start` and `end` are characters of the cleaned text, `line` that of the file (0: a page), `sha256` that of the
    paragraph in UTF-8. `cue` made the rules take the sentence; `reading`: stated, or implied by a state that goes on.
    `likelihood` is how likely it is a forecast. `dates` are days or spells as first/last, `horizon` the last day that
    the words allow. `refined` names the fields that a language model gave.
    """

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    line: int = Field(default=0, ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    cue: str = ""
    reading: Literal["", "stated", "implied"] = ""
    likelihood: float | None = Field(default=None, ge=0, le=1)
    attributed: bool = False
    places: Names = ()
    organisations: Names = ()
    regions: Names = ()
    dates: Names = ()
    horizon: datetime.date | None = None
    refined: Names = ()


class Claim(Strict):
    """Somebody's statement.

    `paragraphs` count in the text of the argument; `where` gives place, date and actors of a fact. `strict` is the
    yes/no question the coding is about; `questions` are those asked of trajectories, the closest first. `answerable`
    says whether the model can answer one. `mechanisms` are the claims that a forecast rests on, the first of which
    clusters the scores; `contrary_to` is the claim whose strict question is the opposite of this one's. `found` is
    where `polemos read` found it.
    """

    id: str = Field(pattern=r"^[FMPRCD]\d+[a-d]?$")
    kind: Kind
    owner: str
    vintage: datetime.date | None = None
    paragraphs: Numbers = ()
    text: str
    where: str = ""
    words: str = ""
    coding: Coding | None = None
    strict: str = ""
    questions: Names = ()
    answerable: bool = False
    outcome: Outcome | None = None
    group: str = ""
    source: str = ""
    check: str = ""
    treatment: str = ""
    experiment: Experiment | None = None
    output: str = ""
    sign: str = ""
    quantity: str = ""
    disputed_by: Names = ()
    mechanisms: Names = ()
    contrary_to: str = ""
    base_rate: BaseRate | None = None
    carrier: Carrier
    found: Found | None = None

    @model_validator(mode="after")
    def _whole(self) -> Claim:
        if LETTERS[self.id[0]] != self.kind:
            raise ValueError(f"id {self.id} begins like a {LETTERS[self.id[0]]} but the kind is {self.kind}")
        if self.coding and not (self.strict and self.outcome and self.group):
            raise ValueError("a coded claim needs strict, outcome and group; give them or drop coding")
        if self.carrier.by == "counterfactual" and self.experiment is None:
            raise ValueError("modelled by a counterfactual, but there is no experiment; give one under experiment")
        if self.outcome is not None and self.outcome.by == "record" and not self.questions:
            raise ValueError("the record answers by a question; list one under questions, or give the outcome a value")
        if self.answerable and not self.questions:
            raise ValueError("answerable but no question is named; list one under questions")
        return self


class Argument(Strict):
    """An argument about a war: where it was printed, when its parts were written, and its claims.

    `groups` are the topics of its claims in the order of every table; without them, the order of the claims.
    """

    title: str
    published: str
    vintages: dict[str, datetime.date]
    groups: Names = ()
    claims: tuple[Claim, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics of the claims, in the order of every table."""
        return self.groups or tuple(dict.fromkeys(claim.group for claim in self.claims if claim.group))

    def carried_by(self, process: str) -> tuple[Claim, ...]:
        """The claims that name a process as what models them."""
        return tuple(claim for claim in self.claims if process in claim.carrier.processes)

    def select(self, kind: str | None = None, owner: str | None = None) -> tuple[Claim, ...]:
        """Claims of a kind and an owner, in the order of the file."""
        return tuple(c for c in self.claims if kind in (None, c.kind) and owner in (None, c.owner))

    def claim(self, identifier: str) -> Claim:
        """A claim by id. Raises `KeyError`."""
        for claim in self.claims:
            if claim.id == identifier:
                return claim
        raise KeyError(f"no claim {identifier!r}")
