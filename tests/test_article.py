"""Pages and scraped texts to paragraphs: residue goes, prose stays, hostile input gets a clear answer."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invented import ARTICLES, PROSE, RESIDUE, as_page, as_text
from polemos.article import read_article as article_reader
from polemos.article import webpage
from polemos.article.read_article import clean, read_article
from polemos.article.residue import is_residue
from polemos.article.sentences import sentences
from polemos.article.webpage import ArticleError


@pytest.mark.parametrize("line", RESIDUE)
def test_residue_is_told(line):
    assert is_residue(" ".join(line.split()))


@pytest.mark.parametrize("line", PROSE)
def test_prose_is_kept(line):
    assert not is_residue(line)


@pytest.mark.parametrize(("name", "paragraphs"), ARTICLES)
def test_scraped_text_keeps_every_paragraph_and_no_residue(name, paragraphs):
    found = clean(as_text(paragraphs))
    assert found.title == "The war on the river"
    assert [p.text for p in found.paragraphs] == [text for _, text in paragraphs]
    # Two lines of residue for every third paragraph, and the two of the footer.
    assert found.removed == 2 * sum(at % 3 == 1 for at in range(len(paragraphs))) + 2


@pytest.mark.parametrize(("name", "paragraphs"), ARTICLES)
def test_page_gives_the_same_paragraphs_and_its_date(name, paragraphs):
    found = clean(as_page(paragraphs))
    assert [p.text for p in found.paragraphs] == [text for _, text in paragraphs]
    assert found.title == "The war on the river"
    assert found.date == datetime.date(2001, 6, 30)


def test_offsets_lines_and_hashes_lead_back_to_the_text():
    raw = as_text(ARTICLES[0][1])
    found = clean(raw)
    for paragraph in found.paragraphs:
        assert found.text[paragraph.start : paragraph.start + len(paragraph.text)] == paragraph.text
        assert raw.split("\n")[paragraph.line - 1] == paragraph.text
        assert paragraph.sha256 == hashlib.sha256(paragraph.text.encode()).hexdigest()
    assert [p.number for p in found.paragraphs] == list(range(1, len(found.paragraphs) + 1))


def test_title_only_where_the_first_line_is_one():
    assert clean("It began in May.\n\nIt ended in June.").title == ""
    assert clean("How it began\n\nIt began in May.\n\nIt ended in June.").title == "How it began"


def test_a_five_megabyte_page_takes_less_than_two_seconds(tmp_path):
    paragraph = (
        "<p>The garrison of <b>Birkat</b> will fall before the winter, since nobody can feed it from the sea.</p>\n"
    )
    path = tmp_path / "long.html"
    path.write_text(
        "<html><body>" + "<div class='ad'><span>x</span></div>" * 20_000 + paragraph * 42_000 + "</body></html>"
    )
    assert path.stat().st_size > 5_000_000
    began = time.process_time()
    found = read_article(path)
    assert time.process_time() - began < 2
    assert len(found.paragraphs) == webpage.MOST
    assert any("cut at 1,500 paragraphs" in note for note in found.notes)


def test_a_page_nested_a_hundred_thousand_deep_is_refused(tmp_path):
    path = tmp_path / "deep.html"
    path.write_text("<html><body>" + "<div>" * 100_000 + "<p>text</p>")
    began = time.process_time()
    with pytest.raises(ArticleError, match="nests 100,000 elements, more than the 2,000"):
        read_article(path)
    assert time.process_time() - began < 1


def test_a_page_of_too_many_tags_is_refused():
    began = time.process_time()
    with pytest.raises(ArticleError, match="1,500,000 tags, more than the 1,000,000"):
        clean("<p>x" * 1_500_000)
    assert time.process_time() - began < 1


def test_a_flood_of_attributes_is_cut_at_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(article_reader, "LARGEST", 3_000_000)
    path = tmp_path / "wide.html"
    with path.open("w") as file:
        file.write("<html><body><p>The bridge will be held until the spring.</p><p ")
        for at in range(400_000):
            file.write(f'a{at}="x" ')
        file.write(">after</p></body></html>")
    began = time.process_time()
    found = read_article(path)
    assert time.process_time() - began < 2
    assert [p.text for p in found.paragraphs] == ["The bridge will be held until the spring."]
    assert "cut at 3,000,000 bytes" in found.notes


def test_many_attributes_within_the_limit_are_dropped():
    wide = " ".join(f'a{at}="x"' for at in range(50_000))
    began = time.process_time()
    found = clean(f"<html><body><p {wide}>The bridge will be held until the spring.</p></body></html>")
    assert time.process_time() - began < 2
    assert found.paragraphs[0].text == "The bridge will be held until the spring."


def test_scripts_in_titles_are_no_title():
    page = (
        "<html><head><title><script>alert(1)</script>The <b>ford</b></title></head><body><p>It will be held.</p></body>"
    )
    assert clean(page).title == "The ford"
    assert "alert" not in clean("<title><script>alert('x');</script></title><p>It will be held by noon.</p>").title


def test_invisible_and_direction_turning_characters_go_and_are_told():
    found = clean("It will\u202e fall\u2066 in\u0000 May\u200b, said\ufeff the captain.")
    assert found.paragraphs[0].text == "It will fall in May, said the captain."
    assert "5 control or invisible characters taken out" in found.notes


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.4 x", "is a PDF"),
        (b"PK\x03\x04rest", "is a zip"),
        (b"", "no paragraph is left"),
        (b"<html><body></body></html>", "no paragraph is left"),
        (b"\x00\x00\x00", "no paragraph is left"),
    ],
)
def test_what_is_no_article_gets_a_clear_answer(tmp_path, data, what):
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(ArticleError, match=what):
        read_article(path)


def test_missing_files_and_folders_get_a_clear_answer(tmp_path):
    with pytest.raises(ArticleError, match="cannot be read"):
        read_article(tmp_path / "none.txt")
    with pytest.raises(ArticleError, match="is a folder"):
        read_article(tmp_path)


def test_other_encodings_are_read_and_told(tmp_path):
    path = tmp_path / "old.txt"
    path.write_bytes("The café at Sévrac will close when the army goes.".encode("cp1252"))
    found = read_article(path)
    assert "café at Sévrac" in found.paragraphs[0].text
    assert found.notes == ("not UTF-8: read as cp1252",)


def test_other_languages_are_told():
    found = clean(
        "Die Stadt wird vor dem Winter fallen, weil niemand sie vom Meer aus versorgen kann und niemand es will."
    )
    assert any("English" in note for note in found.notes)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text):
    try:
        found = clean(text)
    except ArticleError:
        return
    for paragraph in found.paragraphs:
        assert found.text[paragraph.start : paragraph.start + len(paragraph.text)] == paragraph.text
        spans = list(sentences(paragraph.text))
        assert all(a < b for a, b in spans)
        assert all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))


def test_sentences_end_where_they_end():
    text = 'He met Gen. Osrik. "They fell." The U.S. army, i.e. the force, left at 5 p.m. on Friday. What next? Nothing'
    assert [text[a:b] for a, b in sentences(text)] == [
        "He met Gen. Osrik.",
        '"They fell."',
        "The U.S. army, i.e. the force, left at 5 p.m. on Friday.",
        "What next?",
        "Nothing",
    ]
