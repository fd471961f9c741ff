"""How long a ledger of many entries takes: python benchmarks/ledger.py [entries] [folder]

Batches of 5,000 entries: forecasts of 40 owners on questions of 20 topics, then resolutions. Prints entries a second
of `append`, and seconds of `score` and `verify`, each in a process of its own.
"""

from __future__ import annotations

import datetime
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from polemos.ledger.chain import append
from polemos.ledger.entries import Asked, Entry, Source

BATCH = 5_000
OWNERS, TOPICS = 40, 20
START = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


def entries(count: int) -> Iterator[Entry]:
    """Forecasts, two of each owner on each question, then the answers."""
    random = np.random.default_rng(1)
    answers: list[Entry] = []
    questions = max(count // (2 * OWNERS + 1), 1)
    for number in range(questions):
        closes = (START + datetime.timedelta(days=30 + number % 1500)).date()
        asked = Asked(
            id=f"question-{number}",
            text=f"Is the bridge of the {number}th district open to traffic on the evening of {closes}?",
            closes=closes,
            topic=f"topic {number % TOPICS}",
        )
        truth = random.random()
        told = np.clip(truth + 0.2 * random.standard_normal(2 * OWNERS), 0, 1).round(3)
        for place, p in enumerate(told.tolist()):
            yield Entry(
                kind="forecast",
                owner="model" if place % OWNERS == 0 else f"owner {place % OWNERS}",
                question=asked,
                origin=START.date(),
                probability=p,
                source=Source(citation="The Gazette of the district, page 3"),
            )
        answers.append(
            Entry(
                kind="resolution",
                owner="the office of works",
                question=asked,
                outcome="yes" if random.random() < truth else "no",
                settled=closes,
                source=Source(citation="Register of bridges"),
            )
        )
    yield from answers


def batches(count: int) -> Iterator[list[Entry]]:
    """Entries by batch."""
    batch: list[Entry] = []
    for one in entries(count):
        if len(batch) == BATCH or (batch and batch[-1].kind != one.kind):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def timed(*words: str) -> tuple[str, str]:
    """Seconds that a command takes, those of the processor too, and what it prints."""
    began, busy = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([sys.executable, "-m", "polemos", *words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr or done.stdout)
    busy = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - busy
    return f"{time.perf_counter() - began:.1f} s ({busy:.1f} s of processor)", done.stdout


def main(count: int, folder: Path) -> None:
    """Fill, score, verify."""
    path = folder / "bench.sqlite"
    made = spent = added = 0.0
    began = time.perf_counter()
    for place, batch in enumerate(batches(count)):
        made += time.perf_counter() - began
        began = time.perf_counter()
        # The clock of the ledger is set back for forecasts, so that they come before the answers.
        now = START + datetime.timedelta(minutes=place) if batch[0].kind == "forecast" else None
        added += len(append(path, batch, now=now))
        spent += time.perf_counter() - began
        began = time.perf_counter()
    size = path.stat().st_size
    print(f"append: {added:,.0f} entries in batches of {BATCH:,}, {added / spent:,.0f} a second ({spent:.1f} s)")
    print(f"        {size / 1e6:,.0f} MB, {size / added:.0f} bytes an entry; making the entries took {made:.1f} s")
    seconds, text = timed("ledger", "score", "--ledger", str(path), "--json")
    rows = json.loads(text)["scores"]
    print(f"score:  {seconds}, {len(rows)} rows over {sum(row['questions'] for row in rows):,} forecasts that count")
    seconds, text = timed("ledger", "verify", "--ledger", str(path))
    print(f"verify: {seconds}: {text.splitlines()[0]}")


if __name__ == "__main__":
    entries_asked = int(sys.argv[1].replace("_", "").replace(",", "")) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        main(entries_asked, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(entries_asked, Path(temporary))
