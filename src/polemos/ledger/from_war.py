"""Between a scenario and the ledger: its questions in full, the forecasts of a run, what its record settles."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from polemos.argument.claims import Claim, Outcome
from polemos.ledger.chain import Kept, append, read
from polemos.ledger.columns import Resolution, Table, table
from polemos.ledger.entries import NEVER, Asked, Entry, Quantiles, Source, key, question_in_full, typed
from polemos.ledger.entry_fields import LedgerError
from polemos.ledger.holders import holding, is_holder_question
from polemos.questions.answer import Answer
from polemos.questions.questions import Question
from polemos.questions.resolve import FRAGILE
from polemos.record.world import World
from polemos.war.simulation import Simulation
from polemos.war.war import War


@dataclass(frozen=True, slots=True)
class Settled:
    """How the questions of a scenario resolved: entries added, questions still open, and why others fail."""

    added: tuple[Kept, ...]
    open: tuple[str, ...]
    failed: tuple[str, ...]


def settle(
    path: Path | str,
    war: War,
    owner: str,
    *,
    as_of: np.datetime64 | None = None,
    only: Collection[str] | None = None,
    now: datetime.datetime | None = None,
) -> Settled:
    """Resolve by the record of a war every question of its scenario that it can tell by now.

    A question that a person resolved is left alone; one that an earlier state of the record answered otherwise gets
    a second resolution, and both stay. Outcomes that the scenario states with a source count where its record ends.
    `as_of` cuts the record at a day, and leaves out what the scenario states; `only` are keys of questions. Raises
    `LedgerError`.
    """
    ledger_table = table(path)
    world = war.world if as_of is None else war.world.as_of(min(max(as_of, war.world.start), war.world.until))
    stated = {key(in_full(war, question)): question.outcome for question in war.questions if question.outcome}
    if as_of is not None:
        stated = {}
    drafts: list[Entry] = []
    still: list[str] = []
    failed: list[str] = []
    for row, plain in enumerate(ledger_table.asked):
        if only is not None and ledger_table.keys[row] not in only:
            continue
        one = Asked.model_validate(plain)
        if one.scenario != war.name or not one.terms:
            continue
        try:
            draft = _answer(one, world, stated.get(ledger_table.keys[row]), owner, as_of)
        except (LedgerError, KeyError, ValueError) as error:
            failed.append(f"{one.id}: {error.args[0] if error.args else error}")
            continue
        if draft is None:
            still.append(one.id)
        elif _news(ledger_table, row, draft):
            old = ledger_table.resolutions.get(row)
            if old is not None:
                before = f"the record was revised since entry {old.number}, which said {_said(old)}"
                draft = draft.model_copy(update={"note": "; ".join(part for part in (before, draft.note) if part)})
            drafts.append(draft)
    return Settled(tuple(append(path, drafts, now=now)) if drafts else (), tuple(still), tuple(failed))


def _answer(one: Asked, world: World, stated: Outcome | None, owner: str, as_of: np.datetime64 | None) -> Entry | None:
    """The resolution of a question by a record, None while it is open. Raises `LedgerError`, `KeyError`."""
    from polemos.questions.resolve import resolve

    reach = f"{world.name} to {world.last_observed}" + ("" if as_of is None else f", as of {as_of}")
    recorded = Source(record=reach, hash=world.digest())
    if is_holder_question(one):
        holder = holding(one, world)
        if holder is None:
            return None
        values = {"choice": holder.option, "settled": one.closes, "note": _agreed(holder.agreement), "source": recorded}
    else:
        question = typed(one)
        resolution = resolve(question, world, {question.id: stated} if stated else {})
        if resolution.value is None or resolution.date is None:
            return None
        values = {
            "outcome": "yes" if resolution.value else "no",
            "quantity": _quantity(resolution.quantity),
            "settled": resolution.date.astype(object),
            "note": _agreed(resolution.agreement),
            "source": recorded if resolution.source == "record" else Source(citation=resolution.source),
        }
    return Entry.model_validate({"kind": "resolution", "owner": owner, "question": one} | values)


def _agreed(agreement: float | None) -> str:
    if agreement is None:
        return ""
    fragile = "; fragile" if agreement < FRAGILE else ""
    return f"{agreement:.0%} of records drawn within their precision agree{fragile}"


def _said(old: Resolution) -> str:
    return old.choice or {1.0: "yes", 0.0: "no"}.get(old.outcome, str(old.quantity))


def _news(ledger_table: Table, row: int, draft: Entry) -> bool:
    """Whether a resolution says something that the ledger does not say yet, and does not overrule a person."""
    old = ledger_table.resolutions.get(row)
    if old is None:
        return True
    if not old.by_record:
        return False
    if draft.choice is not None:
        return draft.choice != old.choice
    changed = draft.quantity is not None and old.quantity is not None and float(draft.quantity) != old.quantity
    return changed or old.outcome != float(draft.outcome == "yes")


def _quantity(value: float | None) -> float | Literal["inf"] | None:
    if value is None or value != value or value == -float("inf"):
        return None
    return NEVER if value == float("inf") else value


REPLAY = "; a replay: its times are those of the war, not those of the clock"
"""What the program of an entry ends with where a past war was replayed."""


def is_replay(path: Path | str) -> bool:
    """Whether a ledger has entries of a replay, whose times prove nothing about foresight. Raises `LedgerError`."""
    return any(entry.entry.source.program.endswith(REPLAY) for entry in read(path))


def in_full(war: War, question: Question) -> Asked:
    """A question of a war as the ledger asks it. Its topic is the group of the claims that it serves."""
    claims = war.argument.claims if war.argument else ()
    linked = [claim for claim in claims if claim.questions[:1] == (question.id,)] or [
        claim for claim in claims if claim.id in question.claims
    ]
    return question_in_full(question, war.name, next((claim.group for claim in linked if claim.group), ""))


def forecasts(simulation: Simulation, answers: Sequence[Answer], owner: str) -> list[Entry]:
    """Entries of the answers that a forecaster gave to the questions of a simulated war; silence makes none."""
    from importlib.metadata import version

    run, plan = simulation.run, simulation.run.plan
    questions = {question.id: in_full(simulation.war, question) for question in simulation.questions}
    source = Source(
        run="" if run.folder is None else run.folder.name, hash=plan.digest(), program=f"polemos {version('polemos')}"
    )
    return [
        Entry(
            kind="forecast",
            owner=owner,
            question=questions[answer.question],
            origin=plan.origin.astype(object),
            probability=answer.probability,
            quantiles=_quantiles(answer),
            source=source,
            note=f"{plan.members} members, standard error {answer.error:.3g}" if answer.error else "",
        )
        for answer in answers
        if answer.probability is not None
    ]


def claims(war: War, origin: np.datetime64) -> list[Entry]:
    """Entries of what the owners of claims said on the day of an origin, as readers coded their words."""
    questions = {question.id: question for question in war.questions}
    coded = [claim for claim in (war.argument.claims if war.argument else ()) if claim.coding and claim.questions]
    return [
        Entry(
            kind="forecast",
            owner=claim.owner,
            question=in_full(war, questions[claim.questions[0]]),
            made=claim.vintage.isoformat(),
            origin=claim.vintage,
            probability=claim.coding.mid,
            source=Source(citation=_place(war, claim)),
            note=f"read from the words {claim.words!r} as {claim.coding.low:g} to {claim.coding.high:g}",
        )
        for claim in coded
        if claim.coding and claim.vintage is not None and np.datetime64(claim.vintage) == origin
    ]


def _place(war: War, claim: Claim) -> str:
    paragraphs = ", ".join(str(number) for number in claim.paragraphs)
    where = claim.source or (war.argument.published if war.argument else "")
    return f"{where}, claim {claim.id}" + (f", paragraph {paragraphs}" if paragraphs else "")


def _quantiles(answer: Answer) -> Quantiles | None:
    from polemos.questions.evaluate import LEVELS

    values = [] if answer.quantiles is None else [_quantity(value) for value in answer.quantiles]
    values_present = [value for value in values if value is not None]
    return (
        Quantiles(levels=LEVELS, values=tuple(values_present))
        if values_present and len(values_present) == len(LEVELS)
        else None
    )
