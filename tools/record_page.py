"""Write docs/what-the-record-says.md from results: python tools/record_page.py [--run [NAME...] [--threads N]]

Results are kept in docs/results/, a file a command, as the command prints them with --json (or --markdown), and in
made.json the source and the words of each command. `--run` runs the commands of these names, or all, and keeps what
they print; without it, the page is written from what is kept. `--threads N` is given to each command, and not written
down: it changes no number.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS, PAGE = ROOT / "docs" / "results", ROOT / "docs" / "what-the-record-says.md"
MADE = "made.json"
"""By result, the `commit` whose source made it and the `command` with its options, of results that are not kept too."""
HINDCAST = "hindcast caliphate --every 1mo --from 2014-07-01 --to 2019-03-01 --leads 1,3,6,12"
LATER = " ".join(
    f"--posterior later/caliphate-at-{day}.parquet"
    for day in ["2013-10-13", "2014-10-12", "2015-10-11", "2016-10-09", "2017-10-08", "2018-10-07", "2019-10-06"]
)
COMMANDS = {
    "calibrate.json": "calibrate caliphate sri_lanka mali --until 2017-10-27 --json",
    "calibrate-all.json": "calibrate caliphate sri_lanka mali --until 2019-12-31 --through-time "
    "--out later/caliphate.parquet --json",
    "compare-2017.json": "compare caliphate --theories author,rival,neutral --origins 2017-10-27 --json",
    "compare-early.json": "compare caliphate --theories author,rival,neutral --origins 2015-01-01,2016-01-01 "
    "--no-rows --json",
    "calibrate-without-battles.json": "calibrate caliphate sri_lanka mali --until 2017-10-27 --without fought "
    "--without length --without battles --out other.parquet --json",
    "calibrate-generations.json": "calibrate caliphate sri_lanka mali --until 2017-10-27 --sets 0 --generations 3 "
    "--out other.parquet --json",
    "compare-posterior.json": "compare caliphate --theories neutral,author --origins 2017-10-27 --no-rows "
    "--posterior later/caliphate-at-2017-10-08.parquet --json",
    "facts-prior.json": "facts caliphate --json",
    "facts.json": f"facts caliphate {LATER} --json",
    "hindcast.md": f"{HINDCAST} --forecasters contiguity,front,model --posterior later --markdown",
    "calibrate-others.json": "calibrate sri_lanka mali --for caliphate --until 2013-12-31 "
    "--out others/caliphate.parquet --json",
    "transfer-caliphate.md": f"{HINDCAST} --forecasters contiguity,model --posterior others/caliphate.parquet "
    "--markdown",
    "transfer-to-sri_lanka.json": "calibrate caliphate --for sri_lanka --until 2019-12-31 --transfer "
    "--out others/sri_lanka.parquet --json",
    "transfer-sri_lanka.md": "hindcast sri_lanka --every 1mo --from 2006-10-01 --leads 1,3,6 "
    "--forecasters contiguity,model --posterior others/sri_lanka.parquet --markdown",
    "transfer-to-mali.json": "calibrate caliphate --for mali --until 2019-12-31 --transfer "
    "--out others/mali.parquet --json",
    "transfer-mali.md": "hindcast mali --every 1mo --from 2012-02-01 --leads 1,3 "
    "--forecasters contiguity,model --posterior others/mali.parquet --markdown",
}


SCORES = (
    "Log predictive scores of what happened after each origin, a figure, with priors as written and at half their "
    "widths and equal means. Higher is better; odds of three to one are 1.1. Land and events are of the record, "
    "fighters and members two series of estimates that are never joined, attacks those counted in one country in 2018 "
    "and 2019. "
    "Deaths are not scored: the usual processes give none that compare with the count. These tables average the "
    "figures of an observable, as `polemos compare` did at that commit; today it counts them together, and its "
    "evidence adds up.\n"
)
BARS = """\
By the commands below:

- 100,000 member-years in under 12 minutes: {speed}.
- Intervals that hold what they say: {honest}.
- Five parameters narrower by 30 %: {shrunk}.
- Bands of 80 % that hold the people held in 70 to 90 % of cases, by lead: {bands}.
- The calibrated model better than the learnt one on people held: {people}. No worse on land: {land}.
- Transfer between wars, points of skill that a calibration on the others adds, by lead: {transfer}.

`--generations N` gives a second posterior by population Monte Carlo. The bank's is the one that is used, since a \
thousand sets, each taken for the record, can only be asked of a bank.
"""
LEARNT, CALIBRATED = "model", "model, calibrated"
SKILL = {
    "Does the posterior forecast better?": ("hindcast.md",),
    "Does one war tell of another?": ("transfer-caliphate.md", "transfer-sri_lanka.md", "transfer-mali.md"),
}


def cells(name: str, row: str) -> list[str]:
    """Cells by lead of the first row of a table of a hindcast that begins so; none where it is not there."""
    lines = (kept(name) or "").splitlines()
    return next((line.strip("| ").split(" | ")[1:] for line in lines if line.startswith(f"| {row} |")), [])


def bands(name: str = "hindcast.md") -> str:
    """By forecaster and lead, how often the 80 % band held the people held."""
    told = []
    for line in kept(name).splitlines():
        if ": people |" in line:
            who = line.strip("| ").split(": people |")[0]
            shares = [int(cell.split(" %")[0]) for cell in cells(name, f"{who}: people")[:-1]]
            met = all(70 <= share <= 90 for share in shares)
            told.append(f"{who} {', '.join(map(str, shares))} % ({'met' if met else 'not met'})")
    return "; ".join(told)


def people() -> str:
    """Whether the spread of the people held is scored better once calibrated: CRPS in terms of persistence's."""
    learnt, calibrated = (
        [float(cell.split(", ")[1]) for cell in cells("hindcast.md", f"{name}: people")]
        for name in (LEARNT, CALIBRATED)
    )
    better = all(one < other for one, other in zip(calibrated, learnt, strict=True)) and bool(learnt)
    ratios = (", ".join(f"{value:.2f}" for value in values[:-1]) for values in (calibrated, learnt))
    return f"{'met' if better else 'not met'} (CRPS in terms of persistence's, by lead, {' against '.join(ratios)})"


def skills(name: str, row: str) -> list[tuple[int, int, int]]:
    """Skill over all places by lead, per cent, and its interval."""
    found = (re.search(r"([+-]\d+) % \((-?\d+) to (-?\d+)\)", cell) for cell in cells(name, row))
    return [(int(one[1]), int(one[2]), int(one[3])) for one in found if one]


def against(name: str) -> tuple[str, bool]:
    """Points of skill that calibration adds by lead, and whether all lie within the interval of the learnt model."""
    pairs = list(zip(skills(name, LEARNT), skills(name, CALIBRATED), strict=True))
    told = ", ".join(f"{calibrated[0] - learnt[0]:+d}" for learnt, calibrated in pairs)
    return told, all(learnt[1] <= calibrated[0] <= learnt[2] for learnt, calibrated in pairs)


def land() -> str:
    """Whether the calibrated model is as good on land."""
    told, within = against("hindcast.md")
    worse = "-" in told
    return f"{'not met' if worse else 'met'} ({told} points of skill, {within_or_not(within)})"


def transfer() -> str:
    """What a posterior of other wars does to each."""
    told = []
    for name in SKILL["Does one war tell of another?"]:
        if kept(name) is not None:
            points, within = against(name)
            told.append(f"{Path(name).stem.removeprefix('transfer-')} {points} ({within_or_not(within)})")
    return "; ".join(told)


def within_or_not(within: bool) -> str:
    """In words."""
    return "within the learnt model's interval" if within else "beyond the learnt model's interval"


def speed(found: dict[str, Any]) -> str:
    """What the bank's pace makes of the bar."""
    pace = found["member_years_per_second"]
    minutes = 100_000 / pace / 60
    return f"{'met' if minutes < 12 else 'not met'}, {minutes:.1f} minutes at {pace:.0f} a second"


def honest(found: dict[str, Any]) -> str:
    """Whether the intervals of sets taken for the record held."""
    others = [reason for reason in found["failed"] if "shrink" not in reason]
    return f"not met ({'; '.join(others)})" if others else "met"


def shrunk(found: dict[str, Any]) -> str:
    """Whether enough parameters are narrower for the posterior to be a default."""
    told = len(found["shrunk"])
    return "met" if told >= 5 else f"not met, {told} are. So no posterior is a default"


def kept(name: str) -> Any:
    """A result, None where it was not made."""
    path = RESULTS / name
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if name.endswith(".json") else text


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Lines of a Markdown table, numbers to the right."""
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "|".join("---" if k == 0 else "---:" for k in range(len(heads))) + "|"
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"
    yield ""


def three(values: Sequence[float]) -> str:
    """Three quantiles."""
    return ", ".join(f"{value:.3g}" for value in values)


def command(name: str) -> str:
    """The line above a result: the command with the options it was given, where that was written down."""
    typed = (kept(MADE) or {}).get(name, {}).get("command", COMMANDS[name])
    return f"`polemos {typed}`"


def provenance() -> Iterator[str]:
    """Which source made the results, and what made the posteriors that they were given."""
    made = kept(MADE) or {}
    commits: dict[str, list[str]] = {}
    for name in COMMANDS:
        if name in made or kept(name) is not None:
            commits.setdefault(made.get(name, {}).get("commit", ""), []).append(f"`{name}`")
    if not commits:
        return
    yield "Each result is of one commit; the source beside this page may be another, and give other numbers:\n"
    for commit, names in commits.items():
        yield f"- {', '.join(names)}: " + (f"made at commit {commit}" if commit else "the commit was not written down")
    yield "\nCommands are shown with the options they were given; `--threads` changes no number, FOLDER is any folder."
    inputs = [name for name in COMMANDS if name in made and kept(name) is None]
    if inputs:
        yield "The posteriors in `later/` and `others/` were written by these, whose output is not kept here:\n"
        yield from (f"- {command(name)}" for name in inputs)
    yield ""


def calibration(found: dict[str, Any]) -> Iterator[str]:
    """The parameters, and what the checks say."""
    yield "## What the record says of the parameters\n"
    yield command("calibrate.json") + "\n"
    rows = found["summaries"]
    out = [row for row in rows if not row["used"]]
    yield (
        f"{len(found['windows'])} stretches of {len(rows)} summaries were simulated with draws from the priors. "
        f"{len(out)} summaries lie where the model does not reach, or say nothing, and are left out of the fit:"
    )
    for name, count in Counter(row["summary"] for row in out).most_common():
        yield f"- {name}, in {count} of the stretches"
    yield f"\nHistory matching leaves {100 * found['plausible']:.0f} % of the draws.\n"
    heads = ("parameter", "prior", "its 5, 50, 95 %", "posterior's", "narrower by")
    cells = [
        (
            f"`{row['parameter']}`",
            row["prior"],
            three(row["prior_quantiles"]),
            three(row["posterior_quantiles"]),
            f"{100 * row['contraction']:.0f} %",
        )
        for row in sorted(found["parameters"], key=lambda row: -row["contraction"])
    ]
    yield from table(heads, cells)
    if found["mean_miss"] is not None:
        yield (
            f"Simulation-based calibration: intervals of 50, 80 and 95 % miss their level by "
            f"{100 * found['mean_miss']:.1f} points on average, {100 * found['worst_miss']:.1f} at most."
        )
    yield (
        f"{len(found['shrunk'])} parameters are narrower by 30 % or more"
        + (f" ({', '.join(found['shrunk'])})" if found["shrunk"] else "")
        + "; the others are their priors, or nearly so, and nothing here should be read as evidence about them."
    )
    if found["failed"]:
        yield f"\nThe posterior is not used unasked: {'; '.join(found['failed'])}."
    yield ""


def comparison(name: str) -> Iterator[str]:
    """Scores, verdicts, and rows alone."""
    found = kept(name)
    if found is None:
        return
    yield command(name) + "\n"
    for origin in dict.fromkeys(point["origin"] for point in found["points"]):
        points = [point for point in found["points"] if point["origin"] == origin]
        names = list(points[0]["scores"])
        heads = ("from " + origin, "priors", *(f"{name} ({points[0]['figures'][name]})" for name in names))
        yield from table(
            heads, [(p["theory"], p["width"], *(f"{p['scores'][name]:.2f}" for name in names)) for p in points]
        )
    decided = [one for one in found["verdicts"] if one["observable"] == "verdict"]
    yield "Overall, a verdict wants both widths and both series of strength:\n"
    yield from table(
        ("from", "first", "second", "ahead"),
        [(one["origin"], one["first"], one["second"], one["ahead"]) for one in decided],
    )
    parts = [one for one in found["verdicts"] if one["observable"] in points[0]["scores"]]
    apart = [one for one in parts if one["ahead"] != "cannot be told apart"]
    mark = ":\n" if apart else "."
    yield f"By single observables, {len(apart)} of {len(parts)} comparisons tell two theories apart{mark}"
    for one in apart:
        other = one["second"] if one["ahead"] == one["first"] else one["first"]
        yield f"- from {one['origin']}, by {one['observable']}: {one['ahead']} ahead of {other}"
    yield ""
    for origin in dict.fromkeys(row["origin"] for row in found["rows"]):
        rows = [row for row in found["rows"] if row["origin"] == origin]
        names = list(rows[0]["second_less_first"])
        yield f"Each difference alone, the rest neutral, from {origin}: score of the second side less the first's.\n"
        cells = [
            (row["row"], *(f"{by[0]:+.2f} ± {by[1]:.2f}" for by in (row["second_less_first"][name] for name in names)))
            for row in rows
        ]
        yield from table(("row", *names), cells)


def other(found: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    """How far the parameters depend on the summaries of battles."""
    yield "### Without the summaries of battles\n"
    yield command("calibrate-without-battles.json") + "\n"
    narrower = {row["parameter"]: row["contraction"] for row in found["parameters"]}
    rows = [row for row in whole["parameters"] if row["contraction"] >= 0.1]
    cells = [
        (f"`{row['parameter']}`", f"{100 * row['contraction']:.0f} %", f"{100 * narrower[row['parameter']]:.0f} %")
        for row in rows
    ]
    yield from table(("parameter", "narrower by, all summaries", "without those of battles"), cells)


def nearer(found: dict[str, Any]) -> Iterator[str]:
    """The bank's posterior beside that of the generations."""
    yield "### By generations of draws that come nearer\n"
    yield command("calibrate-generations.json") + "\n"
    steps = [
        (k, f"{one['tolerance']:.2f}", f"{100 * one['inside']:.0f} %", f"{one['effective']:.0f}")
        for k, one in enumerate(found["generations"])
    ]
    yield from table(("generation, the bank's first", "tolerance", "came within the last", "kept are worth"), steps)
    rows, both = sorted(found["parameters"], key=lambda row: row["generations"][1]), ("score", "generations")
    cells = [
        (f"`{row['parameter']}`", *(f"{mean:+.2f}, {100 * (1 - sd):.0f} %" for mean, sd in (row[k] for k in both)))
        for row in rows
        if min(row[k][1] for k in both) <= 0.9
    ]
    yield from table(("parameter: mean of the score (prior 0), narrower by", "bank", "generations"), cells)


def facts(found: list[dict[str, Any]], before: list[dict[str, Any]]) -> Iterator[str]:
    """Verdicts on the facts, with priors and with the posterior."""
    yield "## The withheld facts\n"
    yield f"{command('facts-prior.json')}, and {command('facts.json')}\n"
    yield (
        "The median war typical of what was seen, what was seen possible (within 90 % of the wars), or missed; see "
        "`polemos facts`. Nothing was fitted to those withheld.\n"
    )
    prior = {one["fact"]["id"]: one["verdict"] for one in before}
    rows = [
        (
            one["fact"]["id"],
            one["fact"]["title"],
            "yes" if one["fact"]["withheld"] else "",
            prior[one["fact"]["id"]],
            one["verdict"],
        )
        for one in found
    ]
    yield from table(("fact", "what", "withheld", "priors", "posterior"), rows)


def unforeseen() -> Iterator[str]:
    """Facts that the model misses either way; both theories rest on it."""
    found, before = kept("facts.json"), kept("facts-prior.json")
    if found is None:
        return
    yield "Both theories are priors on one model, so what it misses with priors and posterior, neither expects:\n"
    prior = {one["fact"]["id"]: one["verdict"] for one in before}
    for one in found:
        if one["verdict"] == prior[one["fact"]["id"]] == "missed":
            yield f"- {one['fact']['title']} ({one['fact']['id']})"
    yield ""


def page() -> str:
    """The page, from the results that are there."""
    lines = [
        "# What the war of 2014-2019 says about the argument\n",
        "Generated by `python tools/record_page.py` from the results in `docs/results/`; every number stands under the "
        "command that printed it. The questions are set out in the argument of the scenario, the theories in its "
        "folder `theories/`: the author's, his rival's, and a neutral one, on one model.\n",
    ]
    lines += provenance()
    found = kept("calibrate.json")
    if kept("hindcast.md") is not None and found is not None:
        lines += ["## What was asked, and whether it is met\n", bars(found)]
    lines += [] if found is None else list(calibration(found))
    if kept("calibrate-without-battles.json") is not None:
        lines += other(kept("calibrate-without-battles.json"), found)
    if kept("calibrate-generations.json") is not None:
        lines += nearer(kept("calibrate-generations.json"))
    if kept("compare-2017.json") is not None:
        lines += ["## What the theories expected, and what happened\n", SCORES]
        lines += [*comparison("compare-2017.json"), *comparison("compare-early.json")]
        if kept("compare-posterior.json") is not None:
            lines += ["### The same, with what they share learnt from the record\n"]
            lines += comparison("compare-posterior.json")
    if kept("facts.json") is not None:
        lines += facts(kept("facts.json"), kept("facts-prior.json"))
    for title, names in SKILL.items():
        there = [name for name in names if kept(name) is not None]
        lines += [f"## {title}\n"] if there else []
        for name in there:
            lines += [command(name) + "\n", kept(name)]
    lines += ["## What neither side foresaw\n", *unforeseen()]
    return "\n".join(lines).rstrip() + "\n"


def bars(found: dict[str, Any]) -> str:
    """The bars, each with what the results say of it."""
    of_results = {"speed": speed(found), "honest": honest(found), "shrunk": shrunk(found)}
    return BARS.format(bands=bands(), people=people(), land=land(), transfer=transfer(), **of_results)


def commit() -> str:
    """The commit that is checked out, and whether the source differs from it."""

    def git(*asked: str) -> str:
        return subprocess.run(("git", *asked), cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + ("-dirty" if git("status", "--porcelain", "--", "src") else "")


def main(words: Sequence[str]) -> None:
    """Run the commands that are named, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", nargs="*", choices=COMMANDS, metavar="NAME")
    parser.add_argument("--threads")
    given = parser.parse_args(words)
    if given.run is not None:
        RESULTS.mkdir(parents=True, exist_ok=True)
        cores = [] if given.threads is None else ["--threads", given.threads]
        for name in given.run or COMMANDS:
            run = [sys.executable, "-m", "polemos", *COMMANDS[name].split(), *cores]
            printed = subprocess.run(run, check=True, text=True, stdout=subprocess.PIPE).stdout
            (RESULTS / name).write_text(printed, encoding="utf-8")
            made = (kept(MADE) or {}) | {name: {"commit": commit(), "command": COMMANDS[name]}}
            (RESULTS / MADE).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
