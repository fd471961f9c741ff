"""A claim in full, and the scores of the words, in the terminal."""

from __future__ import annotations

from typing import Any

from polemos.cli import printing

NAMES = {"vintage": "written on", "coding": "our reading", "words": "words used", "group": "topic"}
"""What fields of a claim are called for a reader."""


def show_claim(details: dict[str, Any]) -> None:
    """One claim in full."""
    answers = {1: "yes", 0: "no", None: "open"}
    facts = [
        (NAMES.get(name, name.replace("_", " ")), reading(details[name]) if name == "coding" else plain(details[name]))
        for name in details
        if name not in ("id", "questions", "outcome", "carrier", "experiment", "answerable")
    ]
    carrier = details["carrier"]
    facts.append(("modelled by", ", ".join([carrier["by"], *carrier["processes"], carrier["reason"]]).rstrip(", ")))
    if "outcome" in details:
        outcome = details["outcome"]
        parts = [answers[outcome.get("value")], outcome.get("date", ""), outcome["source"], f"grade {outcome['grade']}"]
        facts.append(("outcome", ", ".join(part for part in parts if part)))
        if outcome.get("note"):
            facts.append(("what happened", outcome["note"]))
    for question in details["questions"]:
        model = question["model"]
        facts.append(("question", f"{question['question']}: {question['asked']}"))
        if model is None:
            facts.append(("model", "no run of its origin is kept; polemos run makes one"))
        elif model["probability"] is None:
            facts.append(("model", model["status"]))
        else:
            shown = printing.percent(model["probability"], model["error"])
            facts.append(("model", f"{shown} ({model['members']} simulated wars, {model['folder']})"))
        parts = [answers[question["outcome"]], question["date"] or "", question["source"]]
        facts.append(("the record", ", ".join(part for part in parts if part)))
    if "experiment" in details:
        experiment = details["experiment"]
        changes = experiment["changes"] or [change for one in experiment["players"].values() for change in one]
        facts.append(("experiment", f"{experiment['text']} ({', '.join(changes)})"))
        facts.append(("run it", f"polemos what-if SCENARIO --claim {details['id']}"))
    out = printing.console()
    out.print(printing.table(details["id"], ("", ""), facts))


def reading(coding: dict[str, float]) -> str:
    """How the words of a claim are read as a probability."""
    low, middle, high = (100 * coding[name] for name in ("low", "mid", "high"))
    return f"{low:g} to {high:g} %, middle {middle:g} %"


def plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return str(value)


def show_scores(table: dict[str, Any]) -> None:
    """The scores in the terminal."""
    out = printing.console()
    rows = {(row["who"], row["by"], row["name"], row["outcomes"]): row for row in table["scores"]}
    cells = []
    for (who, by, name, outcomes), row in rows.items():
        if outcomes != "stated":
            continue
        other = rows.get((who, by, name, "record"))
        span = row["interval"]
        cells.append(
            (
                who,
                name if by != "all" else "all",
                f"{row['claims']} ({row['yes']} yes)",
                f"{row['brier']:.2f} [{row['alike_low']:.2f}-{row['alike_high']:.2f}]",
                f"{row['own_low']:.2f}-{row['own_high']:.2f}",
                "" if span["low"] is None else f"{span['low']:.2f}-{span['high']:.2f} of {row['mechanisms']}",
                f"{row['log2']:.2f}",
                "" if other is None else f"{other['brier']:.2f}",
                "" if row["base"] is None else f"{row['base']:.2f} ({row['on_base']:.2f}, {row['based']})",
            )
        )
    heads = (
        "who",
        "claims about",
        "resolved",
        "Brier, coding",
        "each at its best, worst",
        "90 % over mechanisms",
        "log2",
        "on the record",
        "base rate",
    )
    title = "Scores of the words (0 is perfect; always one half: Brier 0.25, log2 1)"
    spare = ("on the record", "log2", "90 % over mechanisms", "each at its best, worst", "base rate")
    out.print(printing.table(title, heads, cells, spare=spare, least={"claims about": 18}))
    printing.say("\nBase rate: Brier of the reference class (of the words on the same claims, how many).")
    differ = ", ".join(table["differ"]) or "none"
    left_open = ", ".join(table["open"]) or "none"
    printing.say(f"The record answers otherwise than the file: {differ}. Open on purpose: {left_open}.")
    for row in table["contrasts"]:
        base = "" if row["base_rate"] is None else f", reference class {row['base_rate']:.2f}"
        outcome = {True: "it happened", False: "it did not happen", None: "open"}[row["happened"]]
        printing.say(
            f"{row['first']} against {row['second']}, the same event: {row['first_probability']:.2f} against "
            f"{row['second_probability']:.2f}{base}; {outcome}."
        )
        if row["difference"] is not None:
            base = "" if row["base_brier"] is None else f", reference class {row['base_brier']:.2f}"
            printing.say(
                f"  Brier {row['first_brier']:.2f} against {row['second_brier']:.2f}{base}; difference "
                f"{row['difference']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}] over both codings."
            )
    printing.say("The strict questions were written with the outcomes known: a check and a pattern, no verdict.")
