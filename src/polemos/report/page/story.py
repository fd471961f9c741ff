"""The story of a page: a headline and a standfirst, made from the run's own answers, outcomes and scores.

With an argument: who was right on what, who claimed it and when, what the rival said, how sure the model was. Without:
how many questions the forecast got right, or what is expected and how sure where few have an outcome, and how good
such forecasts have been. Nothing is
written by hand for one scenario.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polemos.argument.claims import Argument, Claim
from polemos.report.page.best_rule import TALLIED, Statement, against, best_rule, share, side, tally
from polemos.report.page.build import long_date
from polemos.report.page.contents import ForecastRow, PageContents, Stand
from polemos.report.page.headline_questions import heading, stands_of
from polemos.report.page.likelihood_words import in_words, per_cent
from polemos.report.page.track_record import sentence, skill_rows

RIGHT, WRONG = 0.75, 1 / 3
"""Share of statements on the right side of one half from which on a topic is right, and up to which it is wrong."""

FAIR = 0.2
"""Mean Brier score up to which a topic counts as right; a coin has 0.25."""

CLOSE = 0.01
"""Difference of mean Brier scores below which two forecasters did equally well."""

SURE = 0.02
"""Up to which probability, and from which on, a question that came out so is no headline."""

FEWEST = 2
"""Statements with an outcome from which on a topic is judged."""

SOON = np.timedelta64(91, "D")
"""How far ahead the expected changes of hands are counted."""


@dataclass(frozen=True, slots=True)
class Story:
    """The first screen: a headline and the sentences below it."""

    headline: str
    standfirst: tuple[str, ...]


def story(contents: PageContents) -> Story:
    """The headline and the standfirst of a page."""
    author = _said(contents, "author")
    if contents.argument is not None and author:
        settled = [(row, stand) for row, stand in author if row.outcome is not None]
        author_verdict = verdict(settled)
        headline = f"The author was {author_verdict}" if author_verdict else expectation(contents)
        sentences = [
            claimed(contents.argument, author, settled),
            surest(settled),
            disputes(contents.argument),
            against_the_model(contents),
        ]
    else:
        settled = [(row, stand) for row, stand in _said(contents, contents.speaker) if row.outcome is not None]
        headline = tally(contents, settled) or expectation(contents)
        sentences = [
            guessed(contents),
            surest(settled, contents.speaker),
            *contents.headline[:1],
            moves(contents),
            questions_answered(contents),
            track_record(contents),
        ]
    return Story(headline, tuple(one for one in sentences if one and one.rstrip(".") != headline))


def _said(contents: PageContents, kind: str) -> list[Statement]:
    """The rows to which forecasters of a kind gave a probability, with the first such answer."""
    kinds = {who.name: who.kind for who in contents.forecasters}
    rows = ((row, stands_of(row, kinds).get(kind)) for row in contents.forecasts)
    return [(row, stand) for row, stand in rows if stand is not None]


def too_early(row: ForecastRow) -> bool:
    """Whether what a question asks for happened, but only after its last day."""
    return row.outcome is False and row.later is not None


def verdict(settled: Sequence[Statement]) -> str:
    """On which topics somebody was right, too early, wrong; empty where no topic has enough settled statements."""
    topics: dict[str, list[Statement]] = {}
    for row, stand in settled:
        topics.setdefault(row.group, []).append((row, stand))
    judged: dict[str, list[tuple[int, str]]] = {"right": [], "too early": [], "wrong": [], "divided": []}
    for topic, statements in topics.items():
        sides = [side(stand.probability, row.outcome) for row, stand in statements]
        sides_known = [one for one in sides if one is not None]
        if len(sides_known) < FEWEST:
            continue
        score = float(np.mean([(share(s) - float(bool(r.outcome))) ** 2 for r, s in statements]))
        share_right = sum(sides_known) / len(sides_known)
        missed = [row for (row, _), right in zip(statements, sides, strict=True) if right is False]
        if share_right >= RIGHT and score <= FAIR:
            word = "right"
        elif share_right <= WRONG:
            word = "too early" if 2 * sum(map(too_early, missed)) > len(missed) else "wrong"
        else:
            word = "divided"
        judged[word].append((len(sides_known), topic))
    parts = []
    for word in ("right", "too early", "wrong"):
        names = [name for _, name in sorted(judged[word], key=lambda one: -one[0])[:2]]
        if names:
            parts.append(f"{word} on {' and on '.join(names)}")
    if not parts and judged["divided"]:
        parts = [f"right and wrong in turn on {' and on '.join(name for _, name in judged['divided'][:2])}"]
    return ", ".join(parts)


def claimed(argument: Argument, statements: Sequence[Statement], settled: Sequence[Statement]) -> str:
    """Which argument, and how many of its forecasts were on the right side."""
    published = argument.published.split(";")[0].strip().rstrip(".")
    sides = [side(stand.probability, row.outcome) for row, stand in settled]
    sides_known = [one for one in sides if one is not None]
    text = f"“{argument.title}” ({published}) made {_count(len(statements), 'forecast')}"
    if sides_known:
        text += f"; {len(sides_known)} took a side and can be checked, and {sum(sides_known)} of these came true"
    return text + "."


def surest(settled: Sequence[Statement], speaker: str = "author") -> str:
    """What somebody was surest of, right and wrong."""

    def best(right: bool) -> Statement | None:
        rows_right = [one for one in settled if side(one[1].probability, one[0].outcome) is right]
        return max(rows_right, key=lambda one: abs(share(one[1]) - 0.5), default=None)

    hit, miss = best(True), best(False)
    parts = []
    for one, word in ((hit, "right"), (miss, "wrong")):
        if one is not None:
            row, stand = one
            happened = "happened" if row.outcome else "did not happen"
            parts.append(f"Most sure and {word}: “{heading(row)}”, put at {_reading(stand)}, which {happened}.")
    note = " The percentages are our reading of the author's words." if parts and speaker == "author" else ""
    return " ".join(parts) + note


def _reading(stand: Stand) -> str:
    if stand.low is None or stand.high is None or round(100 * stand.low) == round(100 * stand.high):
        return per_cent(share(stand))
    return f"{100 * stand.low:.0f}-{100 * stand.high:.0f} %"


def disputes(argument: Argument) -> str:
    """On how many settled points on which author and rival disagreed each was nearer to what happened."""
    by_name = {claim.id: claim for claim in argument.claims}
    nearer = {"author": 0, "rival": 0}
    for claim in argument.select("forecast"):
        against = [by_name[name] for name in claim.disputed_by if name in by_name and by_name[name].kind == "rival"]
        errors = [(_error(claim), _error(rival)) for rival in against]
        pairs = [(own, other) for own, other in errors if own is not None and other is not None]
        if pairs:
            own, other = pairs[0][0], min(error for _, error in pairs)
            if own != other:
                nearer["author" if own < other else "rival"] += 1
    points = sum(nearer.values())
    if not points:
        return ""
    who = "rival" if nearer["rival"] >= nearer["author"] else "author"
    number = nearer[who]
    each = f"the {who} was nearer to what happened on {number}"
    if 2 * number == points:
        each = f"each was nearer to what happened on {number}"
    return f"Of the {_count(points, 'settled point')} on which a rival disagreed, {each}."


def _error(claim: Claim) -> float | None:
    if claim.coding is None or claim.outcome is None or claim.outcome.value is None:
        return None
    return (claim.coding.mid - claim.outcome.value) ** 2


def against_the_model(contents: PageContents) -> str:
    """The model beside the author on the questions that both answered, and how sure it was."""
    model = {row.id: stand for row, stand in _said(contents, contents.speaker)}
    both = [
        (row, stand, model[row.id])
        for row, stand in _said(contents, "author")
        if row.outcome is not None and row.id in model
    ]
    if not both:
        return ""
    scores = [
        float(np.mean([(share(stands[k]) - float(bool(row.outcome))) ** 2 for row, *stands in both])) for k in (0, 1)
    ]
    sure = [max(share(stand), 1 - share(stand)) for _, _, stand in both]
    apart = scores[1] - scores[0]
    word = "as well as" if abs(apart) < CLOSE else "better than" if apart < 0 else "worse than"
    certain = sum(one >= 0.9 for one in sure)
    return (
        f"The {contents.speaker} knew nothing after the day on which each was asked. On the "
        f"{_count(len(both), 'question')} that both answered it did {word} the author (mean Brier score "
        f"{scores[1]:.2f} against {scores[0]:.2f}; 0 is perfect, 0.25 a coin); it was at least 90 % sure of {certain} "
        "of its answers."
    )


def wrong_where_the_author_was_right(contents: PageContents, most: int = 3) -> str:
    """On which questions the model was on the wrong side and the author on the right one, the worst first."""
    author = {row.id: stand for row, stand in _said(contents, "author")}
    rows_wrong = [
        (row, stand, author[row.id])
        for row, stand in _said(contents, contents.speaker)
        if side(stand.probability, row.outcome) is False
        and row.id in author
        and side(author[row.id].probability, row.outcome) is True
    ]
    rows_wrong.sort(key=lambda one: -abs(share(one[1]) - float(bool(one[0].outcome))))
    if not rows_wrong:
        return ""
    named = "; ".join(
        f"“{heading(row)}” ({contents.speaker} {per_cent(share(model))}, author "
        f"{per_cent(share(stand))}; it {'happened' if row.outcome else 'did not happen'})"
        for row, model, stand in rows_wrong[:most]
    )
    rest = f"; and {len(rows_wrong) - most} more" if len(rows_wrong) > most else ""
    count = _count(len(rows_wrong), "question")
    return f"The {contents.speaker} was wrong and the author right on {count}: {named}{rest}."


def expectation(contents: PageContents) -> str:
    """The forecast of the first question whose answer is not obvious, how sure it is, and what happened."""
    model = _said(contents, contents.speaker)
    if not model:
        return moves(contents).rstrip(".") or contents.title
    # What is sure and came so is no news.
    rows_unsure = [
        one for one in model if SURE < share(one[1]) < 1 - SURE or side(share(one[1]), one[0].outcome) is False
    ]
    row, stand = (rows_unsure or model)[0]
    probability = share(stand)
    sure, heading_text = in_words(probability, contents.simulated).capitalize(), heading(row).rstrip(".")
    if row.outcome is None:
        return f"{sure}: {heading_text}"
    happened = "it happened" if row.outcome else "it did not happen"
    join = {True: ", and ", False: ", yet ", None: "; "}[side(probability, row.outcome)]
    return f"{sure}{join}{happened}: {heading_text}"


def guessed(contents: PageContents) -> str:
    """A warning where nobody observed who held any place on the day of the forecast."""
    if (contents.record[contents.origin_index] >= 0).any():
        return ""
    return "Nobody has observed who holds these places: the forecast begins with a guess."


def moves(contents: PageContents) -> str:
    """How many places are expected to change hands in three months, and how many did."""
    ahead = contents.dates[contents.first :]
    if len(ahead) < 2:
        return ""
    step = int(np.argmin(np.abs(ahead - (contents.origin + SOON))))
    start, later = contents.record[contents.first], contents.record[contents.first + step]
    is_held = start >= 0
    if step == 0 or not is_held.any():
        return ""
    probability = contents.probability[step] / contents.probability[step].sum(1, keepdims=True)
    moved = 1 - probability[np.arange(len(start)), start]
    expected, count = float(moved[is_held].sum()), int(is_held.sum())
    text = f"By {long_date(ahead[step])}, {expected:,.0f} of {count:,} places were expected to have another holder"
    is_observed = is_held & (later >= 0)
    if is_observed.sum() == is_held.sum():
        return f"{text}; {int((start != later)[is_observed].sum()):,} had."
    return f"{text.replace(' were expected', ' are expected')}."


def questions_answered(contents: PageContents) -> str:
    """How the model's answers compare with the outcomes, and with the best simple rule on the same questions."""
    settled = [(row, stand) for row, stand in _said(contents, contents.speaker) if row.outcome is not None]
    if not settled:
        open_ = len(_said(contents, contents.speaker))
        return f"All {open_} questions are open." if open_ > 1 else ""
    best = best_rule(contents, settled)
    if len(settled) < TALLIED or best is None:
        right = sum(side(stand.probability, row.outcome) is True for row, stand in settled)
        opening = f"Of {_count(len(settled), 'question')} with a known outcome"
        text = f"{opening} the {contents.speaker} was on the right side of {right}."
        return text if best is None else f"{text} {against(best, contents.speaker, len(settled))}"
    return against(best, contents.speaker, len(settled))


def track_record(contents: PageContents) -> str:
    """What a kept hindcast, or the board, says of such forecasts; empty where there is neither."""
    record = next((result for result in contents.results if result["kind"] in ("hindcast", "board")), None)
    return "" if record is None else sentence(skill_rows(record, contents.scenario), len(record.get("origins", ())))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
