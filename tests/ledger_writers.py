"""Writers to one ledger that are killed at random instants.

    python ledger_writers.py LEDGER ACKNOWLEDGED KILLS WRITERS SEED

Each writer appends entries and, once `append` has returned, notes their numbers and hashes in ACKNOWLEDGED.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time

from polemos.ledger import chain
from polemos.ledger.entries import entry


def draft(writer: str, count: int):
    """A forecast that no other is like."""
    question = {"id": f"q-{count % 7}", "text": "Does it rain?", "closes": "2100-01-01"}
    return entry(
        {
            "kind": "forecast",
            "owner": writer,
            "question": question,
            "origin": "2020-01-01",
            "probability": 1 / (count + 1),
        }
    )


def write(path: str, acknowledged: str, seed: int) -> None:
    """Append until killed."""
    chance = random.Random(seed)
    out = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    count = 0
    while True:
        batch = [draft(f"writer {seed}", count + i) for i in range(chance.randint(1, 20))]
        kept = chain.append(path, batch)
        count += len(batch)
        os.write(out, "".join(f"{one.number} {one.hash.hex()}\n" for one in kept).encode())


def start(path: str, acknowledged: str, seed: int) -> int:
    """Id of a new writer."""
    child = os.fork()
    if child == 0:
        try:
            write(path, acknowledged, seed)
        finally:
            os._exit(1)
    return child


def main(path: str, acknowledged: str, kills: int, writers: int, seed: int) -> None:
    """Kill one writer after another, each replaced at once; at the end all."""
    chance = random.Random(seed)
    alive = [start(path, acknowledged, seed + i) for i in range(writers)]
    time.sleep(0.3)
    died = 0
    for kill in range(kills):
        time.sleep(chance.random() * 0.05)
        place = chance.randrange(writers)
        os.kill(alive[place], signal.SIGKILL)
        _, status = os.waitpid(alive[place], 0)
        died += os.WIFSIGNALED(status)
        alive[place] = start(path, acknowledged, seed + writers + kill)
    for child in alive:
        os.kill(child, signal.SIGKILL)
    for child in alive:
        _, status = os.waitpid(child, 0)
        died += os.WIFSIGNALED(status)
    print(died, int(os.path.exists(path + "-journal")))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *(int(word) for word in sys.argv[3:]))
