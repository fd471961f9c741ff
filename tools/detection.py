"""How many forecasts of labelled texts the rules find: python tools/detection.py [--use test] [--wrong].

The texts and a reader's labels are in tests/data/articles/ (README.md there says what counts as a forecast). A row is a
text: recall is the share of its forecasts that the draft of `polemos read` flags, precision the share of the flagged
sentences that are forecasts. The last rows are all sentences together, and beside them every sentence with will, would,
may, might, could, shall, likely, unlikely or probably. `--wrong` lists the sentences on which rules and reader differ.
`--fit` learns the weights of `polemos.article.likelihood` on all texts but those of `last test`, and prints how well
each text is ranked by weights learnt on the other texts.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polemos.article import likelihood
from polemos.article.confidence_words import read_hedges
from polemos.article.draft import make_draft
from polemos.article.read_article import read_article
from polemos.article.sentences import sentences
from polemos.names.gazetteer import gazetteer

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "data" / "articles"
WEIGHTS = Path(likelihood.__file__).with_name("forecast_weights.csv")
LEARNT_ON = ("develop", "first test", "test")
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


RECALLS = (0.5, 0.7, 0.85)


def precision_at(true: np.ndarray, scores: np.ndarray, recall: float) -> float:
    """Precision of the fewest sentences, the likeliest first, that hold this share of the forecasts."""
    order = np.argsort(-scores, kind="stable")
    both = np.cumsum(true[order])
    last = int(np.argmax(both >= recall * true.sum()))
    return float(both[last] / (last + 1))


def precisions(true: np.ndarray, scores: np.ndarray) -> str:
    """Precision at each recall of `RECALLS`, as cells of a table."""
    return " | ".join(f"{precision_at(true, scores, recall):.2f}" for recall in RECALLS)


def scores_of(chosen: list[Sentence]) -> np.ndarray:
    """How likely the shipped weights call each sentence a forecast."""
    return np.array([likelihood.likelihood(sentence.text, read_hedges(sentence.text)) for sentence in chosen])


def fit(strength: float = 0.5) -> None:
    """Learn the weights on the texts that are not kept apart, and write them."""
    from sklearn.linear_model import LogisticRegression

    chosen = [(use, sentence) for use in LEARNT_ON for sentence in read(use)]
    rows_of = [likelihood.traits(sentence.text, read_hedges(sentence.text)) for _, sentence in chosen]
    table = np.array([list(row.values()) for row in rows_of])
    true = np.array([sentence.label == "stated" for _, sentence in chosen])
    article = np.array([sentence.article for _, sentence in chosen])
    uses = np.array([use for use, _ in chosen])

    def learnt(rows: np.ndarray) -> Any:
        return LogisticRegression(C=strength, solver="liblinear").fit(table[rows], true[rows])

    left_out = np.zeros(len(true))
    for name in np.unique(article):
        left_out[article == name] = learnt(article != name).predict_proba(table[article == name])[:, 1]
    heads = " | ".join(f"precision at recall {recall}" for recall in RECALLS)
    print(f"| texts, each ranked by weights learnt on the others | {heads} |\n|---|{'---|' * len(RECALLS)}")
    for use in LEARNT_ON:
        print(f"| {use} | {precisions(true[uses == use], left_out[uses == use])} |")
    print(f"| all | {precisions(true, left_out)} |")
    whole = learnt(np.ones(len(true), dtype=bool))
    with WEIGHTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("trait", "weight"))
        writer.writerow(("constant", f"{whole.intercept_[0]:.3f}"))
        writer.writerows((name, f"{weight:.3f}") for name, weight in zip(rows_of[0], whole.coef_[0], strict=True))


def main() -> None:
    """Print the table, and the sentences on which rules and reader differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--use", choices=("develop", "first test", "test", "last test"), default="develop")
    parser.add_argument("--implied", action="store_true", help="as polemos read --implied")
    parser.add_argument("--wrong", action="store_true", help="list the sentences on which rules and reader differ")
    parser.add_argument("--fit", action="store_true", help="learn the weights that rank sentences, and write them")
    asked = parser.parse_args()
    if asked.fit:
        fit()
        return
    every = list(read(asked.use, implied=asked.implied))
    print("| text | forecasts | flagged | recall | precision |\n|---|---|---|---|---|")
    for name in dict.fromkeys(sentence.article for sentence in every):
        chosen = [sentence for sentence in every if sentence.article == name]
        print(line(name, rates(chosen, [sentence.flagged for sentence in chosen])))
    print(line(f"all {len(every)} sentences", rates(every, [sentence.flagged for sentence in every])))
    print(line("the same, by a list of modals", rates(every, [sentence.modal for sentence in every])))
    true = np.array([sentence.label == "stated" for sentence in every])
    heads = ", ".join(map(str, RECALLS))
    print(f"| the likeliest first, precision at recall {heads} | {precisions(true, scores_of(every))} |")
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
