"""watch.yaml: the scenario that is watched, where its new files come from, and what is asked every month."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from polemos.argument.claims import Strict
from polemos.forecasters.leads import lead_words, ordered, parse_lead
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.yaml_nodes import read_tree, typed
from polemos.war.ongoing import refused_leads

FILE = "watch.yaml"
FORECASTER = "forecast"
"""Short name of the forecaster that answers where watch.yaml names none."""
LEADS = ("1mo", "3mo", "6mo")
MEMBERS = 400

Import = Literal["polygons", "wikipedia", "table", "ucdp", "acled"]


class Source(Strict):
    """Files that are brought in by a command of `polemos import`, all that match its patterns, with its options."""

    command: Import
    files: Annotated[tuple[str, ...], Field(min_length=1)]
    options: tuple[str, ...] = ()


class Template(Strict):
    """What is asked at every lead: who holds which places, totals of organisations, and questions of one's own.

    `places` are those next to a front (of many the `most_places` with the most people), all, none, or ids. `totals` are
    what each organisation that holds a place holds in all. `own` are questions as in questions.yaml; where a text holds
    `{date}` it is asked anew for the day of each lead, and `{origin}` is the last day that the forecast has seen.
    """

    places: Literal["front", "all", "none"] | tuple[str, ...] = "front"
    most_places: Annotated[int, Field(ge=1, le=500)] = 40
    totals: tuple[Literal["places", "people"], ...] = ("places", "people")
    own: tuple[dict[str, Any], ...] = ()


class Watch(Strict):
    """A watch: see `Source` and `Template`. Paths are from the folder of watch.yaml."""

    scenario: str
    forecaster: str = FORECASTER
    members: Annotated[int, Field(ge=2, le=100_000)] = MEMBERS
    seed: Annotated[int, Field(ge=0)] = 1
    leads: tuple[Annotated[str, AfterValidator(parse_lead)], ...] = LEADS
    rules: bool = True
    ledger: str = "ledger.sqlite"
    sources: tuple[Source, ...] = ()
    questions: Template = Template()

    @model_validator(mode="after")
    def _asked(self) -> Watch:
        if not self.leads:
            raise ValueError("leads: none; write some, as [1mo, 3mo, 6mo]")
        return self


WATCH: TypeAdapter[Watch] = TypeAdapter(Watch)


@dataclass(frozen=True, slots=True)
class WatchFolder:
    """A folder with a watch in it."""

    path: Path
    watch: Watch

    @property
    def ledger(self) -> Path:
        """The ledger of the watch."""
        return self.path / self.watch.ledger

    @property
    def scenario(self) -> Path | str:
        """The scenario: a folder from that of the watch, or the name of one that ships."""
        inside = self.path / self.watch.scenario
        return inside if inside.is_dir() else self.watch.scenario


def read_watch(path: Path) -> WatchFolder:
    """The watch of a folder. Raises `ScenarioError` with every problem."""
    folder = path.parent if path.name == FILE else path
    if not (folder / FILE).is_file():
        mend = "polemos watch new FOLDER --scenario SCENARIO makes one"
        raise ScenarioError([Problem(str(folder / FILE), 0, "", "there is no watch here", mend)])
    root, problems = read_tree(folder / FILE)
    if root is None:
        raise ScenarioError(problems or [Problem(FILE, 0, "", "is empty", "name a scenario in it")])
    watch, wrong = typed(root, WATCH, (Watch,), FILE, "")
    problems += wrong
    if watch is None or problems:
        raise ScenarioError(problems)
    return WatchFolder(folder, watch)


def check_leads(leads: tuple[str, ...], date: np.datetime64, today: np.datetime64) -> tuple[str, ...]:
    """The leads in order. Raises `ScenarioError` for those under four weeks of a war that may be going on."""
    problems = [
        Problem(
            FILE,
            0,
            "leads",
            f"{lead_words(lead)} is under four weeks, and {date} lies within three months of today",
            "polemos offers no such lead for a war that may be going on; ask for 4w or more",
        )
        for lead in refused_leads(leads, date, today)
    ]
    if problems:
        raise ScenarioError(problems)
    return ordered(leads)


def template(scenario: str, forecaster: str = FORECASTER) -> str:
    """The text of a new watch.yaml."""
    return f"""\
# A watch of a war: `polemos watch run FOLDER` once a month, or every day from cron.
# Guide: docs/watch.md. Nothing is downloaded: put new files where `sources` looks for them.
scenario: {scenario}
forecaster: {forecaster}
members: {MEMBERS}
leads: [{", ".join(LEADS)}]
# The simple rules stand beside it, so that its skill can be measured.
rules: true
# Files to bring in, by the commands of `polemos import`; paths from this folder, * and ? match.
sources: []
#  - command: polygons
#    files: [maps/*.geojson]
#    options: [--whose, guild, --elsewhere, crown]
#  - command: ucdp
#    files: [events/GEDEvent*.csv]
questions:
  places: front        # front, all, none, or a list of ids
  totals: [places, people]
  own: []
#    - id: capital
#      title: The capital
#      asked: Does the crown hold the capital on {{date}}?
#      kind: held
#      by: crown
#      places: {{ids: [capital]}}
#      date: "{{date}}"
"""
