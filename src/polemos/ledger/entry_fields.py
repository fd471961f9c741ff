"""The fields of a line of the ledger: texts without hidden characters, days, times, numbers."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

if TYPE_CHECKING:
    pass


HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, halves of characters, and those that make a text read otherwise than it is written."""

EXACT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class LedgerError(ValueError):
    """What was asked of a ledger cannot be done; the message is one line for the user."""


def clean(text: str) -> str:
    """A text that shows all that it says. Raises `ValueError` for control characters."""
    if match := HIDDEN.search(text):
        raise ValueError(f"has the control character U+{ord(match[0]):04X}; leave it out")
    return text


def one_line(text: str) -> str:
    """A clean text of one line, without spaces at its ends."""
    if "\n" in text or "\t" in text:
        raise ValueError("must be on one line")
    return clean(text).strip()


def moment(text: str) -> str:
    """A day, or a time in UTC to the millisecond, as the ledger writes it: `2030-01-31T08:00:00.000Z`."""
    try:
        if len(text) == 10:
            return datetime.date.fromisoformat(text).isoformat()
        time = datetime.datetime.fromisoformat(text)
        if EXACT.fullmatch(text):
            return text
        if time.tzinfo is None:
            time = time.replace(tzinfo=datetime.UTC)
        return stamp(time)
    except (ValueError, OverflowError):
        raise ValueError("is neither a day, YYYY-MM-DD, nor a time, YYYY-MM-DDTHH:MM:SSZ") from None


def stamp(time: datetime.datetime) -> str:
    """A time as the ledger writes it."""
    return time.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def number(value: Any) -> Any:
    """What is not a truth value: those would pass for 0 and 1."""
    if isinstance(value, bool):
        raise ValueError("is true or false; write a number")
    return value


Text = Annotated[str, Field(max_length=8000), AfterValidator(clean)]

Line = Annotated[str, Field(max_length=400), AfterValidator(one_line)]

Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]

Moment = Annotated[str, AfterValidator(moment)]

Probability = Annotated[float, BeforeValidator(number), Field(ge=0, le=1, allow_inf_nan=False)]

Level = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]

Finite = Annotated[float, BeforeValidator(number), Field(allow_inf_nan=False)]

Choice = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]
