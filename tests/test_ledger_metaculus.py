"""Fifty questions in the shapes of Metaculus go in and out without loss; the questions are invented."""

from __future__ import annotations

import datetime
import json

import pytest

from polemos.ledger import metaculus, metaculus_export
from polemos.ledger import scores as scores
from polemos.ledger.chain import append, read
from polemos.ledger.columns import table
from polemos.ledger.distribution import points, spread_out
from polemos.ledger.entries import Range, entry
from polemos.ledger.entry_fields import LedgerError
from polemos.ledger.import_export import export_csv, export_lines, import_csv, import_lines
from polemos.ledger.register import register
from polemos.ledger.verify import verify

START = 1_577_880_000
"""Noon of 1 January 2020."""


def question(number: int, kind: str, **more):
    scaling = dict.fromkeys(("range_min", "range_max", "zero_point"))
    base = {
        "id": number,
        "title": f"Invented question {number}, é?",
        "description": "Background.\n\nWith a [link](https://example.org).",
        "created_at": "2019-12-22T04:14:45.479858Z",
        "open_time": "2020-01-01T07:00:00Z",
        "scheduled_resolve_time": "2021-01-06T14:00:00Z",
        "actual_resolve_time": None,
        "resolution_set_time": None,
        "scheduled_close_time": "2020-11-07T16:00:00Z",
        "actual_close_time": None,
        "type": kind,
        "options": None,
        "status": "open",
        "possibilities": {"type": kind},
        "resolution": None,
        "resolution_criteria": f"As the Gazette says of {number}.",
        "fine_print": "Corrections count.",
        "label": None,
        "open_upper_bound": None,
        "open_lower_bound": None,
        "scaling": scaling,
        "post_id": number,
        "aggregations": {"recency_weighted": {"history": [], "latest": None, "score_data": {}}},
        "my_forecasts": {"history": [], "latest": None, "score_data": {}},
    }
    return base | more


def history(*values, step=86_400.5):
    rows = [
        {
            "start_time": START + at * step,
            "end_time": START + (at + 1) * step if at + 1 < len(values) else None,
            "forecast_values": list(one),
            "interval_lower_bounds": None,
            "centers": None,
            "interval_upper_bounds": None,
        }
        for at, one in enumerate(values)
    ]
    return {"history": rows, "latest": rows[-1], "score_data": {}}


def post(number, **content):
    return {
        "id": number,
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "author_id": 7,
        "author_username": "somebody",
        "created_at": "2019-12-22T04:14:45.479858Z",
        "published_at": "2020-01-01T07:00:00Z",
        "comment_count": 12,
        "status": "open",
        "scheduled_close_time": "2020-11-07T16:00:00Z",
        "scheduled_resolve_time": "2021-01-06T14:00:00Z",
        "open_time": "2020-01-01T07:00:00Z",
        "nr_forecasters": 98,
    } | content


def done(resolution, **more):
    times = {"actual_resolve_time": "2020-12-01T09:30:00Z", "resolution_set_time": "2020-12-01T09:31:02.123456Z"}
    return {"resolution": resolution, "status": "resolved", "actual_close_time": "2020-11-07T16:00:00Z"} | times | more


def fifty():
    """Fifty questions: 15 binary, 10 numeric, 5 discrete, 10 multiple choice, and two groups of five."""
    found = []
    for n in range(15):
        answer = done(("yes", "no", "annulled", "ambiguous")[n % 4]) if n < 8 else {}
        mine = history([0.9, 0.1], [1 - n / 17, n / 17], [0.37, 0.63])
        found.append(post(100 + n, question=question(100 + n, "binary", my_forecasts=mine, **answer)))
    for n in range(15):
        kind, count = ("numeric", 200) if n < 10 else ("discrete", 12)
        scaling = {"range_min": 1.0 + n, "range_max": 1e6, "zero_point": 0.0 if n % 2 else None}
        scaling |= {"inbound_outcome_count": count, "open_lower_bound": n % 3 == 0, "open_upper_bound": n % 5 == 0}
        span = Range(
            low=scaling["range_min"], high=1e6, zero=scaling["zero_point"], points=count + 1,
            open_low=n % 3 == 0, open_high=n % 5 == 0,
        )  # fmt: skip
        cdf = spread_out(span, [0.1, 0.5, 0.9], [100.0, 1000.0 * (n + 1), 50_000.0])
        answer = done(("2500.5", "above_upper_bound", "below_lower_bound")[n % 3]) if n < 6 else {}
        more = {"scaling": scaling, "open_lower_bound": n % 3 == 0, "open_upper_bound": n % 5 == 0, "unit": "persons"}
        found.append(post(200 + n, question=question(200 + n, kind, my_forecasts=history(cdf), **more, **answer)))
    for n in range(10):
        options = ["Red", "Green", "Blue, or another"][: 2 + n % 2]
        values = [0.25] * (len(options) - 1)
        answer = done("Green") if n < 4 else {}
        mine = history([*values, 1 - sum(values)], [1 / len(options)] * len(options))
        more = {"options": options, "my_forecasts": mine}
        found.append(post(300 + n, question=question(300 + n, "multiple_choice", **more, **answer)))
    for n in range(2):
        inside = [
            question(400 + 10 * n + k, "binary", label=f"Town {k}", post_id=400 + n, my_forecasts=history([0.8, 0.2]))
            for k in range(5)
        ]
        group = {"id": 40 + n, "graph_type": "multiple_choice_graph", "group_variable": "Town", "questions": inside}
        group |= {"description": "All towns.", "resolution_criteria": "Each by itself.", "fine_print": ""}
        found.append(post(400 + n, group_of_questions=group))
    return found


COUNTS = ("comment_count", "nr_forecasters", "aggregations", "status", "score_data")
"""What is neither a question nor a forecast."""


def lost(before, after, path=""):
    """Where `after` does not say what `before` says."""
    if isinstance(before, dict):
        if not isinstance(after, dict):
            return [path]
        inner = [lost(value, after.get(name), f"{path}.{name}") for name, value in before.items() if name not in COUNTS]
        return [one for found in inner for one in found]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [one for at, (a, b) in enumerate(zip(before, after, strict=True)) for one in lost(a, b, f"{path}[{at}]")]
    return [] if before == after else [f"{path}: {before!r} is {after!r}"]


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    register(path, metaculus.read_posts({"results": fifty()}, "me").entries)
    return path


def test_fifty_questions_go_in_and_out_without_loss(full):
    before = fifty()
    assert sum(len(one.get("group_of_questions", {}).get("questions", [1])) for one in before) == 50
    assert len(table(full).asked) == 50
    assert verify(full).whole
    after = {one["id"]: one for one in json.loads(json.dumps(metaculus_export.posts(full)))}
    assert len(after) == len(before) == 42
    assert [fault for one in before for fault in lost(one, after[one["id"]])] == []


def test_what_went_out_comes_in_as_the_same_ledger(full, tmp_path):
    path = tmp_path / "again.sqlite"
    register(path, metaculus.read_posts(json.loads(json.dumps(metaculus_export.posts(full))), "me").entries)
    plain = [[one.entry.model_copy(update={"recorded": "", "of": None}) for one in read(file)] for file in (full, path)]
    assert len(plain[0]) > 80
    assert plain[0] == plain[1]
    # And a second time nothing is new.
    assert register(path, metaculus.read_posts(metaculus_export.posts(full), "me").entries) == []


def test_what_came_of_them_is_scored(full):
    there = table(full)
    rows, counts = scores.score(there)
    assert counts.annulled == 4
    # 4 of yes and no, 4 of options; numeric ones have quantiles.
    assert sum(row.questions for row in rows) == 8
    assert len(there.quantiles) == 15
    assert sum(came.choice == "above the range" for came in there.resolutions.values()) == 2


def test_questions_of_polemos_go_out_in_the_same_shape_and_come_back(tmp_path):
    path = tmp_path / "ledger.sqlite"
    closes, origin = "2020-06-01", "2020-01-01"
    who = {"id": "who", "text": "Who holds it?", "closes": closes, "options": ["a", "b"], "criteria": "By the record."}
    much = {"id": "much", "text": "How much?", "closes": closes, "unit": "persons", "range": {"low": 0, "high": 10}}
    yes = {"id": "yes", "text": "Is it?", "closes": closes, "scenario": "war", "terms": {"kind": "held", "by": ["a"]}}
    base = {"kind": "forecast", "owner": "me", "origin": origin}
    quantiles = {"levels": [0.25, 0.5, 0.75], "values": [1, 4, 9.5]}
    append(
        path,
        [
            entry(base | {"question": who, "choices": [0.3, 0.7], "note": "a hunch"}),
            entry(base | {"question": much, "quantiles": quantiles}),
            entry(base | {"question": yes, "probability": 0.1, "quantiles": quantiles}),
        ],
        now=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    )
    answer = {"kind": "resolution", "owner": "office", "question": who, "choice": "b", "settled": closes}
    append(path, [entry(answer | {"source": {"record": "war to 2020-06-01"}, "made": closes})])
    out = json.loads(json.dumps(metaculus_export.posts(path)))
    questions = [one["question"] for one in out]
    assert [one["type"] for one in questions] == ["multiple_choice", "numeric", "binary"]
    assert questions[0]["resolution"] == "b"
    cdf = questions[1]["my_forecasts"]["latest"]["forecast_values"]
    assert len(cdf) == 201
    assert cdf[80] == pytest.approx(0.5)
    assert points(Range(low=0, high=10))[80] == pytest.approx(4)
    other = tmp_path / "other.sqlite"
    register(other, metaculus.read_posts(out, "me").entries)
    dropped = {"recorded": "", "owner": ""}
    plain = [[one.entry.model_copy(update=dropped) for one in read(file)] for file in (path, other)]
    assert plain[0] == plain[1]


def test_a_payload_has_what_the_interface_takes_and_comes_back(full, tmp_path):
    out = json.loads(json.dumps(metaculus_export.payload(full)))
    by_number = {one["question"]: one for one in out}
    assert 100 not in by_number, "it is resolved"
    assert by_number[110]["probability_yes"] == 0.63
    assert by_number[304]["probability_yes_per_category"] == {"Red": 0.5, "Green": 0.5}
    assert len(by_number[207]["continuous_cdf"]) == 201
    assert all(sum(value is not None for value in list(one.values())[1:4]) == 1 for one in out)
    path = tmp_path / "copy.sqlite"
    import_lines(path, list(export_lines(full)))
    made = metaculus.read_payload(path, out, "other")
    assert [one.owner for one in made] == ["other"] * len(out)
    register(path, made)
    assert metaculus_export.payload(path, "other") == out
    with pytest.raises(LedgerError, match="no question 9; import its post first"):
        metaculus.read_payload(path, [{"question": 9, "probability_yes": 0.5}], "me")


def test_every_fault_of_a_file_is_told_at_once_and_the_rest_is_counted():
    wrong = question(1, "binary", my_forecasts=history([0.5, 1.5]))
    worse = question(2, "numeric")
    date = question(3, "date")
    with pytest.raises(LedgerError) as error:
        metaculus.read_posts([post(1, question=wrong), post(2, question=worse)], "me")
    lines = str(error.value).split("\n")
    assert len(lines) == 2
    assert "question 1: probability" in lines[0]
    assert "question 2: range.low" in lines[1]
    found = metaculus.read_posts([post(3, question=date), post(4, conditional={}), post(5)], "me")
    assert found.entries == []
    assert sum(found.left_out.values()) == 3


def test_prices_name_a_question_that_the_ledger_has(tmp_path):
    path = tmp_path / "ledger.sqlite"
    asked = {"id": "bridge", "text": "Is the bridge open?", "closes": "2020-12-01", "topic": "roads"}
    append(
        path,
        [entry({"kind": "forecast", "owner": "me", "question": asked, "origin": "2020-01-01", "probability": 0.5})],
    )
    prices = "date,question,price\n2020-02-01,bridge,0.61\n2020-02-02,Is the bridge open?,63%\n2020-02-03,bridge,0.63\n"
    added = import_csv(path, prices, owner="market")
    assert [one.entry.probability for one in added] == [0.61, 0.63, 0.63]
    assert {one.entry.question.topic for one in added} == {"roads"}
    assert [one.entry.kind for one in added] == ["forecast", "revision", "revision"]
    assert import_csv(path, prices, owner="market") == []
    other = tmp_path / "other.sqlite"
    import_csv(other, export_csv(path))
    assert export_csv(other) == export_csv(path)
    with pytest.raises(LedgerError, match="line 2: closes: when does the question close"):
        import_csv(path, "date,question,price\n2020-02-01,tunnel,0.61\n", owner="market")


def test_prices_of_options_are_one_forecast_a_day(tmp_path):
    path = tmp_path / "ledger.sqlite"
    asked = {"id": "who", "text": "Who?", "closes": "2020-12-01", "options": ["red", "blue"]}
    base = {"kind": "forecast", "owner": "me", "question": asked, "origin": "2020-01-01"}
    append(path, [entry(base | {"choices": [0.5, 0.5]})])
    prices = "date,question,option,price\n2020-02-01,who,blue,0.7\n2020-02-01,who,red,0.3\n"
    (one,) = import_csv(path, prices, owner="market")
    assert one.entry.choices == (0.3, 0.7)
    with pytest.raises(LedgerError, match="line 2: option: the question has none called 'green'"):
        import_csv(path, "date,question,option,price\n2020-02-01,who,green,0.7\n", owner="market")
    with pytest.raises(LedgerError, match="line 2: option: no row for red"):
        import_csv(path, "date,question,option,price\n2020-02-01,who,blue,0.7\n", owner="market")
    out = export_csv(path)
    assert out.split("\n")[0].endswith(",option")
    other = tmp_path / "other.sqlite"
    import_csv(other, out)
    assert export_csv(other) == out
