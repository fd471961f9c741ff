"""Changes of hands that events report, merged into the spells of control of a scenario.

A spell is cut on the day on which another takes the place, who then holds it until the next change that the record or
the events have. What the record says of other days stays.
"""

from __future__ import annotations

import csv
import io

from polemos.importers.snapshots import FILE
from polemos.readers.import_log import Account
from polemos.record.transfers import Transfer, transfers
from polemos.record.world import World
from polemos.scenario.load import Scenario
from polemos.scenario.scaffold import csv_text
from polemos.scenario.tables import content


def with_transfers(scenario: Scenario, world: World, account: Account) -> str:
    """Text of control.csv with the changes of hands that the events of a world tell of; the account says how many."""
    text, _, _ = content(scenario.path / FILE)
    rows = [{name: cell for name, cell in row.items() if name} for row in csv.DictReader(io.StringIO(text))]
    changes, _ = transfers(world)
    added = sum(_put(rows, change, world) for change in changes)
    places = len({change.place for change in changes})
    account.notes.append(
        f"{added:,} changes of hands put into {FILE}, of {len(changes):,} that events tell of at {places:,} places; "
        "the others are there already"
    )
    return csv_text(FILE, rows)


def _put(rows: list[dict[str, str]], change: Transfer, world: World) -> bool:
    """Put one change into the spells; whether it was news to them."""
    place, holder, day = world.places.id[change.place], world.organisations.id[change.holder], str(change.day)
    new = {
        "place": place,
        "holder": holder,
        "start": day,
        "end": "",
        "contested": "0",
        "precision": str(change.precision),
        "source": f"event {change.event}",
    }
    here = [row for row in rows if row["place"] == place]
    row = next((row for row in here if row["start"] <= day and (not row["end"] or day < row["end"])), None)
    if row is None:
        later = min((other["start"] for other in here if other["start"] > day), default="")
        rows.append(new | {"end": later})
        return True
    if row["holder"] == holder:
        return False
    if row["start"] == day:
        row.update({name: new[name] for name in ("holder", "contested", "precision", "source")})
        return True
    rows.insert(rows.index(row) + 1, new | {"end": row["end"]})
    row["end"] = day
    return True
