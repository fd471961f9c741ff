"""The labelled texts, and how much of their forecasts the rules find."""

import csv
from pathlib import Path

from polemos.argument.article import read_article
from polemos.argument.sentences import sentences

FOLDER = Path(__file__).parent / "data" / "articles"


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
    assert (whole, *counts) == (516, 132, 38)


def test_half_of_the_texts_are_kept_for_the_test():
    sources = sorted(rows("sources.csv"), key=lambda row: row["written"])
    assert [row["half"] for row in sources] == ["develop", "test"] * 10
