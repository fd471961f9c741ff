"""How many forecasts of labelled texts the rules find: python tools/detection.py [--use test] [--wrong].

The texts and a reader's labels are in tests/data/articles/ (README.md there says what counts as a forecast). A row is a
text: recall is the share of its forecasts that the draft of `polemos read` flags, precision the share of the flagged
sentences that are forecasts. The last rows are all sentences together, and beside them every sentence with will, would,
may, might, could, shall, likely, unlikely or probably. `--wrong` lists the sentences on which rules and reader differ.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from polemos.article.draft import make_draft
from polemos.article.read_article import read_article
from polemos.article.sentences import sentences
from polemos.names.gazetteer import gazetteer

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "data" / "articles"
MODALS = re.compile(r"\b(?:will|would|may|might|could|shall|likely|unlikely|probably)\b")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text: a reader's label (stated, implied or none), and whether the rules or the modals flag it."""

    article: str
    text: str
    label: str
    flagged: bool
    modal: bool


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table in the folder of texts."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(use: str, *, implied: bool = False) -> Iterator[Sentence]:
    """Every sentence of the texts of one use, with its label and what the draft makes of it."""
    labels = rows("labels.csv")
    names = gazetteer(None)
    for source in rows("sources.csv"):
        if source["use"] != use:
            continue
        article = read_article(FOLDER / f"{source['article']}.txt")
        written = datetime.date.fromisoformat(source["written"])
        draft = make_draft(article, names, file=source["article"], date=written, implied=implied)
        flags = {candidate.start for candidate in draft.candidates if candidate.kind == "forecast"}
        mine = {
            (row["paragraph"], row["begins"]): row["forecast"] for row in labels if row["article"] == source["article"]
        }
        for paragraph in article.paragraphs:
            for start, end in sentences(paragraph.text):
                text = paragraph.text[start:end]
                begun = [key for key in mine if key[0] == str(paragraph.number) and text.startswith(key[1])]
                label = mine.pop(begun[0]) if begun else "none"
                yield Sentence(
                    source["article"], text, label, paragraph.start + start in flags, bool(MODALS.search(text))
                )
        if mine:
            raise SystemExit(f"labels.csv: no sentence of {source['article']} begins as {sorted(mine)[0]} says")


def rates(chosen: list[Sentence], flags: list[bool]) -> tuple[int, int, int]:
    """Forecasts, flagged sentences, and how many are both."""
    true = [sentence.label == "stated" for sentence in chosen]
    return sum(true), sum(flags), sum(a and b for a, b in zip(true, flags, strict=True))


def line(name: str, counts: tuple[int, int, int]) -> str:
    """A row of the table in Markdown."""
    true, flagged, both = counts
    recall, precision = (f"{both / of:.2f}" if of else "" for of in (true, flagged))
    return f"| {name} | {true} | {flagged} | {recall} | {precision} |"


def main() -> None:
    """Print the table, and the sentences on which rules and reader differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--use", choices=("develop", "first test", "test"), default="develop")
    parser.add_argument("--implied", action="store_true", help="as polemos read --implied")
    parser.add_argument("--wrong", action="store_true", help="list the sentences on which rules and reader differ")
    asked = parser.parse_args()
    every = list(read(asked.use, implied=asked.implied))
    print("| text | forecasts | flagged | recall | precision |\n|---|---|---|---|---|")
    for name in dict.fromkeys(sentence.article for sentence in every):
        chosen = [sentence for sentence in every if sentence.article == name]
        print(line(name, rates(chosen, [sentence.flagged for sentence in chosen])))
    print(line(f"all {len(every)} sentences", rates(every, [sentence.flagged for sentence in every])))
    print(line("the same, by a list of modals", rates(every, [sentence.modal for sentence in every])))
    if asked.wrong:
        for sentence in every:
            if sentence.flagged != (sentence.label == "stated"):
                print(
                    "flagged" if sentence.flagged else "missed",
                    sentence.label,
                    sentence.article,
                    sentence.text,
                    sep="\t",
                )


if __name__ == "__main__":
    main()
