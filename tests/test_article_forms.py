"""The forms in which articles arrive: pages, messages, Markdown, text broken to a width; and what is warned of."""

from __future__ import annotations

import contextlib
import datetime
import importlib.util
import json
import textwrap
import time
from pathlib import Path

import pytest

from invented import ARTICLES, as_page
from polemos.article import extraction
from polemos.article.find_dates import find_dates
from polemos.article.read_article import clean, read_article
from polemos.article.reflow import in_columns, is_wrapped
from polemos.article.sentences import sentences
from polemos.article.webpage import ArticleError

FOUNDING = Path(__file__).parents[2] / "shared" / "articles" / "000_647f5e40dc1c0a35.txt"

TEXTS = [text for _, text in ARTICLES[0][1]]


@pytest.fixture(params=["library", "own rules"])
def reader(request, monkeypatch):
    """With the extra `read`, and without it."""
    if request.param == "own rules":
        monkeypatch.setattr(importlib.util, "find_spec", lambda name, package=None: None)
    return request.param


def read(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_article(path)


def test_a_page_in_one_form_keeps_its_article(reader, tmp_path):
    page = as_page(ARTICLES[0][1]).replace("<body>", "<body><form action='/'><input type='hidden' name='__VIEWSTATE'>")
    page = page.replace("</body>", "</form><form><p>We value your privacy.</p><button>Accept</button></form></body>")
    article = read(tmp_path, "page.aspx", page)
    assert [p.text for p in article.paragraphs][: len(TEXTS)] == TEXTS
    assert not any("__VIEWSTATE" in p.text for p in article.paragraphs)
    assert (extraction.MISSING in article.notes) == (reader == "own rules")


def test_text_that_a_page_keeps_in_its_data_is_read(reader):
    data = {"@graph": [{"@type": "NewsArticle", "articleBody": "\n\n".join(TEXTS), "datePublished": "2001-06-30"}]}
    page = f"<html><head><title>The bridge</title><script type='application/ld+json'>{json.dumps(data)}</script></head>"
    article = clean(page + "<body><div id='app'>Loading</div></body></html>")
    assert [p.text for p in article.paragraphs] == TEXTS
    assert article.date == datetime.date(2001, 6, 30)


def test_a_page_of_a_word_processor_is_read(reader, tmp_path):
    body = "".join(
        f"<p class=MsoNormal><span style='mso-ansi-language:EN'>{textwrap.fill(text, 70)}<o:p></o:p></span></p>"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        for text in TEXTS
    )
    page = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><meta charset=windows-1252><!--[if gte mso 9]>"
        "<xml><o:OfficeDocumentSettings></o:OfficeDocumentSettings></xml><![endif]--><style><!-- p.MsoNormal "
        f"{{margin:0cm;}} --></style></head><body lang=EN><div class=WordSection1>{body}</div></body></html>"
    )
    assert [p.text for p in read(tmp_path, "word.htm", page).paragraphs] == TEXTS


def test_a_saved_page_of_mhtml_is_read(reader, tmp_path):
    head = (
        "From: <Saved by Blink>\r\nSubject: The war on the river\r\nDate: Mon, 1 Jan 2024 10:00:00 -0000\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; '
        "charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    article = read(tmp_path, "page.mhtml", head + as_page(ARTICLES[0][1]) + "\r\n--b--\r\n")
    assert [p.text for p in article.paragraphs] == TEXTS
    assert article.date == datetime.date(2001, 6, 30)


def test_an_e_mail_is_read_without_its_head_its_quotes_and_its_signature(tmp_path):
    head = "From: A <a@example.org>\nSubject: Before the winter\nDate: Sat, 30 Jun 2001 08:00:00 +0000\n\n"
    body = "\n\n".join(textwrap.fill(text, 72) for text in TEXTS)
    article = read(tmp_path, "mail.eml", head + body + "\n\n> What do you think?\n> Will it fall?\n\n-- \nA. Nobody\n")
    assert [p.text for p in article.paragraphs] == TEXTS
    assert (article.title, article.date) == ("Before the winter", datetime.date(2001, 6, 30))
    assert "2 quoted lines of another message left out" in article.notes


def test_markdown_gives_its_front_matter_and_loses_its_marks(tmp_path):
    text = (
        '---\ntitle: "The bridge will hold"\ndate: 2001-06-30T08:00\ntags:\n  - war\n---\n\n# The bridge\n\n'
        "The **Guild** will [lose it](https://example.org/2027/01/the-bridge) soon.\n\n> It cannot hold.\n"
    )
    article = read(tmp_path, "a.md", text)
    assert (article.title, article.date) == ("The bridge will hold", datetime.date(2001, 6, 30))
    assert [(p.line, p.text) for p in article.paragraphs] == [
        (8, "The bridge"),
        (10, "The Guild will lose it soon."),
        (12, "It cannot hold."),
    ]


def test_years_in_addresses_are_no_horizons():
    written = datetime.date(2020, 1, 1)
    assert find_dates("See https://example.org/2027/01/05/x and www.example.org/2030 and a.org/2031/x.", written) == []
    assert len(find_dates("It falls in 2027 (https://example.org/2028).", written)) == 1


def test_rtf_is_refused_by_its_name(tmp_path):
    with pytest.raises(ArticleError, match="is an RTF, not HTML or text; save the article"):
        read(tmp_path, "a.rtf", b"{\\rtf1\\ansi It will fall.}")


def test_the_open_part_of_a_paid_article_is_warned_of(reader):
    page = "<html><body><article><p>{}</p><p>{}</p></article></body></html>"
    stub = clean(page.format(TEXTS[0], "Subscribe to continue reading this article."))
    assert any("for subscribers" in note for note in stub.notes)
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
    assert any("for subscribers" in note for note in clean("<html>" + data + page.format(*TEXTS[:2])).notes)
    assert not any("for subscribers" in note for note in clean(page.format(*TEXTS[:2])).notes)


def test_text_in_columns_is_warned_of():
    columns = [textwrap.wrap(" ".join(TEXTS), 24) for _ in range(3)]
    lines = [f"{a:28}{b:28}{c}" for a, b, c in zip(columns[0], columns[1][9:], columns[2][18:], strict=False)]
    assert in_columns(lines)
    assert any("in columns" in note for note in clean("\n".join(lines)).notes)
    assert not in_columns(TEXTS)


def test_a_page_without_a_date_gets_none_or_a_guess_that_is_told(reader):
    page = as_page(ARTICLES[1][1]).replace(
        '<meta property="article:published_time" content="2001-06-30T08:00:00Z">', ""
    )
    article = clean(page)
    assert (article.date is None) or any("is a guess" in note for note in article.notes)


@pytest.mark.parametrize(
    "body",
    [
        ("<div>" * 90 + "text" + "</div>" * 90) * 60,
        "<ul>" + "<li><a href='/x'>your story</a></li>" * 2_900 + "</ul>",
        "<p>" + "2001/" * 190_000,
        "<p>" + "a" * 900_000,
    ],
)
def test_pages_at_the_limits_take_seconds(body):
    began = time.process_time()
    with contextlib.suppress(ArticleError):
        clean("<html><body>" + body)
    assert time.process_time() - began < 6


# Text that was broken to a width


def whole(paragraphs, text):
    """How many sentences of paragraphs a text still has whole, once read."""
    article = clean(text)
    after = {p.text[a:b] for p in article.paragraphs for a, b in sentences(p.text)}
    before = [text[a:b] for text in paragraphs for a, b in sentences(text)]
    return sum(sentence in after for sentence in before), len(before)


@pytest.mark.parametrize("width", [60, 72, 80])
@pytest.mark.parametrize("parting", ["\n\n", "\n    "])
def test_wrapped_text_keeps_its_sentences(width, parting):
    text = parting.join(textwrap.fill(text, width) for text in TEXTS)
    count, of = whole(TEXTS, text)
    assert (count, of) == (19, 19)


@pytest.mark.skipif(not FOUNDING.exists(), reason="the founding article is not at hand")
def test_the_founding_article_when_wrapped_keeps_nine_sentences_in_ten():
    article = read_article(FOUNDING)
    assert (len(article.paragraphs), article.removed, article.notes) == (76, 17, ())
    texts = [p.text for p in article.paragraphs]
    count, of = whole(texts, article.title + "\n\n" + "\n\n".join(textwrap.fill(text, 80) for text in texts))
    assert count >= 0.9 * of


def test_words_that_a_line_broke_are_joined_and_compounds_keep_their_hyphen():
    text = (
        "The garrison of the upper fort with-\ndrew in the night, and the long-term con-\n"
        "tract with the salt traders was can-\ncelled before anybody had told the well-\n"
        "known merchants. The contract was a long-\nterm one, and they were known very well.\n"
    )
    (paragraph,) = clean(text).paragraphs
    assert "withdrew in the night, and the long-term contract with" in paragraph.text
    assert "cancelled before anybody had told the well-known merchants" in paragraph.text
    assert paragraph.text.endswith("a long-term one, and they were known very well.")
    assert paragraph.line == 1


def test_pages_of_a_print_part_no_sentence():
    lines = [line for text in TEXTS for line in [*textwrap.wrap(text, 60), ""]]
    printed = []
    for at, line in enumerate(lines):
        printed.append(line)
        if at % 9 == 4:
            printed += ["", str(at), "", "\fThe Invented Times, number " + str(at), ""]
    count, of = whole(TEXTS, "\n".join(printed))
    assert count >= 0.85 * of
    assert not any("Invented Times" in p.text for p in clean("\n".join(printed)).paragraphs)


def test_text_with_a_paragraph_in_a_line_is_left_as_it_is():
    assert not is_wrapped(TEXTS)
    assert not is_wrapped(["He came.", "He saw.", "He left.", "It ended.", "So what?", "Nothing."])
    assert [p.text for p in clean("\n".join(TEXTS)).paragraphs] == TEXTS
