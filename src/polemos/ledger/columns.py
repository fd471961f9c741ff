"""The whole ledger as columns: which forecast was valid when, how each question resolved, what is disputed.

One rule for every reader. A later forecast of the same owner on the same question takes the place of the earlier from
then on; a withdrawal leaves none standing. The last resolution that was not withdrawn counts, disputed or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.ledger.canonical import cut, quick
from polemos.ledger.chain import contents
from polemos.ledger.distribution import read_off
from polemos.ledger.entries import Range, key
from polemos.ledger.sqlite import Broken, reading
from polemos.record.world import Days, Flags, Floats

OUTCOMES = {"yes": 1.0, "no": 0.0}


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a question resolved, by the entry `number`.

    `outcome` is 1 for yes, 0 for no, for a question with options the index of the true one, and NaN where it has
    none.
    """

    number: int
    outcome: float
    annulled: bool
    quantity: float | None
    choice: str
    settled: np.datetime64
    disputed: bool
    by_record: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A ledger of E forecasts (revisions and withdrawals of forecasts too) on Q questions, in the order of entry.

    `asked` are the questions as plain values, `keys` what tells them apart, `closes` their last days [Q].
    `number`, `question`, `owner` (indices), `recorded` (datetime64[ms]), `origin` (NaT at a withdrawal), `probability`
    (NaN where there is none) and `withdrawn` are [E]; `made` is when its owner says that it was made. By row,
    `quantiles` are (levels, values), those of a whole distribution too, and `choices` the probabilities of the options.
    `resolutions` are those that count, by question.
    """

    asked: tuple[dict[str, Any], ...]
    keys: tuple[str, ...]
    closes: Days
    owners: tuple[str, ...]
    number: NDArray[np.int64]
    question: NDArray[np.int64]
    owner: NDArray[np.int64]
    recorded: NDArray[np.datetime64]
    made: Days
    origin: Days
    probability: Floats
    withdrawn: Flags
    quantiles: dict[int, tuple[list[float], list[float]]]
    choices: dict[int, list[float]]
    resolutions: dict[int, Resolution]

    @property
    def answered(self) -> Flags:
        """Whether an event gives a probability, or those of options: [E]."""
        has_probability = ~np.isnan(self.probability)
        has_probability[list(self.choices)] = True
        return has_probability

    def find(self, name: str) -> list[int]:
        """Questions of an id, or whose key begins so."""
        exact = [row for row, one in enumerate(self.asked) if one["id"] == name]
        return exact or [row for row, one in enumerate(self.keys) if len(name) >= 4 and one.startswith(name)]


def table(path: Path | str) -> Table:
    """The columns of a ledger, its chain checked on the way. Raises `LedgerError`."""
    with reading(path) as connection:
        return gather((number, content) for number, content, _ in contents(connection))


def gather(rows: Iterable[tuple[int, str]]) -> Table:
    """Columns of entries, given as number and content. Raises `Broken` for what is no entry."""
    questions: dict[str, int] = {}
    owners: dict[str, int] = {}
    question_list: list[dict[str, Any]] = []
    # A list a column: a million tuples would keep the collector of garbage busy.
    numbers: list[int] = []
    which: list[int] = []
    whose: list[int] = []
    recorded: list[str] = []
    times: list[str] = []
    origins: list[str] = []
    probabilities: list[float] = []
    is_withdrawn: list[bool] = []
    quantiles: dict[int, tuple[list[float], list[float]]] = {}
    choices: dict[int, list[float]] = {}
    resolution_rows: list[tuple[int, int, dict[str, Any]]] = []
    disputes: dict[int, int] = {}
    withdrawn: set[int] = set()
    forecasts: set[int] = set()
    for number, content in rows:
        try:
            text, rest = cut(content)
            index = questions.get(text)
            if index is None:
                question_list.append(quick(text))
                index = questions.setdefault(text, len(questions))
            fields = quick(rest)
            kind = fields["kind"]
            owner = owners.setdefault(fields["owner"], len(owners))
            withdraws = kind == "withdrawal" and fields["of"] in forecasts
            if kind == "forecast" or kind == "revision" or withdraws:
                if "quantiles" in fields:
                    levels, values = fields["quantiles"]["levels"], fields["quantiles"]["values"]
                    quantiles[len(numbers)] = levels, [float(value) for value in values]
                elif "cdf" in fields:
                    quantiles[len(numbers)] = read_off(
                        Range.model_validate(question_list[index]["range"]), fields["cdf"]
                    )
                if "choices" in fields:
                    choices[len(numbers)] = fields["choices"]
                numbers.append(number)
                which.append(index)
                whose.append(owner)
                recorded.append(fields["recorded"][:-1])
                times.append((fields.get("made") or fields["recorded"])[:10])
                origins.append("NaT" if withdraws else fields["origin"])
                probabilities.append(fields.get("probability", np.nan))
                is_withdrawn.append(withdraws)
                forecasts.add(number)
            elif kind == "resolution":
                resolution_rows.append((number, index, fields))
            elif kind == "dispute":
                disputes[number] = fields["of"]
            else:
                withdrawn.add(fields["of"])
        except (ValueError, KeyError, TypeError) as error:
            raise Broken(f"cannot be understood ({type(error).__name__})", number) from None
    disputed = {of for number, of in disputes.items() if number not in withdrawn}
    try:
        return Table(
            asked=tuple(question_list),
            keys=tuple(key(text) for text in questions),
            closes=np.array([one["closes"] for one in question_list], "datetime64[D]"),
            owners=tuple(owners),
            number=np.array(numbers, np.int64),
            question=np.array(which, np.int64),
            owner=np.array(whose, np.int64),
            recorded=np.array(recorded, "datetime64[ms]"),
            made=np.array(times, "datetime64[D]"),
            origin=np.array(origins, "datetime64[D]"),
            probability=np.array(probabilities, float),
            withdrawn=np.array(is_withdrawn, bool),
            quantiles=quantiles,
            choices=choices,
            resolutions={
                index: _resolution(number, fields, number in disputed, question_list[index].get("options", ()))
                for number, index, fields in resolution_rows
                if number not in withdrawn
            },
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Broken(f"an entry has a day that is none ({type(error).__name__})") from None


def _resolution(number: int, resolution: dict[str, Any], disputed: bool, options: Sequence[str]) -> Resolution:
    outcome, quantity, choice = resolution.get("outcome", ""), resolution.get("quantity"), resolution.get("choice", "")
    return Resolution(
        number,
        float(options.index(choice)) if choice in options else OUTCOMES.get(outcome, np.nan),
        outcome == "annulled",
        None if quantity is None else float(quantity),
        choice,
        np.datetime64(resolution["settled"], "D"),
        disputed,
        bool(resolution.get("source", {}).get("record")),
    )
