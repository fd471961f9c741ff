"""The state of the what-if page: what is simulated, as a link and as a command line."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

import numpy as np

from polemos.argument.changes import read_change
from polemos.argument.claims import Experiment
from polemos.counterfactual.experiment import MEMBERS, changes_of, first_day
from polemos.ensemble.config import RunConfig
from polemos.ensemble.theory import NEUTRAL, names
from polemos.scenario.errors import quoted

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.questions.questions import Question
    from polemos.war.war import War

MOST_MEMBERS = 2000
"""Members that the page goes to; the command line takes any number."""

MOST_YEARS = 10
"""Years after the origin, or after the end of the record, that the page goes to; the command line goes further."""
LONGEST_LINK = 8_000
"""Characters of a state as a link."""

LONGEST_TEXT = 500
KEYS = ("origin", "to", "members", "seed", "inputs", "theory", "with", "probability", "claim", "set")


class StateError(ValueError):
    """A state that cannot be simulated. What is quoted of it is cut where it is long."""

    def __init__(self, text: str) -> None:
        super().__init__(text if len(text) <= LONGEST_TEXT else f"{text[:150]} ... {text[-250:]}")


@dataclass(frozen=True, slots=True)
class State:
    """What is simulated. Days are ISO dates; `claim` names the counterfactual whose experiment this is, if any."""

    origin: str
    to: str
    members: int = MEMBERS
    seed: int = 1
    inputs: str = "actual"
    theory: str = NEUTRAL
    added: tuple[str, ...] = ()
    probability: float = 1.0
    claim: str = ""
    changes: tuple[str, ...] = ()

    @property
    def config(self) -> RunConfig:
        """The settings of the factual run. Raises `StateError` for a last day that is none."""
        return RunConfig(
            origin=self.origin,
            until=day_of(self.to),
            members=self.members,
            seed=self.seed,
            inputs=self.inputs,
            theory=self.theory,
            processes=self.added,
        )

    @property
    def base(self) -> tuple[object, ...]:
        """What the factual war depends on."""
        return (self.origin, self.to, self.members, self.seed, self.inputs, self.theory, self.added)

    @property
    def query(self) -> str:
        """The state as the query of a link; a claim stands for its changes."""
        pairs: list[tuple[str, str]] = [("origin", self.origin), ("to", self.to), ("members", str(self.members))]
        usual = State(self.origin, self.to)
        others = ("seed", "inputs", "theory")
        pairs += [(name, str(getattr(self, name))) for name in others if getattr(self, name) != getattr(usual, name)]
        if self.claim:
            return urlencode([*pairs, ("claim", self.claim)])
        pairs += [("with", name) for name in self.added]
        if self.probability < 1:
            pairs.append(("probability", f"{self.probability:g}"))
        return urlencode([*pairs, *(("set", change) for change in self.changes)])

    def command(self, scenario: str) -> str:
        """The command line that gives the same numbers; without a change, that of the factual run."""
        words = ["polemos", "what-if" if self.changes else "run", scenario]
        if self.claim:
            words += ["--claim", self.claim]
        else:
            words += [word for change in self.changes for word in ("--set", change)]
            words += [word for name in self.added for word in ("--with", name)]
            words += ["--probability", f"{self.probability:g}"] if self.probability < 1 and self.changes else []
        words += ["--origin", self.origin, "--to", self.to, "--members", str(self.members), "--seed", str(self.seed)]
        words += ["--inputs", self.inputs, "--theory", self.theory]
        return shlex.join(words)


def usual(war: War) -> State:
    """The state that the page opens with: nothing changed, from the scenario's origin to its last day."""
    until = war.settings.run_to
    return State(str(war.origin()), str(war.world.until if until is None else until))


def of_claim(war: War, claim: str, members: int = MEMBERS, seed: int = 1) -> State:
    """The state of a counterfactual of the argument. Raises `StateError`."""
    by_claim = {one.id: one for one in (war.argument.claims if war.argument else ()) if one.experiment}
    if claim not in by_claim:
        raise StateError(f"no counterfactual {quoted(claim)}; there are {', '.join(by_claim) or 'none'}")
    experiment = by_claim[claim].experiment
    assert experiment is not None
    return of_experiment(war, experiment, claim, members, seed)


def of_experiment(war: War, experiment: Experiment, claim: str = "", members: int = MEMBERS, seed: int = 1) -> State:
    """The state of an experiment."""
    opening = usual(war)
    origin = experiment.origin or first_day(war, experiment)
    return State(
        origin=str(origin),
        to=opening.to if experiment.to is None else str(experiment.to),
        members=members,
        seed=seed,
        inputs=experiment.inputs,
        added=experiment.processes,
        probability=experiment.probability,
        claim=claim,
        changes=changes_of(experiment),
    )


def read(war: War, query: str) -> State:
    """A state from the query of a link. Raises `StateError` naming what is wrong."""
    if len(query) > LONGEST_LINK:
        raise StateError(f"a link of {len(query):,} characters; at most {LONGEST_LINK:,} are read")
    try:
        return _read(war, query)
    except (ValueError, OverflowError) as error:
        raise StateError(str(error)) from None


def _read(war: War, query: str) -> State:
    raw_values = parse_qs(query.lstrip("?"), keep_blank_values=True)
    unknown = [name for name in raw_values if name not in KEYS]
    if unknown:
        raise StateError(f"a link cannot say {', '.join(unknown)}; it can say {', '.join(KEYS)}")
    members = _whole(raw_values, "members", MEMBERS, 2, MOST_MEMBERS)
    seed = _whole(raw_values, "seed", 1, 0, 2**63 - 1)
    if "claim" in raw_values:
        state = of_claim(war, raw_values["claim"][-1], members, seed)
        origin, to, theory = (raw_values.get(name, [""])[-1] for name in ("origin", "to", "theory"))
        return replace(state, origin=origin or state.origin, to=to or state.to, theory=theory or state.theory)
    opening = usual(war)
    try:
        origin = str(war.origin(raw_values["origin"][-1])) if "origin" in raw_values else opening.origin
        changes = tuple(str(read_change(text)) for text in raw_values.get("set", ()))
    except ValueError as error:
        raise StateError(str(error)) from None
    text = raw_values.get("probability", ["1"])[-1]
    try:
        probability = float(text)
    except ValueError:
        probability = 0.0
    if not 0 < probability <= 1:
        raise StateError(f"probability {quoted(text)}; write a number above 0 and at most 1")
    return State(
        origin=origin,
        to=raw_values.get("to", [opening.to])[-1],
        members=members,
        seed=seed,
        inputs=raw_values.get("inputs", ["actual"])[-1],
        theory=raw_values.get("theory", [NEUTRAL])[-1],
        added=tuple(dict.fromkeys(raw_values.get("with", ()))),
        probability=probability,
        changes=tuple(dict.fromkeys(changes)),
    )


def _whole(fields: Mapping[str, Sequence[str]], name: str, usual: int, least: int, most: int) -> int:
    text = fields.get(name, [str(usual)])[-1]
    # Long digits are refused before they are read as a number.
    if not text.isdecimal() or len(text) > len(str(most)) or not least <= int(text) <= most:
        raise StateError(f"{name} {quoted(text)}; write a whole number from {least} to {most}")
    return int(text)


def plans(war: War, state: State) -> tuple[Plan, Plan]:
    """The plans of the factual and of the counterfactual run. Raises `StateError`."""
    from polemos.counterfactual.paired_runs import planned
    from polemos.ensemble.plan import PlanError
    from polemos.scenario.errors import ScenarioError

    for name in state.added:
        if name.endswith(".py"):
            raise StateError(f"{name}: a link switches on no file; use polemos what-if --with {name}")
    if state.theory not in theories(war):
        raise StateError(f"no theory {quoted(state.theory)}; there are {', '.join(theories(war))}")
    if np.datetime64(day_of(state.to)) > (last := latest(war, state.origin)):
        raise StateError(f"to {state.to}: the page goes to {last} from {state.origin}; the command line goes further")
    try:
        factual = war.plan(state.config)
        return factual, planned(war, factual, state.changes)
    except (PlanError, ScenarioError) as error:
        raise StateError(str(error)) from None


def latest(war: War, origin: str) -> np.datetime64:
    """The last day that the page simulates from an origin."""
    years = np.timedelta64(round(MOST_YEARS * 365.25), "D")
    last: np.datetime64 = max(np.datetime64(day_of(origin)), war.world.until) + years
    return last


def theories(war: War) -> tuple[str, ...]:
    """Names of the theories of a scenario, the neutral one first."""
    return tuple(dict.fromkeys((NEUTRAL, *names(war.path))))


def day_of(text: str) -> str:
    """A day as written. Raises `StateError`."""
    import datetime

    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise StateError(f"{quoted(text)} is not a day; write YYYY-MM-DD") from None


def questions(war: War, state: State) -> tuple[Question, ...]:
    """What is asked in a state: the claim's questions first, then those asked at the origin, as the record can say."""
    from polemos.counterfactual.paired_runs import within

    until = np.datetime64(state.to)
    by_id = {question.id: question for question in war.questions}
    own = war.argument.claim(state.claim).questions if war.argument and state.claim else ()
    at_origin = war.questions_at(np.datetime64(state.origin))
    chosen = dict.fromkeys((*own, *(question.id for question in at_origin)))
    return tuple(by_id[name] for name in chosen if within(by_id[name], until))
