"""Ledgers as text: JSON Lines, which carry everything, and the CSV of question, probability and date.

The forms are set out in docs/ledger.md. An export of a whole ledger, imported into a new one, gives the same chain.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from polemos.ledger.canonical import canonical, parse
from polemos.ledger.chain import Kept, adder, chain, contents, head_of, insert, parsed
from polemos.ledger.entries import Asked, Entry, entry, key
from polemos.ledger.entry_fields import LedgerError
from polemos.ledger.register import register
from polemos.ledger.sqlite import BEGINNING, reading, writing

LONGEST_LINE = 200_000
COLUMNS = (
    "question", "probability", "date", "owner", "topic", "closes", "id", "outcome", "settled", "citation", "option",
)  # fmt: skip
ALSO = {
    "question": ("title", "text", "question text"),
    "probability": ("forecast", "prediction", "p", "price", "community prediction"),
    "date": ("made", "made at", "timestamp", "time", "forecast date"),
    "owner": ("forecaster", "user", "author"),
    "topic": ("category", "tag"),
    "closes": ("close date", "closing date", "close time", "resolve by", "scheduled close time"),
    "id": ("question id", "slug"),
    "outcome": ("resolution", "resolved as", "answer"),
    "settled": ("resolved", "resolution date", "resolved at", "resolve time"),
    "citation": ("source", "url", "link"),
    "option": ("choice",),
}
"""Names that forecasting sites give the same columns."""

ANSWERS = {"yes": "yes", "no": "no", "1": "yes", "0": "no", "true": "yes", "false": "no", "annulled": "annulled"}
ANSWER = {1.0: "yes", 0.0: "no"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of JSON Lines: an entry, and where it stood in the ledger that it comes from, if in any."""

    where: str
    content: str
    entry: Entry
    number: int | None
    hash: bytes | None


def export_lines(path: Path | str) -> Iterator[str]:
    """A ledger as JSON Lines, whole and in order. Raises `LedgerError`."""
    with reading(path) as connection:
        for number, content, hash in contents(connection):
            yield f'{{"number":{number},"hash":"{hash.hex()}","entry":{content}}}'


def import_lines(path: Path | str, lines: Iterable[str], *, now: datetime.datetime | None = None) -> list[Kept]:
    """Add the entries of JSON Lines, all or none; those of a ledger that are there already are left out.

    A line written by hand has no number to know it by, and is added again. Raises `LedgerError`.

    A whole ledger, imported into a new one, is taken as it stands, times and hashes too. Anything else is recorded
    now, and says in its source which entry of which ledger it is a copy of.
    """
    read = [_line(number, text) for number, text in enumerate(lines, 1) if text.strip()]
    if not read:
        return []
    whole = all(line.number == place and line.hash is not None for place, line in enumerate(read, 1))
    if whole:
        previous = BEGINNING
        for line in read:
            previous = chain(previous, line.content)
            if previous != line.hash:
                raise LedgerError(f"{line.where}does not follow the line before: the export was altered here")
        counts = _take_over(path, read)
        if counts is not None:
            return counts
    return _copy(path, read, now)


def _line(number: int, text: str) -> Line:
    where = f"line {number}: "
    if len(text) > LONGEST_LINE:
        raise LedgerError(f"{where}{len(text):,} characters are too long for an entry")
    try:
        plain = parse(text)
    except ValueError as error:
        raise LedgerError(f"{where}is no JSON: {error}") from None
    if not isinstance(plain, dict):
        raise LedgerError(f"{where}is no entry; write an object with kind, owner and question")
    if "entry" not in plain:
        new = entry(plain, where)
        return Line(where, canonical(new), new, None, None)
    number_, hash_, inner = plain.get("number"), plain.get("hash"), plain["entry"]
    if not isinstance(inner, dict) or not isinstance(number_, int) or not isinstance(hash_, str | None):
        raise LedgerError(f"{where}needs a number, a hash and an entry")
    try:
        hash = bytes.fromhex(hash_) if hash_ else None
    except ValueError:
        raise LedgerError(f"{where}hash is not hexadecimal") from None
    return Line(where, canonical(inner), entry(inner, where), number_, hash)


def _take_over(path: Path | str, lines: list[Line]) -> list[Kept] | None:
    """Take a whole ledger over as it stands; None where there are entries already, whose times are our own clock's."""
    with writing(path) as connection:
        head = head_of(connection)
        if head.entries:
            return None
        added = []
        for line in lines:
            head = insert(connection, head, line.content)
            added.append(Kept(head.entries, head.hash, line.entry))
        return added


def _copy(path: Path | str, lines: list[Line], now: datetime.datetime | None) -> list[Kept]:
    """Add copies of lines of another ledger, or of lines written by hand."""
    new_numbers: dict[str, int] = {}
    own: set[tuple[int, bytes]] = set()
    numbers: dict[int, int] = {}
    added = []
    with writing(path) as connection:
        for number, content, hash in contents(connection):
            own.add((number, hash))
            if '"imported":' in content and (mark := parsed(number, content).source.imported):
                new_numbers[mark] = number
        add = adder(connection, now)
        for line in lines:
            draft = line.entry.model_copy(update={"recorded": ""})
            if line.number is not None and (line.number, line.hash) in own:
                numbers[line.number] = line.number
                continue
            if line.number is not None:
                mark = f"{line.number} {(line.hash or b'').hex()[:16]}, recorded {line.entry.recorded or 'never'}"
                source = line.entry.source.model_copy(update={"imported": mark})
                draft = draft.model_copy(update={"source": source})
                if mark in new_numbers:
                    numbers[line.number] = new_numbers[mark]
                    continue
                if draft.of is not None:
                    if draft.of not in numbers:
                        raise LedgerError(f"{line.where}is about entry {draft.of}, which does not come before it")
                    draft = draft.model_copy(update={"of": numbers[draft.of]})
            try:
                added_entry = add(draft)
            except LedgerError as error:
                raise LedgerError(f"{line.where}{error}") from None
            added.append(added_entry)
            if line.number is not None:
                numbers[line.number] = added_entry.number
    return added


def export_csv(path: Path | str) -> str:
    """Forecasts and revisions as CSV, with how they resolved. Raises `LedgerError`."""
    from polemos.ledger.columns import gather

    with reading(path) as connection:
        rows = [(number, content) for number, content, _ in contents(connection)]
    entries = gather(rows)
    index = {which: row for row, which in enumerate(entries.keys)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, content in rows:
        one = parsed(number, content)
        if one.probability is None and not one.choices:
            continue
        resolution = entries.resolutions.get(index[key(one.question)])
        answer = (
            ""
            if resolution is None
            else resolution.choice or ANSWER.get(resolution.outcome, "annulled" if resolution.annulled else "")
        )
        question = one.question
        for option, p in zip(question.options or ("",), one.choices or (one.probability,), strict=True):
            cells = (question.text, repr(p), one.made, one.owner, question.topic, question.closes, question.id)
            writer.writerow(
                (*cells, answer, resolution.settled if resolution and answer else "", one.source.citation, option)
            )
    return out.getvalue()


def import_csv(
    path: Path | str,
    text: str,
    *,
    owner: str = "",
    topic: str = "",
    closes: str = "",
    now: datetime.datetime | None = None,
) -> list[Kept]:
    """Add the forecasts of a CSV, each made on its date; an outcome in it resolves its question once.

    A question that the ledger has, by its text or its id, is that question. The rows of a question with options that
    follow one another, of one owner and date, are one forecast. `owner`, `topic` and `closes` stand in for columns that
    lack. All or none. Raises `LedgerError`.
    """
    drafts: list[Entry] = []
    settled: set[str] = set()
    earlier = _asked_before(path)
    rows = list(_rows(text))
    options = _options_of(rows)
    for same in _forecasts(rows):
        number, row = same[0]
        where = f"line {number}: "
        if not row.get("question") or not row.get("date"):
            raise LedgerError(f"{where}needs a question and a date")
        question_row: Asked | dict[str, object] | None = earlier.get(row["question"]) or earlier.get(row.get("id", ""))
        names = question_row.options if isinstance(question_row, Asked) else options.get(row["question"], ())
        chances = _chances(same, names)
        day = row.get("closes") or closes
        if question_row is None:
            if not day:
                raise LedgerError(f"{where}closes: when does the question close? add a column, or give --closes")
            question_row = {
                "id": row.get("id") or slug(row["question"]),
                "text": row["question"],
                "closes": day[:10],
                "topic": row.get("topic") or topic,
                "options": options.get(row["question"], ()),
            }
        source = {"citation": row.get("citation", "")}
        values = {
            "kind": "forecast",
            "owner": row.get("owner") or owner,
            "question": question_row,
            "made": row["date"],
            "origin": row["date"][:10],
            "source": source,
        }
        drafts.append(entry(values | chances, where))
        question = drafts[-1].question
        answer = row.get("outcome", "")
        at = key(question)
        if answer and at not in settled:
            if answer not in question.options and answer.lower() not in ANSWERS:
                raise LedgerError(f"{where}outcome: {answer[:40]!r} is neither yes, no nor annulled")
            settled.add(at)
            answer_fields = {"choice": answer} if answer in question.options else {"outcome": ANSWERS[answer.lower()]}
            answer_fields["settled"] = (row.get("settled") or day or str(question.closes))[:10]
            cited = source["citation"] or "as exported with the forecast"
            resolution = {"kind": "resolution", "owner": values["owner"], "question": question}
            drafts.append(entry(resolution | answer_fields | {"source": {"citation": cited}}, where))
    # What resolves comes last, so that no forecast of the file is recorded after it.
    return register(path, sorted(drafts, key=lambda draft: draft.kind == "resolution"), now=now)


Row = tuple[int, dict[str, str]]
"""A row of a CSV with its line."""


def _asked_before(path: Path | str) -> dict[str, Asked]:
    """The questions of a ledger by text and by id, as far as these are of one question only."""
    from polemos.ledger.columns import table

    if not Path(path).exists():
        return {}
    questions = [Asked.model_validate(plain) for plain in table(path).asked]
    names = Counter(name for one in questions for name in {one.text, one.id})
    return {name: one for one in questions for name in (one.text, one.id) if names[name] == 1}


def _options_of(rows: list[Row]) -> dict[str, tuple[str, ...]]:
    """The options that a CSV names, by question, in the order in which they come."""
    options_by_question: dict[str, dict[str, None]] = {}
    for _, row in rows:
        if row.get("option"):
            options_by_question.setdefault(row.get("question", ""), {})[row["option"]] = None
    return {question: tuple(options) for question, options in options_by_question.items()}


def _forecasts(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows that make one forecast: one, or one an option."""
    for _, group in groupby(
        rows, lambda one: tuple(one[1].get(name, "") for name in ("question", "id", "owner", "date"))
    ):
        same: list[Row] = []
        for number, row in group:
            if same and (not row.get("option") or row["option"] in {one["option"] for _, one in same}):
                yield same
                same = []
            same.append((number, row))
        yield same


def _chances(rows: list[Row], options: Sequence[str]) -> dict[str, object]:
    """What rows of a CSV say: a probability, or one an option. Raises `LedgerError`."""
    chances = {row.get("option", ""): probability(row.get("probability", ""), f"line {line}: ") for line, row in rows}
    where = f"line {rows[0][0]}: "
    if not options:
        return {"probability": chances[""]}
    for name in chances:
        if name not in options:
            raise LedgerError(f"{where}option: the question has none called {name[:40]!r}; it has {', '.join(options)}")
    absent = [name for name in options if name not in chances]
    if absent:
        raise LedgerError(f"{where}option: no row for {', '.join(absent)}; give a row for every option")
    return {"choices": [chances[name] for name in options]}


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV by the names of our columns, with their line."""
    names = {other: name for name, others in ALSO.items() for other in (name, *others)}
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        heads = [re.sub(r"[\s_-]+", " ", head.strip().lower()) for head in next(reader, [])]
        columns = [names.get(head, "") for head in heads]
        if "question" not in columns or "probability" not in columns or "date" not in columns:
            raise LedgerError(f"the CSV needs the columns question, probability and date, not {', '.join(heads)[:200]}")
        for row in reader:
            if any(row):
                texts: dict[str, str] = {}
                for name, cell in zip(columns, row, strict=False):
                    texts.setdefault(name, cell.strip())
                yield reader.line_num, texts
    except csv.Error as error:
        raise LedgerError(f"line {reader.line_num}: {error}") from None


def probability(text: str, where: str = "") -> float:
    """A probability written `0.3` or `30 %`. Raises `LedgerError`."""
    bare = text.strip()
    try:
        value = float(bare.removesuffix("%")) / (100 if bare.endswith("%") else 1)
    except ValueError:
        raise LedgerError(f"{where}{text[:40]!r} is no probability; write 0.3 or 30%") from None
    if not 0 <= value <= 1:
        raise LedgerError(f"{where}probability {text[:40]} does not lie between 0 and 1; write 0.3 or 30%")
    return value


def slug(text: str) -> str:
    """An id made of the words of a question."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    short = "-".join(words)[:60].strip("-")
    return short or "question-" + key(text)[:8]
