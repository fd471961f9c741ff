"""`polemos list`: the scenarios that ship."""

from __future__ import annotations

from typing import TYPE_CHECKING

from polemos.cli.failures import reporting_mistakes
from polemos.cli.options import (
    Json,
    Wide,
)

if TYPE_CHECKING:
    from polemos.record.world import World


def list_scenarios(wide: Wide = False, json: Json = False) -> None:
    """List the scenarios that come with polemos."""
    from polemos.cli import printing
    from polemos.scenario.load import library
    from polemos.war.war import load

    with reporting_mistakes():
        wars = [load(name) for name in library()]
    rows = [
        {
            "scenario": war.name,
            "title": war.world.title,
            "from": str(war.world.start),
            "to": str(war.world.until),
            "places": len(war.world.places.id),
            "changes": grade.changes,
            "record": grade.grade,
            "organisations": len(war.world.organisations.id),
            "questions": len(war.questions),
            "tests": war.settings.tests,
        }
        for war, grade in ((war, war.grade()) for war in wars)
    ]
    if json:
        printing.as_json(rows)
        return
    right = ("places", "changes")
    columns = ("scenario", "years", *right, "record", "what it tests")
    cells = [
        (row["scenario"], years(war.world), *(row[name] for name in (*right, "record", "tests")))
        for war, row in zip(wars, rows, strict=True)
    ]
    printing.console().print(
        printing.table(
            "", columns, cells, right=right, spare=("changes", "places"), least={"what it tests": 20}, whole=wide
        )
    )
    printing.say("\nThe record is documented, usable or a draft: polemos check NAME --second-look says why.")


def years(world: World) -> str:
    """First and last year of a record: 2011, 2012-13, 1936-39."""
    first, last = str(world.start)[:4], str(world.until)[:4]
    return first if first == last else f"{first}-{last[2:] if first[:2] == last[:2] else last}"
