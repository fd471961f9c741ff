"""Writes what the page of a war of the library says of earlier forecasts, from the tables of docs/board/board.md.

    python tools/board_skill.py

To be run after each new board; the page shows a war's rows while its record is the one that the board was made on.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOARD = ROOT / "docs" / "board" / "board.md"
OUT = ROOT / "src" / "polemos" / "report" / "page" / "library_board.json"
LEADS = {"week": "w", "weeks": "w", "month": "mo", "months": "mo"}
SKILL = re.compile(r"([+-]\d+) % \((-?\d+) to (-?\d+)\)")


def rows_of(text: str) -> dict[str, dict[str, object]]:
    """By war: the record, the number of origins, and a row a forecaster and lead."""
    wars: dict[str, dict[str, object]] = {}
    for part in text.split("**Skill, ")[1:]:
        war, rest = part.split("**", 1)
        lines = [line for line in rest.strip().split("\n\n")[0].splitlines() if line.startswith("|")]
        heads = [cell.strip() for cell in lines[0].strip("|").split("|")][1:]
        leads = [head.split()[0] + LEADS[head.split()[1]] for head in heads]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
        best = {lead: row[0] for row in cells for lead, cell in zip(leads, row[1:], strict=True) if cell == "best rule"}
        made = []
        for row in cells:
            for lead, cell in zip(leads, row[1:], strict=True):
                found = SKILL.match(cell)
                if found:
                    mean, low, high = (int(value) / 100 for value in found.groups())
                    skill = {"mean": mean, "low": low, "high": high}
                    made.append(
                        {"war": war, "lead": lead, "forecaster": row[0], "best_rule": best[lead], "skill": skill}
                    )
        about = re.search(r"(\d+) origins?, .*record (\w+)", rest)
        assert about is not None, f"{war}: no line of origins and record"
        wars[war] = {"origins": int(about[1]), "record": about[2], "rows": made}
    return wars


if __name__ == "__main__":
    OUT.write_text(json.dumps(rows_of(BOARD.read_text(encoding="utf-8")), indent=1) + "\n", encoding="utf-8")
