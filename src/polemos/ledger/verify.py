"""Verifies a ledger: the chain, the form of each entry, the triggers, SQLite's own check, unused bytes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from polemos.ledger import stray_bytes
from polemos.ledger.canonical import canonical, cut, parse, quick
from polemos.ledger.chain import Head, contents, head_of
from polemos.ledger.entries import Asked, Entry, first_problem
from polemos.ledger.entry_fields import LedgerError
from polemos.ledger.sqlite import BEGINNING, DAMAGE, Broken, check_path, reading

STAND_IN = Asked(id="any", text="Any?", closes=datetime.date(2000, 1, 1))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found. `problem` is empty where all is well; `first` is the first bad entry, None where none is.

    `backwards` are entries recorded at an earlier time than the one before them: the chain proves their order, so a
    clock was set back, or a time is not true.
    """

    entries: int
    head: Head | None
    problem: str
    first: int | None
    backwards: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the ledger is what was written."""
        return not self.problem


def verify(path: Path | str, earlier: Head | None = None) -> Verdict:
    """Check a ledger. Never raises for what is wrong with it, only `LedgerError` where there is none to check.

    `earlier` is a head line taken before: its entry must be there with the same hash. Without one, a ledger that
    somebody cut short or wrote anew as a whole, with its stored count, cannot be distinguished from a true one.
    """
    file = Path(path)
    check_path(file)
    if not file.stat().st_size:
        return Verdict(0, None, "the file is empty: it is no ledger, or one that was cut to nothing", None)
    count = 0
    try:
        # The file is opened first and closed last: closing it in between would drop SQLite's lock on it.
        with file.open("rb") as raw, reading(file) as connection:
            previous = BEGINNING
            questions: dict[str, Asked] = {}
            latest, backwards = "", []
            if earlier is not None and earlier.entries == 0 and earlier.hash != BEGINNING:
                raise Broken("the earlier head is of another ledger")
            for number, content, previous in contents(connection):
                recorded = check_form(number, content, questions)
                if recorded < latest:
                    backwards.append(number)
                latest = recorded
                if earlier is not None and number == earlier.entries and previous != earlier.hash:
                    raise Broken("is not the one of the earlier head: the ledger was written anew", number)
                count = number
            if earlier is not None and earlier.entries > count:
                raise Broken(f"is missing: the earlier head has {earlier.entries:,} entries", count + 1)
            checked = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
            if checked != ["ok"]:
                raise Broken(f"SQLite finds the file damaged: {' '.join(str(checked[0]).split())[:200]}")
            stray_bytes.check(raw, connection.execute("SELECT sqlite FROM head").fetchone()[0])
            return Verdict(count, head_of(connection), "", None, tuple(backwards))
    except Broken as error:
        return Verdict(count, None, str(error), error.number)
    except (LedgerError, *DAMAGE) as error:
        return Verdict(count, None, str(error), None)


def check_form(number: int, content: str, questions: dict[str, Asked]) -> str:
    """The time at which an entry was recorded; raises `Broken` where the entry is not as polemos writes it.

    `questions` are questions that were checked before, by their text, each with what stands in for it.
    """
    try:
        text, rest = cut(content)
        plain = quick(rest)
        if canonical(plain) != rest:
            raise ValueError("its keys or numbers are not in canonical form")
        # An entry is checked with a stand-in for its question, and each question once.
        if text not in questions:
            question = Asked.model_validate(parse(text))
            if canonical(question) != text:
                raise ValueError("its question is not in canonical form")
            questions[text] = question if question.options or question.range else STAND_IN
        Entry.model_validate(plain | {"question": questions[text]})
        return str(plain["recorded"])
    except ValidationError as error:
        raise Broken(f"is none that polemos would write: {first_problem(error)}", number) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Broken(f"is none that polemos would write: {what[:200]}", number) from None
