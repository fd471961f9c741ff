"""The labelled texts, and how much of their forecasts the rules find."""

import csv
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from polemos.article.draft import make_draft, ranked
from polemos.article.read_article import clean, read_article
from polemos.article.sentences import sentences
from polemos.names.gazetteer import gazetteer

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
    assert (whole, *counts) == (1097, 209, 86)


def test_texts_of_the_first_two_uses_alternate_by_date():
    sources = sorted(rows("sources.csv"), key=lambda row: row["written"])
    early = [row["use"] for row in sources if row["use"] in ("develop", "first test")]
    assert early == ["develop", "first test"] * 10
    assert [sum(row["use"] == use for row in sources) for use in ("test", "last test")] == [12, 16]


def measured(use):
    """Recall and precision that the tool prints for the texts of a use, over all sentences."""
    run = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "detection.py"), "--use", use], capture_output=True, text=True, check=True
    )
    (line,) = [line for line in run.stdout.splitlines() if "sentences" in line]
    return tuple(float(cell) for cell in line.split("|")[4:6])


@pytest.mark.parametrize(
    ("use", "recall", "precision"),
    [("develop", 0.97, 0.87), ("first test", 0.96, 0.81), ("test", 0.92, 0.54), ("last test", 0.84, 0.44)],
)
def test_rules_find_what_the_guide_says_they_find(use, recall, precision):
    now = measured(use)
    assert now == (recall, precision)
    guide = (ROOT / "docs" / "reading-an-article.md").read_text(encoding="utf-8")
    assert f"{recall:.2f} | {precision:.2f} |" in guide


@pytest.mark.slow
def test_weights_learnt_anew_are_those_that_ship(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("detection", ROOT / "tools" / "detection.py")
    detection = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "detection", detection)
    spec.loader.exec_module(detection)
    shipped = detection.WEIGHTS.read_text(encoding="utf-8")
    monkeypatch.setattr(detection, "WEIGHTS", tmp_path / "weights.csv")
    detection.fit()
    assert (tmp_path / "weights.csv").read_text(encoding="utf-8") == shipped


def test_more_likely_sentences_come_first():
    text = (
        "The rebels will lose the city before the winter.\n\n"
        "The commission will consider the question of the budget in the act that Congress may recommend to the states."
    )
    draft = make_draft(clean(text), gazetteer(None), file="x", implied=True)
    first, second = [candidate for candidate in ranked(draft.candidates) if candidate.kind == "forecast"]
    assert first.paragraph.number == 1
    assert first.likelihood > 0.9
    assert second.likelihood < 0.25
    shorter = make_draft(clean(text), gazetteer(None), file="x")
    assert [candidate.paragraph.number for candidate in shorter.candidates if candidate.kind == "forecast"] == [1]
