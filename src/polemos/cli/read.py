"""`polemos read`: an article to a draft of its argument."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes

if TYPE_CHECKING:
    from polemos.article.draft import Candidate, Draft

EPILOG = "Examples: polemos read article.html --scenario my-war/    polemos read article.txt --date 2012-06-01 --json"


def read(
    file: Annotated[Path, typer.Argument(help="An article: a local file of HTML or text.")],
    scenario: Annotated[
        str | None, typer.Option(help="Scenario whose places and organisations are looked for: a name, or a folder.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Day it was written, YYYY-MM-DD; default: the one that the page names.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the draft is written; no existing file is overwritten; default: argument.yaml."),
    ] = None,
    cleaned: Annotated[
        Path | None, typer.Option(help="Where the cleaned text is written, to which the offsets refer.")
    ] = None,
    llm: Annotated[
        str | None,
        typer.Option(help="Address of an OpenAI-compatible endpoint that refines the draft; it receives the text."),
    ] = None,
    model: Annotated[str, typer.Option(help="Model to ask for there.")] = "default",
    context: Annotated[
        int, typer.Option(help="Context length of the model in tokens; longer articles are sent in pieces.", min=1_000)
    ] = 8_192,
    implied: Annotated[
        bool,
        typer.Option("--implied", help="Also draft, as forecasts, states that continue and less likely sentences."),
    ] = False,
    only: Annotated[
        str | None,
        typer.Option(help="Draft only these, with commas between: stated, reported, implied, mechanism, fact."),
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(help="File for questions: one for each forecast that names a side, a place and a last day."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON for a program; writes no file without --out.")
    ] = False,
) -> None:
    """Draft the argument of an article; a person then finishes the draft."""
    from polemos.article.chat_completion import EndpointError
    from polemos.article.draft import make_draft
    from polemos.article.draft_file import as_records, as_yaml, questions_as_yaml
    from polemos.article.draft_questions import draft_questions
    from polemos.article.language_model import refine
    from polemos.article.read_article import read_article
    from polemos.article.webpage import ArticleError
    from polemos.cli import printing
    from polemos.names.gazetteer import gazetteer

    target = out or Path("argument.yaml")
    with reporting_mistakes():
        written = None if date is None else _day(date)
        groups = _groups(only)
        if (out is not None or not json) and target.exists():
            raise Mistake(f"{target} is there already, with what somebody may have filled in; name another with --out")
        if questions is not None and questions.exists():
            raise Mistake(f"{questions} is there already, with what somebody may have filled in; name another")
        if questions is not None and scenario is None:
            raise Mistake("--questions asks about places and sides of a scenario; name it with --scenario")
        try:
            known_names = _scenario(scenario)
            article = read_article(file)
            draft = make_draft(
                article,
                gazetteer(known_names),
                file=file.name,
                scenario=scenario or "",
                date=written,
                implied=implied or "implied" in groups,
            )
            draft = replace(draft, candidates=tuple(c for c in draft.candidates if not groups or _group(c) in groups))
            if llm is not None:
                draft = refine(draft, llm, model, context=context)
        except (ArticleError, EndpointError) as error:
            raise Mistake(str(error)) from None
        drafted: tuple[dict[str, Any], ...] = ()
        if known_names is not None:
            linked, drafted = draft_questions(draft, known_names)
            draft = linked if questions is not None else draft
        records = as_records(draft)
        if cleaned is not None:
            printing.write(cleaned, article.text)
        if out is not None or not json:
            printing.write(target, as_yaml(draft))
        if questions is not None:
            printing.write(questions, questions_as_yaml(drafted, target.name))
    if json:
        about = {"out": str(out) if out else None, "questions": [question["id"] for question in drafted]}
        printing.as_json(_summary(draft) | about | {"claims": records})
        return
    _show(draft, target)
    count = f"{len(drafted)} question{'s' * (len(drafted) != 1)}"
    if questions is not None:
        printing.say(f"{questions}: {count} for forecasts that name a side, a place and a last day; read each of them.")
    elif drafted:
        printing.say(f"{count} can be drafted from what forecasts name: --questions questions.yaml writes them.")


GROUPS = ("stated", "reported", "implied", "mechanism", "fact")
"""What candidates are, as `--only` names them."""


def _groups(only: str | None) -> tuple[str, ...]:
    """The groups that `--only` names; none where it is not given."""
    groups = tuple(name.strip() for name in (only or "").split(",") if name.strip())
    for name in groups:
        if name not in GROUPS:
            raise Mistake(f"--only has no {name!r}; write one or more of {', '.join(GROUPS)}, with commas between")
    return groups


def _group(candidate: Candidate) -> str:
    """The group of a candidate."""
    return (candidate.reading or "reported") if candidate.kind == "forecast" else candidate.kind


def _show(draft: Draft, target: Path) -> None:
    """The forecasts of the draft with their sentences, the likeliest first; without any, the other candidates."""
    from polemos.argument.draft_status import WANTED
    from polemos.article.draft import ranked
    from polemos.cli import printing

    summary = _summary(draft)
    printing.say(
        f"{draft.article.title or draft.file}: {summary['paragraphs']} paragraphs, {summary['removed']} lines of "
        "style sheets, scripts and furniture taken out."
    )
    shown = [candidate for candidate in ranked(draft.candidates) if candidate.kind == "forecast"]
    shown = shown or ranked(draft.candidates)
    for candidate in shown:
        identity = (
            candidate.id,
            _group(candidate),
            f"paragraph {candidate.paragraph.number}",
            f"likely {candidate.likelihood:.2f}" if candidate.kind == "forecast" else "",
            f"coding {candidate.confidence.hedge.mid:.2f}" if candidate.confidence else "",
            f"until {candidate.horizon}" if candidate.horizon else "",
            ", ".join(candidate.ids("place", "region", "country", "organisation")),
            f"rejected: {candidate.given['reject']}" if "reject" in candidate.given else "",
        )
        printing.say("  ".join(filter(None, identity)))
        sentence = draft.article.text[candidate.start : candidate.end]
        printing.console().print(*printing.prose(" ".join(sentence.split())), sep="\n")
    others = [f"{count} {kind}s" for kind, count in summary["counts"].items() if kind != "forecast"]
    if others and len(shown) < len(draft.candidates):
        printing.say(f"And {' and '.join(others)}, which the draft lists too (--only mechanism shows them here).")
    for note in draft.notes:
        printing.say(f"Note: {note}.")
    printing.say(
        f"{target} is a draft: {len(draft.candidates)} candidates for a person to finish ({', '.join(WANTED)}). "
        f"`polemos check {target}` says what is still to be filled in."
    )


def _summary(draft: Draft) -> dict[str, Any]:
    from polemos.article.draft_file import where_named

    kinds = [candidate.kind for candidate in draft.candidates]
    return {
        "title": draft.article.title,
        "date": None if draft.date is None else str(draft.date),
        "paragraphs": len(draft.article.paragraphs),
        "removed": draft.article.removed,
        "draft": True,
        "counts": {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        **where_named(draft),
        "notes": list(draft.notes),
    }


def _scenario(name: str | None) -> Any:
    from polemos.scenario.load import read as read_scenario

    return None if name is None else read_scenario(name)


def _day(text: str) -> Any:
    import datetime

    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Mistake(f"{text!r} is not a day; write YYYY-MM-DD") from None
