"""Horizons, members, seeds and requests have upper ends that are told, at every way in; no request ends in a traceback.

Each case is at once: nothing is simulated, nothing large is made.
"""

from __future__ import annotations

import http.client
import json
import time

import numpy as np
import pytest
from typer.testing import CliRunner

from pages import serving
from polemos.app.run_pool import Hall
from polemos.app.state import StateError, plans, read
from polemos.cli.commands import app
from polemos.ensemble.config import RunConfig
from polemos.ensemble.plan import PlanError
from polemos.war.check import check
from polemos.war.war import load
from scenarios import put
from scenarios import tiny as write_tiny

DIGITS = "9" * 5000


@pytest.fixture(scope="module")
def war(tmp_path_factory):
    return load(write_tiny(tmp_path_factory.mktemp("war")))


@pytest.fixture(scope="module")
def server(war, tmp_path_factory):
    hall = Hall(war, threads=1)
    yield from serving(hall, war.path, tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def at_once():
    began = time.process_time()
    yield
    assert time.process_time() - began < 20


LINKS = {
    "to=9999-12-31": "the page goes to 2012-12-30",
    "to=2013-02-01": "the page goes to 2012-12-30",
    f"to={DIGITS}": "is not a day",
    f"members={DIGITS}": "write a whole number from 2 to 2000",
    "members=2001": "write a whole number from 2 to 2000",
    "members=\u0663\u0663\u0663\u0663": "write a whole number from 2 to 2000",
    f"seed={DIGITS}": "write a whole number from 0 to 9223372036854775807",
    "seed=9223372036854775808": "write a whole number from 0 to 9223372036854775807",
    f"origin={DIGITS}": "neither a day",
    "origin=99999999999999999999-01-01": "neither a day",
    "origin=NaT": "",
    f"probability={DIGITS}": "above 0 and at most 1",
    "probability=1e-400": "above 0 and at most 1",
    f"set=beta_t={DIGITS}": "",
    "set=" + "a." * 3900: "",
    "&".join(["set=beta_t%3D0"] * 700): "characters; at most 8,000 are read",
    "theory=" + "../" * 30: "no theory",
    "claim=%00": "no counterfactual",
    "with=%00": "",
}


@pytest.mark.parametrize("query", LINKS, ids=lambda query: query[:30])
def test_a_link_beyond_the_bounds_is_refused_in_a_sentence(war, query):
    with pytest.raises(StateError) as refused:
        plans(war, read(war, query))
    assert LINKS[query] in str(refused.value)
    assert len(str(refused.value)) < 2000


def asked(server, path, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.door.port, timeout=30)
    given = {"Cookie": f"{server.door.cookie}={server.door.token}", "Origin": f"http://127.0.0.1:{server.door.port}"}
    try:
        connection.request(method, path, body, given | headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("query", LINKS, ids=lambda query: query[:30])
@pytest.mark.parametrize("path", ["/levers?state=", "/run?tab=a&state=", "/replay?member=1&state="])
def test_the_server_answers_it_in_a_sentence(server, path, query):
    from urllib.parse import quote

    status, text = asked(server, path + quote(query))
    assert status in (200, 400)
    if path.startswith("/run") or status == 400:
        assert "error" in text
    assert "Traceback" not in text
    assert "went wrong" not in text


@pytest.mark.parametrize("member", [DIGITS, "-1", "1e3", "", "\u0663" * 12])
def test_a_member_there_is_not_is_refused(server, member):
    from urllib.parse import quote

    assert asked(server, f"/replay?state=members%3D2&member={quote(member)}")[0] == 400


BODIES = {
    "deep": b"[" * 19_000,
    "deep objects": b'{"a":' * 3_900,
    "digits": b'{"name": "a", "query": ' + DIGITS.encode() + b"}",
    "no text": b"\xff\xfe{",
    "a list": b"[1]",
    "nothing": b"",
    "one byte too many": b'{"name": "a", "query": "' + b"x" * 19_976 + b'"}',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_cannot_be_meant_is_refused(server, name):
    status, text = asked(server, "/presets", "POST", BODIES[name])
    assert status == 400
    assert json.loads(text)["error"]


@pytest.mark.parametrize("said", ["20001", "99999999999", DIGITS[:4000]])
def test_a_large_body_is_refused_before_it_is_read(server, said):
    status, _ = asked(server, "/presets", "POST", None, **{"Content-Length": said})
    assert status == 400


def test_a_body_without_a_length_is_read_up_to_the_bound(server):
    def endless():
        for _ in range(100):
            yield b"x" * 1000

    status, text = asked(server, "/presets", "POST", endless())
    assert (status, "20,000 bytes" in text) == (400, True)


OPTIONS = [
    (["--to", "9999-12-31"], "more than 200 years after the origin"),
    (["--to", DIGITS], "is not a day"),
    (["--to", "99999-01-01"], "is not a day"),
    (["--origin", DIGITS], "neither a day"),
    (["--members", "10000001"], "10000000"),
    (["--members", DIGITS], "members"),
    (["--seed", str(2**63)], "seed"),
    (["--seed", "-1"], "seed"),
    (["--seed", DIGITS], "seed"),
]


@pytest.mark.parametrize(("words", "said"), OPTIONS, ids=lambda case: " ".join(case)[:30])
def test_the_command_line_refuses_what_is_beyond_the_bounds(war, words, said, tmp_path):
    given = ["run", str(war.path), "--members", "2", "--keep", "none", "--out", str(tmp_path / "page.html"), *words]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert said in done.output
    assert len(done.output) < 7000
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "more",
    [
        {"until": "9999-12-31"},
        {"until": np.datetime64("2300-01-01")},
        {"until": "soon"},
        {"until": "NaT"},
        {"members": 10_000_001},
        {"members": 10**5000},
        {"members": 0},
        {"seed": -1},
        {"seed": 2**63},
        {"seed": 10**5000},
        {"origin": DIGITS},
        {"origin": "NaT"},
    ],
    ids=lambda more: str(list(more)),
)
def test_python_refuses_what_is_beyond_the_bounds(war, more):
    with pytest.raises(PlanError):
        war.plan(RunConfig(**{"members": 2} | more))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("end: 2003-01-01", "end: 2999-01-01", "scenario.yaml:4:end: a record from 2001-01-01 to 2999-01-01"),
        ("run_to: 2002-12-31", "run_to: 9999-12-31", "scenario.yaml:8:run_to: 9999-12-31 lies more than 200 years"),
        ("end: 2003-01-01", f"end: {DIGITS}", "scenario.yaml:4:end: "),
        ("field_share: 0.8", f"field_share: {DIGITS}", "scenario.yaml:11:"),
    ],
)
def test_a_scenario_refuses_what_is_beyond_the_bounds(tiny, old, new, said):
    put(tiny, "scenario.yaml", old, new)
    (line,) = [str(problem) for problem in check(tiny) if str(problem).startswith(said)]
    assert len(line) < 200
