"""Between a scenario and the ledger: its questions in full, the forecasts of a run, what its record settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from polemos.argument.claims import Claim
from polemos.ledger.chain import Kept, append
from polemos.ledger.columns import Table, table
from polemos.ledger.entries import NEVER, Asked, Entry, LedgerError, Quantiles, Source, asked, key, typed
from polemos.questions.answer import Answer
from polemos.questions.questions import Question
from polemos.war.simulation import Simulation
from polemos.war.war import War


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the questions of a scenario: entries added, questions still open, and why others fail."""

    added: tuple[Kept, ...]
    open: tuple[str, ...]
    failed: tuple[str, ...]


def settle(path: Path | str, war: War, owner: str) -> Settled:
    """Resolve by the record of a war every question of its scenario that it can tell by now.

    A question that a person resolved is left alone; one that an earlier state of the record answered otherwise gets
    a second resolution, and both stay. Outcomes that the scenario states with a source count where its record ends.
    Raises `LedgerError`.
    """
    from polemos.questions.resolve import resolve

    there = table(path)
    stated = {key(in_full(war, question)): question.outcome for question in war.questions if question.outcome}
    drafts: list[Entry] = []
    still: list[str] = []
    failed: list[str] = []
    for row, plain in enumerate(there.asked):
        one = Asked.model_validate(plain)
        if one.scenario != war.name or not one.terms:
            continue
        try:
            question = typed(one)
            outcome = stated.get(there.keys[row])
            came = resolve(question, war.world, {question.id: outcome} if outcome else {})
        except (LedgerError, KeyError, ValueError) as error:
            failed.append(f"{one.id}: {error.args[0] if error.args else error}")
            continue
        if came.value is None or came.date is None:
            still.append(one.id)
            continue
        by_record = came.source == "record"
        note = "" if came.agreement is None else f"{came.agreement:.0%} of records drawn within their precision agree"
        draft = Entry(
            kind="resolution",
            owner=owner,
            question=one,
            outcome="yes" if came.value else "no",
            quantity=_quantity(came.quantity),
            settled=came.date.astype(object),
            note=note + ("; fragile" if came.fragile else ""),
            source=Source(
                record=f"{war.name} to {war.world.until}" if by_record else "",
                hash=war.world.digest() if by_record else "",
                citation="" if by_record else came.source,
            ),
        )
        if _news(there, row, draft):
            drafts.append(draft)
    return Settled(tuple(append(path, drafts)) if drafts else (), tuple(still), tuple(failed))


def _news(there: Table, row: int, draft: Entry) -> bool:
    """Whether a resolution says something that the ledger does not say yet, and does not overrule a person."""
    old = there.resolutions.get(row)
    if old is None:
        return True
    return old.by_record and (old.outcome != float(draft.outcome == "yes"))


def _quantity(value: float | None) -> float | Literal["inf"] | None:
    if value is None or value != value or value == -float("inf"):
        return None
    return NEVER if value == float("inf") else value


def in_full(war: War, question: Question) -> Asked:
    """A question of a war as the ledger asks it. Its topic is the group of the claims that it serves."""
    claims = war.argument.claims if war.argument else ()
    linked = [claim for claim in claims if claim.questions[:1] == (question.id,)] or [
        claim for claim in claims if claim.id in question.claims
    ]
    return asked(question, war.name, next((claim.group for claim in linked if claim.group), ""))


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
    told = [value for value in values if value is not None]
    return Quantiles(levels=LEVELS, values=tuple(told)) if told and len(told) == len(LEVELS) else None
