"""The labelled texts, and how much of their forecasts the rules find."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from polemos.article.read_article import read_article
from polemos.article.sentences import sentences

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "data" / "articles"


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_label_is_of_one_sentence():
    labels = rows("labels.csv")
    whole = 0
    for source in rows("sources.csv"):
        article = read_article(FOLDER / f"{source['article']}.txt")
        texts = [
            (str(paragraph.number), paragraph.text[start:end])
            for paragraph in article.paragraphs
            for start, end in sentences(paragraph.text)
        ]
        whole += len(texts)
        for row in labels:
            if row["article"] == source["article"]:
                begun = [of for of, text in texts if of == row["paragraph"] and text.startswith(row["begins"])]
                assert len(begun) == 1, row
    counts = [sum(row["forecast"] == label for row in labels) for label in ("stated", "implied")]
    assert (whole, *counts) == (763, 171, 57)


def test_texts_of_the_first_two_uses_alternate_by_date():
    sources = sorted(rows("sources.csv"), key=lambda row: row["written"])
    assert [row["use"] for row in sources if row["use"] != "test"] == ["develop", "first test"] * 10
    assert sum(row["use"] == "test" for row in sources) == 12


def measured(use):
    """Recall and precision that the tool prints for the texts of a use, over all sentences."""
    run = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "detection.py"), "--use", use], capture_output=True, text=True, check=True
    )
    (line,) = [line for line in run.stdout.splitlines() if "sentences" in line]
    return tuple(float(cell) for cell in line.split("|")[4:6])


@pytest.mark.parametrize(
    ("use", "recall", "precision"), [("develop", 0.97, 0.82), ("first test", 0.98, 0.78), ("test", 0.92, 0.49)]
)
def test_rules_find_what_the_guide_says_they_find(use, recall, precision):
    now = measured(use)
    assert now == (recall, precision)
    guide = (ROOT / "docs" / "reading-an-article.md").read_text(encoding="utf-8")
    assert f"{recall:.2f} | {precision:.2f} |" in guide
