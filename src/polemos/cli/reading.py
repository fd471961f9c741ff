"""`polemos read`: an article to a draft of its argument."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, told

if TYPE_CHECKING:
    from polemos.argument.draft import Draft

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
        Path | None, typer.Option(help="Where the draft is written, not over another file; default: argument.yaml.")
    ] = None,
    cleaned: Annotated[
        Path | None, typer.Option(help="Where the cleaned text is written, which the offsets count in.")
    ] = None,
    llm: Annotated[
        str | None, typer.Option(help="Address of an OpenAI-compatible endpoint that refines the draft; gets the text.")
    ] = None,
    model: Annotated[str, typer.Option(help="Model to ask for there.")] = "default",
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON for a program; writes no file without --out.")
    ] = False,
) -> None:
    """Draft the argument of an article, for a person to finish."""
    from polemos.argument.article import read_article
    from polemos.argument.draft import as_records, as_yaml, make_draft
    from polemos.argument.gazetteer import gazetteer
    from polemos.argument.refine import EndpointError, refine
    from polemos.argument.webpage import ArticleError
    from polemos.cli import printing

    target = out or Path("argument.yaml")
    with told():
        written = None if date is None else _day(date)
        if (out is not None or not json) and target.exists():
            raise Mistake(f"{target} is there already, with what somebody may have filled in; name another with --out")
        try:
            article = read_article(file)
            draft = make_draft(
                article, gazetteer(_scenario(scenario)), file=file.name, scenario=scenario or "", date=written
            )
            if llm is not None:
                draft = refine(draft, llm, model)
        except (ArticleError, EndpointError) as error:
            raise Mistake(str(error)) from None
        records = as_records(draft)
        if cleaned is not None:
            printing.write(cleaned, article.text)
        if out is not None or not json:
            printing.write(target, as_yaml(draft))
    if json:
        printing.as_json(_summary(draft) | {"out": str(out) if out else None, "claims": records})
        return
    _show(draft, target)


def _show(draft: Draft, target: Path) -> None:
    """What was found, in the terminal."""
    from polemos.argument.unfinished import WANTED
    from polemos.cli import printing

    summary = _summary(draft)
    printing.say(
        f"{draft.article.title or draft.file}: {summary['paragraphs']} paragraphs, {summary['removed']} lines of "
        "style sheets, scripts and furniture taken out."
    )
    rows = [
        (
            candidate.id,
            candidate.paragraph.number,
            candidate.confidence.reading if candidate.kind == "forecast" and candidate.confidence else candidate.kind,
            candidate.cue,
            candidate.confidence.hedge.mid if candidate.kind == "forecast" and candidate.confidence else "",
            candidate.horizon or "",
            ", ".join(candidate.ids("place", "region", "country")),
            ", ".join(candidate.ids("organisation")),
        )
        for candidate in draft.candidates
    ]
    heads = ("id", "paragraph", "reading", "cue", "coding", "until", "places", "organisations")
    printing.console().print(
        printing.table("", heads, rows, right=("paragraph", "coding"), spare=("organisations", "cue", "until"))
    )
    for note in draft.notes:
        printing.say(f"Note: {note}.")
    printing.say(
        f"{target} is a draft: {len(rows)} candidates for a person to finish ({', '.join(WANTED)}). "
        f"`polemos check {target}` says what is still to be filled in."
    )


def _summary(draft: Draft) -> dict[str, Any]:
    from polemos.argument.draft import where_named

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
