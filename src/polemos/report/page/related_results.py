"""Results of other commands that the page of a run shows: rival theories, a hindcast, a what-if, a posterior.

Nothing is simulated and nothing is scored anew: the page shows what is there. A run leaves its own answers in its
folder, so that a run of another theory can stand beside it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.ensemble import atomic_files
from polemos.ensemble import run_folder as disk
from polemos.questions.answer import Answer
from polemos.report.page.contents import PageContents, Theories
from polemos.war.simulation import Simulation, brier

if TYPE_CHECKING:
    from polemos.report.page.forecast_rows import Asked

FILE = "answers.json"
ALIKE = ("scenario", "world", "origin", "until", "inputs", "learn", "changes")
"""What of two plans must be the same for their theories to be compared."""


def leave_answers(
    simulation: Simulation, contents: PageContents, baselines: Mapping[str, Sequence[Answer]] | None = None
) -> None:
    """Write the answers of a kept run and of baselines, and the medians of what its focus holds, into its folder."""
    run = simulation.run
    if run.folder is None:
        return
    band = contents.band(contents.focus, "people")
    answers_file = {
        "theory": run.plan.theory,
        "members": run.plan.members,
        "answers": {answer.question: answer.probability for answer in simulation.answers},
        "median": [] if band is None else [round(float(value), 1) for value in band.quantiles[2]],
        "baselines": {
            name: {answer.question: answer.probability for answer in answers}
            for name, answers in (baselines or {}).items()
        },
    }
    # A folder that is read alone has none, and the page does without.
    with contextlib.suppress(OSError), atomic_files.whole(run.folder / FILE) as part:
        part.write_text(json.dumps(answers_file), encoding="utf-8")


def baselines_left(simulation: Simulation) -> dict[str, list[Answer]]:
    """The baselines' answers that the page of a run left in its folder, by name; none where no page was written."""
    folder = simulation.run.folder
    try:
        answers = {} if folder is None else json.loads((folder / FILE).read_text(encoding="utf-8"))["baselines"]
        status = {True: "answered", False: "not in the model"}
        return {
            name: [Answer(question, p, 0.0, status[p is not None]) for question, p in row.items()]
            for name, row in answers.items()
        }
    except (OSError, ValueError, KeyError, AttributeError):
        return {}


def neighbours(simulation: Simulation) -> Iterator[dict[str, Any]]:
    """Answers of kept runs that differ from this one in their theory, the largest of each, by name."""
    run = simulation.run
    if run.folder is None:
        return
    own = run.plan.as_json()
    runs: dict[str, dict[str, Any]] = {}
    for path in sorted(run.folder.parent.glob(f"*/{FILE}")):
        about = disk.readable(path.parent)
        if about is None or about["plan"]["theory"] == own["theory"]:
            continue
        same = all(about["plan"].get(name) == own.get(name) for name in ALIKE)
        if same and about["versions"]["kernels"] == _kernels():
            answers_file = json.loads(path.read_text(encoding="utf-8"))
            before = runs.get(answers_file["theory"])
            if before is None or before["members"] < answers_file["members"]:
                runs[answers_file["theory"]] = answers_file
    yield from (runs[name] for name in sorted(runs))


def theories(simulation: Simulation, contents: PageContents, rows: Sequence[Asked]) -> Theories | None:
    """This run and the kept runs of other theories, side by side; None where there are none."""
    others = list(neighbours(simulation))
    if not others:
        return None
    band = contents.band(contents.focus, "people")
    own = {
        "theory": simulation.run.plan.theory,
        "answers": {answer.question: answer.probability for answer in simulation.answers},
        "median": [] if band is None else [float(value) for value in band.quantiles[2]],
    }
    all_ = [own, *others]
    table = []
    for row in rows:
        answers = tuple(one["answers"].get(row.id) for one in all_)
        if any(value is not None for value in answers):
            table.append((row.text, None if row.outcome is None else bool(row.outcome), answers))
    resolved = [(outcome, answers) for _, outcome, answers in table if outcome is not None and None not in answers]
    scores = [[brier(answers[k], int(outcome)) for outcome, answers in resolved] for k in range(len(all_))]
    means = tuple(float(np.mean([s for s in one if s is not None])) if one else None for one in scores)
    covered = len(contents.likely)
    medians = tuple(tuple(one["median"]) if len(one["median"]) == covered else () for one in all_)
    return Theories(tuple(one["theory"] for one in all_), tuple(table), means, len(resolved), medians)


def hindcasts(simulation: Simulation) -> tuple[Mapping[str, Any], ...]:
    """The last hindcast of the same record that is kept beside the runs; none where there is none."""
    run = simulation.run
    if run.folder is None:
        return ()
    digest = simulation.war.world.digest()
    results = []
    for path in sorted((run.folder.parent.parent / "hindcasts").glob("*/skill.json")):
        try:
            about = json.loads((path.parent / "manifest.json").read_text(encoding="utf-8"))
            if about["world"] == digest:
                results.append({"kind": "hindcast", **json.loads(path.read_text(encoding="utf-8"))})
        except (OSError, ValueError, KeyError):
            continue
    return tuple(results[-1:])


def library_board(simulation: Simulation) -> tuple[Mapping[str, Any], ...]:
    """The rows of the library's board on this war; none for a war, or a record of it, that the board is not of."""
    world = simulation.war.world
    path = Path(__file__).with_name("library_board.json")
    board = json.loads(path.read_text(encoding="utf-8")).get(world.name)
    if board is None or world.digest() != board["record"]:
        return ()
    return (
        {"kind": "board", "protocol": {}, "means": [], "rows": board["rows"], "origins": list(range(board["origins"]))},
    )


KEYS = {
    "board": {"protocol", "means", "rows"},
    "counterfactual": {"effects", "changes", "origin"},
    "facts": {"facts", "theories", "verdicts"},
    "hindcast": {"rows", "leads", "reference", "origins"},
    "posterior": {"parameters", "windows"},
    "sensitivity": {"rows", "answer", "wars"},
}
"""What the result of a kind has, by which it is known."""


def read(path: Path) -> Mapping[str, Any]:
    """A result of another command from its JSON file. Raises `ValueError` for anything else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"{path} is no JSON: {error}") from None
    for kind, keys in KEYS.items():
        if isinstance(content, dict) and keys <= content.keys():
            return {"kind": kind, **content}
    raise ValueError(
        f"{path} is no result that a page shows; give what what-if --out, or hindcast, calibrate, sensitivity or "
        "facts --theories --json wrote"
    )


def _kernels() -> str:
    from polemos.model.jit import kernel_hash

    return kernel_hash()
