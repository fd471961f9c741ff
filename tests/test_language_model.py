"""A language model goes over a draft: a small real server answers as such models do, seldom just as asked."""

from __future__ import annotations

import http.server
import json
import re
import socket
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from invented import ARTICLES, WRITTEN, as_text
from polemos.argument.draft_status import DRAFT
from polemos.argument.load import inspect_argument
from polemos.article.chat_completion import EndpointError
from polemos.article.claims_in_answer import claims_in
from polemos.article.draft import make_draft, ranked
from polemos.article.draft_file import as_records, as_yaml
from polemos.article.language_model import copies, find_quote, pieces, refine
from polemos.article.read_article import clean
from polemos.cli.commands import app
from polemos.names.gazetteer import gazetteer

runner = CliRunner()
TEXT = "The river war\n\n" + as_text(ARTICLES[0][1])


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Answers what the server's `answers` gives for a question; keeps what was asked."""

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.questions.append((self.path, question, self.headers.get("Authorization")))
        status, body = self.server.answers(question)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture
def endpoint():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.questions = []
    server.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def draft():
    return make_draft(clean(TEXT), gazetteer(None), file="a.txt", date=WRITTEN)


def completion(content):
    """A chat completion with this content."""
    return 200, json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def always(answer):
    return lambda question: answer


def first(draft):
    return next(candidate for candidate in draft.candidates if candidate.id == "P1")


def filled(draft, name="text"):
    """A field of the first forecast, as the draft has it."""
    return next(record for record in as_records(draft) if record["id"] == "P1").get(name, "")


def claim(draft, **fields):
    return {"id": "P1", "paragraph": first(draft).paragraph.number, "text": "the place gives up"} | fields


GOOD = {"low": 0.7, "mid": 0.8, "high": 0.9}

IMPERFECT = {
    "a fence": lambda c: "```json\n" + json.dumps({"claims": [c]}) + "\n```",
    "prose around": lambda c: f"Sure! Here it is: {json.dumps({'claims': [c]})} I hope that {{this}} helps.",
    "a thought": lambda c: '<think>Is {"claims": [{}]} enough? No.</think>\n' + json.dumps({"claims": [c]}),
    "a thought without an end first": lambda c: json.dumps({"claims": [c]}) + "<think>done?",
    "nulls": lambda c: json.dumps({"claims": [c | {"kind": None, "strict": None, "quote": None}]}),
    "a list alone": lambda c: json.dumps([c]),
    "one claim alone": lambda c: json.dumps(c),
    "cut off": lambda c: json.dumps({"claims": [c, c]})[:-40],
    "commas at the end": lambda c: json.dumps({"claims": [c]})[:-3] + ",},],}",
    "keys of its own": lambda c: json.dumps({"claims": [c | {"confidence": "high", "why": ["x"]}], "notes": 1}),
    "numbers as text": lambda c: json.dumps({"claims": [c | {"paragraph": str(c["paragraph"])}]}),
    "per cent": lambda c: json.dumps({"claims": [c | {"coding": {"low": "70%", "mid": 80, "high": 90}}]}),
    "a coding in a list": lambda c: json.dumps({"claims": [c | {"coding": [0.7, 0.8, 0.9]}]}),
    "a coding that falls": lambda c: json.dumps({"claims": [c | {"coding": {"low": 0.9, "mid": 0.5, "high": 0.1}}]}),
    "a kind in capitals": lambda c: json.dumps({"claims": [c | {"kind": "Forecasts"}]}),
    "parts": lambda c: [{"type": "text", "text": '{"claims": ['}, {"type": "text", "text": json.dumps(c) + "]}"}],
    "words in a list": lambda c: json.dumps({"claims": [c | {"words": ["will", "soon"]}]}),
    "a claim that is none": lambda c: json.dumps({"claims": ["nonsense", 3, {"text": "x"}, c]}),
}
"""How models answer, by what is imperfect."""


@pytest.mark.parametrize("how", IMPERFECT)
def test_an_imperfect_answer_is_used(draft, endpoint, how):
    endpoint.answers = always(completion(IMPERFECT[how](claim(draft))))
    better = refine(draft, endpoint.url, "small")
    assert filled(better) == "the place gives up", better.notes
    assert len(better.candidates) == len(draft.candidates)
    for record in as_records(better):
        DRAFT.validate_python({name: value for name, value in record.items() if value not in ("", None)})


def test_a_coding_is_read_in_three_forms_and_a_faulty_one_costs_itself_alone(draft, endpoint):
    for how in ("per cent", "a coding in a list"):
        endpoint.answers = always(completion(IMPERFECT[how](claim(draft))))
        assert filled(refine(draft, endpoint.url, "small"), "coding") == GOOD
    endpoint.answers = always(completion(IMPERFECT["a coding that falls"](claim(draft))))
    better = refine(draft, endpoint.url, "small")
    assert filled(better, "coding") == filled(draft, "coding")
    assert "language model, 1 claim dropped: its `coding` could not be read (the rest was kept)" in better.notes


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ((500, b"no"), "answers 500"),
        ((401, b"who?"), "answers 401"),
        ((302, b""), "answers 302"),
        ((200, b"not json"), "no chat completion"),
        ((200, b'{"choices": []}'), "no chat completion"),
        ((200, b"[" * 100_000), "no chat completion"),
        ((200, b" " * 2_000_001), "more than 2,000,000 bytes"),
        (completion("I am sorry, I cannot help with that."), "no JSON of claims"),
        (completion(None), "no JSON of claims"),
        (completion(""), "no JSON of claims"),
        (completion("[1]"), "no JSON of claims"),
        (completion("{" * 5_000), "no JSON of claims"),
        (completion("<think>" + "and " * 5_000), "no JSON of claims"),
    ],
)
def test_whatever_fails_the_draft_of_the_rules_stays_and_says_so(draft, endpoint, answer, what):
    endpoint.answers = always(answer)
    better = refine(draft, endpoint.url, "small")
    assert better.candidates == draft.candidates
    assert any(what in note for note in better.notes)


def test_endpoints_that_are_not_there(draft):
    better = refine(draft, "http://127.0.0.1:9/v1", "small", timeout=2)
    assert better.candidates == draft.candidates
    assert any("cannot be asked" in note for note in better.notes)
    with pytest.raises(EndpointError, match="is no address"):
        refine(draft, "file:///etc/hosts", "small")
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        better = refine(draft, f"http://127.0.0.1:{deaf.getsockname()[1]}", "small", timeout=0.3)
    assert any("timed out" in note for note in better.notes)


def test_what_is_asked(draft, endpoint, monkeypatch):
    monkeypatch.setenv("POLEMOS_LLM_KEY", "k")
    endpoint.answers = always(completion('{"claims": []}'))
    refine(draft, endpoint.url, "small")
    path, question, key = endpoint.questions[0]
    assert (path, question["model"], key) == ("/v1/chat/completions", "small", "Bearer k")
    assert "temperature" not in question
    schema = question["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["claims"]["items"] == {"$ref": "#/$defs/claim"}
    asked = question["messages"][1]["content"]
    assert asked.startswith(f"Title: The river war\nDay: {WRITTEN}\n")
    assert "[1] " in asked


def test_an_endpoint_that_knows_no_schema_is_asked_without(draft, endpoint):
    good = completion(json.dumps({"claims": [claim(draft)]}))
    endpoint.answers = lambda question: (400, b"what?") if "response_format" in question else good
    assert filled(refine(draft, endpoint.url, "small")) == "the place gives up"


def numbers(question):
    """The paragraphs that a question holds."""
    return [int(number) for number in re.findall(r"^\[(\d+)\] ", question["messages"][1]["content"], re.M)]


def test_a_long_article_goes_in_pieces_that_fit(draft, endpoint):
    endpoint.answers = always(completion('{"claims": []}'))
    refine(draft, endpoint.url, "small", context=2_000)
    sent = [numbers(question) for _, question, _ in endpoint.questions]
    assert len(sent) == len(list(pieces(draft, 2_000))) > 1
    assert [number for mine in sent for number in mine] == [paragraph.number for paragraph in draft.article.paragraphs]
    assert all(len(json.dumps(question["messages"])) / 3 < 2_000 for _, question, _ in endpoint.questions)


def test_a_question_too_long_for_the_model_goes_in_halves(draft, endpoint):
    def answers(question):
        mine = numbers(question)
        if len(mine) > 3:
            return 400, b"context length exceeded"
        fields = [claim(draft)] if first(draft).paragraph.number in mine else []
        return completion(json.dumps({"claims": fields}))

    endpoint.answers = answers
    better = refine(draft, endpoint.url, "small", context=100_000)
    assert filled(better) == "the place gives up"
    done = [
        number for _, question, _ in endpoint.questions if len(numbers(question)) <= 3 for number in numbers(question)
    ]
    assert sorted(done) == [paragraph.number for paragraph in draft.article.paragraphs]


def test_a_piece_that_fails_costs_itself_alone(draft, endpoint):
    last = draft.article.paragraphs[-1].number

    def answers(question):
        mine = numbers(question)
        if last in mine:
            return 500, b"no"
        fields = [claim(draft)] if first(draft).paragraph.number in mine else []
        return completion(json.dumps({"claims": fields}))

    endpoint.answers = answers
    better = refine(draft, endpoint.url, "small", context=2_000)
    assert filled(better) == "the place gives up"
    assert next(note for note in better.notes if "answers 500" in note).startswith("language model, paragraph")


def test_claims_are_filled_in_added_and_rejected_and_what_is_unsound_is_dropped(draft, endpoint):
    second = next(candidate for candidate in draft.candidates if candidate.id == "P2")
    bread = next(p.number for p in draft.article.paragraphs if "bread was cheap" in p.text)
    endpoint.answers = always(
        completion(
            json.dumps(
                {
                    "claims": [
                        claim(draft, coding=GOOD, owner="author"),
                        {"id": "P2", "paragraph": second.paragraph.number, "reject": "a promise"},
                        {"paragraph": bread, "kind": "fact", "quote": "“Bread  was cheap”", "text": "Food cost little"},
                        {"paragraph": bread, "kind": "fact", "quote": "bread was cheap", "text": "Again"},
                        {"paragraph": bread, "kind": "fact", "quote": "words that are not there"},
                        {"paragraph": 999, "kind": "forecast", "text": "of nowhere"},
                        {"id": "P77", "paragraph": 1, "text": "no such id"},
                        {"id": "P1", "paragraph": first(draft).paragraph.number + 1, "text": "another paragraph"},
                    ]
                }
            )
        )
    )
    better = refine(draft, endpoint.url, "small")
    records = {record["id"]: record for record in as_records(better)}
    assert records["P1"]["found"]["refined"] == ["coding", "owner", "text"]
    assert records["P1"]["coding"] == GOOD
    new = records[f"F{sum(c.kind == 'fact' for c in draft.candidates) + 1}"]
    assert better.article.text[new["found"]["start"] : new["found"]["end"]] == "bread was cheap"
    assert new["found"]["refined"] == ["kind", "text"]
    assert len(records) == len(draft.candidates) + 1
    assert records["P2"]["reject"] == "a promise"
    assert ranked(better.candidates)[-1].id == "P2"
    for why in ("of a paragraph that does not exist", "in the draft already", "a quote that is not in its paragraph"):
        assert any(note.startswith("language model, 1 claim dropped: ") and why in note for note in better.notes)
    assert any("2 claims dropped: with an id that the draft does not have there" in note for note in better.notes)


def test_a_rejected_claim_wants_nothing_more_of_the_person(draft, endpoint, tmp_path):
    endpoint.answers = always(completion(json.dumps({"claims": [claim(draft, text=None, reject=True)]})))
    path = tmp_path / "argument.yaml"
    path.write_text(as_yaml(refine(draft, endpoint.url, "small")))
    problems = inspect_argument(path)[1]
    assert not [problem for problem in problems if problem.field.startswith("P1.")]
    assert any("1 rejected" in problem.what for problem in problems)


def test_a_paraphrase_that_copies_is_dropped(draft, endpoint):
    copied = claim(draft, text=first(draft).paragraph.text[:90])
    endpoint.answers = always(completion(json.dumps({"claims": [copied]})))
    assert filled(refine(draft, endpoint.url, "small")) == ""
    assert copies("a b c d e f g h", "x A b, c d e f g h y")
    assert not copies("a b c d e f g", "x a b c d e f g y")


def test_a_quote_is_found_whatever_its_marks():
    assert find_quote('it won\'t "hold" – ever', "He says it won’t “hold” — ever.") == (8, 30)
    assert find_quote("", "abc") == (0, 3)
    assert find_quote("xyz", "abc") is None


def test_claims_are_found_in_the_text_of_an_answer():
    assert claims_in('x {"a": 1} {"claims": [{"paragraph": 1}]}') == [{"paragraph": 1}]
    assert claims_in('{"claims": [{"paragraph": 1}, {"paragraph": 2}, {"para') == [{"paragraph": 1}, {"paragraph": 2}]
    assert claims_in('{"claims": []}') == []
    assert claims_in("{}") is None


def test_read_asks_a_language_model_and_keeps_the_draft_where_there_is_none(tmp_path, endpoint, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT)
    endpoint.answers = lambda question: completion(
        json.dumps({"claims": [{"id": "P1", "paragraph": numbers(question)[0], "text": "x"}]})
    )
    done = runner.invoke(
        app, ["read", "a.txt", "--llm", endpoint.url, "--model", "small", "--context", "2000", "--json"]
    )
    assert done.exit_code == 0, done.output
    assert len(endpoint.questions) > 1
    done = runner.invoke(app, ["read", "a.txt", "--llm", "http://127.0.0.1:9/v1"])
    assert done.exit_code == 0, done.output
    assert "cannot be asked" in " ".join(done.output.split())
    assert Path("argument.yaml").exists()
    done = runner.invoke(app, ["read", "a.txt", "--out", "b.yaml", "--llm", "ftp://x"])
    assert done.exit_code == 2
    assert "is no address" in done.output
