"""Fill the tables of README.md from hindcasts: python tools/readme_tables.py (hindcasts that are kept are reopened)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
COMMANDS = (
    "hindcast caliphate --every 1mo --from 2014-07-01 --to 2019-03-01 --leads 1,3,6,12",
    "hindcast sri_lanka --every 1mo --from 2006-10-01 --leads 1,3,6",
    "hindcast mali --every 1mo --from 2012-02-01 --leads 1,3",
)


def table(command: str) -> str:
    """What a command prints as Markdown, under the command itself."""
    run = [sys.executable, "-m", "polemos", *command.split(), "--markdown"]
    printed = subprocess.run(run, check=True, text=True, stdout=subprocess.PIPE).stdout
    return f"`polemos {command}`\n\n{printed.strip()}\n"


def filled(text: str, tables: str) -> str:
    """The text with the tables between its markers. Raises `ValueError` where there are none."""
    found, count = re.subn(
        r"(?s)(<!-- hindcast -->\n).*?(<!-- /hindcast -->)", lambda m: f"{m[1]}{tables}\n{m[2]}", text
    )
    if count != 1:
        raise ValueError("README.md has not one pair of markers <!-- hindcast --> and <!-- /hindcast -->")
    return found


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8"), "\n".join(map(table, COMMANDS))), encoding="utf-8")
