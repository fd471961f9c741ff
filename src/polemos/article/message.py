"""Articles that came as messages: e-mail, and pages that a browser saved as MHTML."""

from __future__ import annotations

import datetime
import email
import email.policy
import email.utils
import re
from dataclasses import dataclass

FIELD = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")
MARK = re.compile(rb"^(?:mime-version|message-id|received|return-path|subject|from):", re.IGNORECASE | re.MULTILINE)
QUOTED = re.compile(r"^\s*>.*(?:\n|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Message:
    """The article of a message: its subject, its day, its text, and whether that is HTML."""

    title: str
    date: datetime.date | None
    text: str
    html: bool
    notes: tuple[str, ...]


def read_message(data: bytes) -> Message | None:
    """The message that a file holds; None where its head is no message's (two of its usual fields)."""
    head = FIELD.match(data[:100_000].lstrip())
    if head is None or len({mark.lower() for mark in MARK.findall(head[0])}) < 2:
        return None
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
    saved = message.get_content_type() == "multipart/related"
    part = message.get_body(("html", "plain") if saved else ("plain", "html"))
    if part is None:
        return None
    try:
        text = str(part.get_content())
        subject = str(message.get("subject", ""))
        timestamp = email.utils.parsedate_to_datetime(str(message.get("date", "")))
    except (LookupError, UnicodeError):
        return None
    except ValueError:
        timestamp = None
    notes = []
    is_html = part.get_content_type() == "text/html"
    if not is_html:
        text = re.split(r"^-- ?\r?$", text, maxsplit=1, flags=re.MULTILINE)[0]
        text, quoted = QUOTED.subn("", text)
        if quoted:
            notes.append(f"{quoted} quoted lines of another message left out")
    # The day that a page was saved is not the day that it was written.
    return Message(subject, None if saved or timestamp is None else timestamp.date(), text, is_html, tuple(notes))
