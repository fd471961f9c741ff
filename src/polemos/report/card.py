"""A model card of a run: purpose, data, grade of the record, skill, limits, ethics, for those who sign off its use.

The headings are those of Mitchell et al. (2019), Model cards for model reporting, FAT* 2019. Everything that is
particular is taken from the run, its record and the hindcasts or ledgers that are given; the card says what nobody
measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polemos.forecasters.leads import lead_days, lead_words
from polemos.ledger.horizon_scores import HorizonScore
from polemos.ledger.scores import AFTER, BEFORE
from polemos.report.page.glosses import gloss
from polemos.report.page.provenance import GENERAL, command, facts, limits
from polemos.report.page.track_record import SkillAt, skill_rows
from polemos.war.simulation import Simulation

UNMEASURED = (
    "**Not measured.** Nobody has given this card a hindcast of this record, or a ledger of forecasts that were "
    "resolved. Until somebody has, nothing is known of how good these probabilities are, and they should carry no "
    "decision: `polemos hindcast {war} --json > skill.json`, then `polemos card RUN --show skill.json`."
)
RECORDED = {BEFORE: "before the answer", AFTER: "after the answer: no foresight"}
USES = (
    "understanding why a war went as it went, and what each explanation of it implies",
    "teaching, and comparing what commentators said with what happened",
    "accountability: forecasts that are registered before the outcome and scored after it",
)
NO_USES = (
    "operations: targeting, planning of movements, warnings by the day or the street",
    "decisions about persons",
    "a claim about what would have happened: a simulated counterfactual is a property of the model",
    "a probability without the hindcast, the seed, the version and the command beside it",
)
ETHICS = (
    "The record is of people who were killed and driven out. It names organisations and places, no persons but "
    "leaders.",
    "Every organisation, governments included, obeys the same equations; no parameter is named after a motive and no "
    "blame is modelled. What the record does not see (those who do not report, places nobody visits) the model does "
    "not see.",
    "A forecast of an ongoing war can be read by those who fight it. polemos works in whole places and weeks, "
    "offers no lead under four weeks for such a war, and downloads nothing.",
    "A wrong probability can do harm where somebody flees, returns or sends help by it. Whoever uses one should say "
    "who bears the cost of its being wrong.",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the skill: results of hindcasts or boards as they were written, and of a ledger by horizon.

    `replayed` says that the times in the ledger are those of a replay, so that it proves nothing about foresight.
    """

    results: tuple[Mapping[str, Any], ...] = ()
    ledger: tuple[HorizonScore, ...] = ()
    head: str = ""
    replayed: bool = False


def card(simulation: Simulation, evidence: Evidence) -> str:
    """The card as Markdown."""
    from polemos import __version__

    war, plan = simulation.war, simulation.run.plan
    world = war.world
    parts = [
        f"# Model card: {world.title}",
        f"A run of polemos {__version__} from {plan.origin} to {plan.until}, {plan.members:,} simulated wars. Filled "
        "from the run by `polemos card`; it describes this run and this record, not the model in general.",
        "## The model",
        "polemos simulates who holds which place, week by week, from what was known on the day of the forecast. A "
        "hazard of capture is learnt from the record before that day; published processes (recruitment, losses, "
        "supply and others, each with its source) move men and morale. Each probability is a share of simulated wars.",
        _table(("", ""), [(fact.name, fact.value) for fact in facts(simulation)]),
        f"The same run again:\n\n```sh\n{command(plan)}\n```",
        "## Purpose",
        "It is meant for:\n\n" + _list(USES) + "\n\nIt is not meant for:\n\n" + _list(NO_USES),
        "## Data",
        _data(simulation),
        "## Grade of the record",
        f"**{war.grade()}.** No score is better than the record it is measured on. `polemos check {war.name} "
        "--second-look` lists the doubts.",
        "## Skill",
        _skill(war.name, evidence),
        "## What it cannot say",
        _list((*limits(simulation, ()), *GENERAL)),
        "## Ethics",
        _list(ETHICS),
        "## Sign-off",
        "Nobody has signed this card off until this table is filled. Say what the figures are used for, until when, "
        "and what would make you stop.\n\n"
        + _table(("who", "role", "use that is approved", "until", "date"), [("",) * 5, ("",) * 5]),
    ]
    return "\n\n".join(parts) + "\n"


def _data(simulation: Simulation) -> str:
    world, settings = simulation.war.world, simulation.war.settings
    rows = [
        ("Period", f"{world.start} to {world.until}, observed to {world.last_observed}"),
        ("Places", f"{len(world.places.id):,}"),
        ("Organisations", ", ".join(world.organisations.name)),
        ("Spells of control", f"{world.spells.place.size:,}"),
        ("Estimates of strength", f"{world.strengths.date.size:,}"),
        ("Events", "none" if world.events is None else f"{len(world.events.id):,}"),
    ]
    credits = [f"{one.source} ({one.licence})" for one in settings.credits]
    return f"{_table(('', ''), rows)}\n\nSources:\n\n{_list(credits) if credits else '- none is named'}"


def _skill(war: str, evidence: Evidence) -> str:
    parts = []
    for result in evidence.results:
        rows = sorted(skill_rows(result, war), key=lambda row: lead_days(row.lead))
        if rows:
            what = "the board" if result["kind"] == "board" else "a hindcast"
            origins = result.get("origins")
            count = f" from {len(origins)} past dates" if isinstance(origins, list | tuple) else ""
            parts.append(
                f"By {what}{count}: the share of the error of a simple rule that each forecaster saves, over all "
                "places. Below 0 it is worse than the rule.\n\n"
                + _table(
                    ("lead", "forecaster", "skill", "90 % interval", "simple rule"),
                    [
                        (lead_words(r.lead), gloss(r.forecaster), _percent(r.skill), _interval(r), gloss(r.reference))
                        for r in rows
                    ],
                )
            )
    own = [row for row in evidence.ledger if row.skill is not None]
    if own:
        cells = [
            (
                row.horizon,
                row.owner,
                f"{row.forecasts:,}",
                "in a replay: no foresight" if evidence.replayed else RECORDED[row.basis],
                _percent(row.skill or 0.0),
                _interval(row),
                row.best,
            )
            for row in own
        ]
        heads = ("made ahead", "owner", "forecasts", "recorded", "skill", "90 % interval", "simple rule")
        parts.append(f"By a ledger, `{evidence.head}`:\n\n{_table(heads, cells)}")
    return "\n\n".join(parts) or UNMEASURED.format(war=war)


def _interval(row: SkillAt | HorizonScore) -> str:
    if row.low is None or row.high is None:
        return "too few dates"
    return f"{_percent(row.low)} to {_percent(row.high)}"


def _percent(value: float) -> str:
    return f"{100 * value:+.0f} %"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', '/').replace(chr(10), ' ') for cell in cells)} |"

    return "\n".join((line(heads), f"|{'---|' * len(heads)}", *(line(row) for row in rows)))
