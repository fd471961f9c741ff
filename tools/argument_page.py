"""The page of an argument answered: python tools/argument_page.py ANSWERS.json [EFFECTS.json] > PAGE.md.

The two files are what `polemos argument NAME --answers --json` and `polemos argument NAME --counterfactuals --json`
print; without the second the page has no counterfactuals.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

FORECASTERS = ("forecast", "model", "persistence")
OUTCOMES = {1: "yes", 0: "no", None: "open"}
VERDICTS = {
    "named": "An effect to be named",
    "too small": "Less than the smallest effect worth naming",
    "cannot say": "These runs cannot say",
    "not in the runs": "Nothing of it in these runs, which cannot carry the claim",
}


def percent(value: float | None) -> str:
    """A probability in percent, nothing where there is none."""
    if value is None:
        return ""
    shown = 100 * value
    return f"{shown:.0f}" if 1 <= shown <= 99 or shown in (0, 100) else f"{shown:.1f}"


def score(value: float | None) -> str:
    """A Brier score with two digits."""
    return "" if value is None else f"{value:.2f}"


def table(heads: tuple[str, ...], numbers: int, lines: list[tuple[str, ...]]) -> str:
    """A table in Markdown whose last `numbers` columns are set to the right."""
    rule = ["---"] * (len(heads) - numbers) + ["---:"] * numbers
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, tuple(rule), *lines))


def statements(answers: dict[str, Any]) -> str:
    """What everybody says to each statement."""
    lines = []
    for row in answers["statements"]:
        said = [percent(row["answers"].get(name)) for name in FORECASTERS]
        if row["silent"]:
            said[0] = "silent"
        words = percent(row["coding"]["mid"]) if row["coding"] else ""
        lines.append(
            (
                *(row["claim"], row["voice"], row["title"], row["asked_on"] or "", OUTCOMES[row["outcome"]]),
                *(words, *said),
            )
        )
    heads = ("", "whose", "statement", "asked on", "happened", "words %", "*forecast* %", "model %", "no change %")
    return table(heads, 4, lines)


def scores(answers: dict[str, Any]) -> str:
    """Brier scores by topic and side."""
    lines = [
        (
            *(one["topic"], one["voice"], f"{one['claims']} ({one['effective']:.1f})", f"{one['answered']}"),
            *(score(one[name]) for name in ("beside", "forecast", "model")),
            "" if one["best"] is None else f"{one['best']:.2f} {one['rule']}",
        )
        for one in answers["scores"]
    ]
    heads = ("topic", "whose", "claims (effective)", "answered", "words", "*forecast*", "model", "best simple rule")
    return table(heads, 6, lines)


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, help="ANSWERS.json, and EFFECTS.json where there is one")
    answers, *more = (json.loads(path.read_text(encoding="utf-8")) for path in parser.parse_args().files[:2])
    silent = [row for row in answers["statements"] if row["silent"]]
    pairs = f" --members {more[0]['members']}" if more else ""
    print(f"""# The flagship's argument, answered

Every statement of either side that has a reading as a probability, asked on its own day and to its own last day, beside
what everybody says to it; and every counterfactual claim in a sentence. Made with 200 simulated wars a run by

```text
polemos argument caliphate --answers --json > answers.json
polemos argument caliphate --counterfactuals{pairs} --json > effects.json
python tools/argument_page.py answers.json effects.json > docs/argument-answered.md
```

## Statements

The list has {answers["rule"]}.
*Forecast* is the mixture: on a statement's own day it pools the model's wars with the
front hazard's, and is the model's own where men, battles or other countries are asked about. Of land the two columns
are nearly the same by construction: the model's land moves at the front hazard's rate and with its draws
([mechanisms on the map](mechanisms-on-the-map.md)), so that pooling the two adds nothing there. *No change* says that
everything stays as it is, off the map that the last year repeats itself.

Supports, relations and leaders stay as they were on the day of the statement (`inputs: known`). What it changes to draw
them forward (`inputs: drawn`), and why that is an option and not the default, stands with its table in
[inputs that surprise](elsewhere.md#inputs-that-surprise).

{statements(answers)}

Silent are {len(silent)} of {len(answers["statements"])}:

{chr(10).join(f"* {row['claim']}, {row['title']}: {row['silent']}." for row in silent)}

## Scores

Brier scores on the statements that the model answers (0 is perfect, always one half 0.25). In brackets stands the
number of effective cases: statements that rest on one mechanism are not cases of their own. The rule is the best with
hindsight on these very statements.

{scores(answers)}""")
    for effects in more:
        print(f"""
## Counterfactuals

{effects["about"]} {effects["members"]} pairs of simulated wars each.

{chr(10).join(f"* {one['sentence']}" for one in effects["claims"])}
""")
        for verdict, words in VERDICTS.items():
            names = [one["claim"] for one in effects["claims"] if one["verdict"] == verdict]
            print(f"* {words}: {', '.join(names) or 'none'}.")


if __name__ == "__main__":
    main()
