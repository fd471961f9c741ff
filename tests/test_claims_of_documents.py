"""Each claim of SECURITY.md, limits.md, ledger.md and reliability.md has a test that would fail if it were false.

`claims.CLAIMS` has the sentences of the first three with their tests: a sentence that is added without one fails here.
The tests below hold those that no other test does, and begin with the words of the sentence.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import binom
from typer.testing import CliRunner

from claims import CLAIMS, SECTIONS
from polemos.app.access import LOOPBACK
from polemos.argument.claims import Claim
from polemos.cli.commands import app
from polemos.cli.serve import serve
from polemos.model import engine, processes
from polemos.record.world import TRUCE, WAR
from polemos.scenario.attributes import ATTRIBUTES
from polemos.war.war import load
from scenarios import put, rows, save
from test_hostile import BROKEN

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "polemos"
EVERY = [processes.load(name) for name in processes.names()]
HERE = "test_claims_of_documents"


def sentences(document: str) -> list[str]:
    """The sentences of a document as plain lines, without headings and blocks."""
    text = re.sub(r"```.*?```", "", (ROOT / document).read_text(encoding="utf-8"), flags=re.DOTALL)
    parts = re.split(r"^#+ (.*)\n", text, flags=re.MULTILINE)
    wanted = SECTIONS.get(document)
    bodies = [body for head, body in zip(parts[1::2], parts[2::2], strict=True) if wanted is None or head in wanted]
    blocks = [
        " ".join(block.split())
        for body in bodies
        for block in re.split(r"\n\s*\n|\n(?=[*-] |\d\. )|^(?=[*-] |\d\. )", body)
        if block.strip()
    ]
    plain = [re.sub(r"^([*-]|\d\.) ", "", block) for block in blocks]
    return [one for block in plain for one in re.split(r"(?<=[.?!])\s+(?=[A-Z(\[`])", block)]


@pytest.mark.parametrize("document", CLAIMS)
def test_every_sentence_has_a_test(document):
    there, table = sentences(document), CLAIMS[document]
    for sentence, (beginning, _) in zip(there, table, strict=False):
        assert sentence.startswith(beginning), f"{document}: {sentence!r} stands in no row of CLAIMS, or elsewhere"
    assert len(there) == len(table), there[len(table) :] or table[len(there) :]


@pytest.mark.parametrize("document", CLAIMS)
def test_every_test_that_is_named_is_there(document):
    for _, names in CLAIMS[document]:
        for name in names:
            file, _, function = name.partition("::")
            assert function in functions(f"tests/{file}.py"), name


def functions(file: str) -> set[str]:
    """Names of the tests of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_commands_of_reliability():
    """What a row of reliability.md says was done again, a command does: its files, tests and tools are there."""
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    commands = re.findall(r"`((?:pytest|python) [^`]*)`", text)
    assert len(commands) > 12
    for command in commands:
        for file in re.findall(r"\b(?:tests|tools)/\w+\.py", command):
            assert (ROOT / file).is_file(), command
        for file, pattern in re.findall(r"(tests/\w+\.py) -k (\w+)", command):
            assert any(pattern in name for name in functions(file)), command
    table = [line for line in text.splitlines() if line.startswith("| ") and line.count("|") == 6]
    assert all("`pytest" in line or "`python" in line for line in table if not line.startswith("| Fault"))


def test_numbers_of_reliability():
    """Forty a target, 250 in the slow tests, 19 broken scenarios; and commits beside what takes long to run again."""
    text = " ".join((ROOT / "docs" / "reliability.md").read_text(encoding="utf-8").split())
    fuzz = (ROOT / "tests" / "test_fuzz.py").read_text(encoding="utf-8")
    assert f"and others | {len(BROKEN)} | nothing" in text
    assert "40 a target" in text
    assert "for _ in range(40)" in fuzz
    assert "250 in the slow tests" in text
    assert "attack(name, tmp_path, 250)" in fuzz
    heads = ("Kills are of", "What this costs, at", "The table is of", "At", "The sample is of", "The figures are of")
    for what in heads:
        assert re.search(rf"{what} commits? [0-9a-f]{{7}}", text), what


CALLS: list[str] = []


def listen(event, _):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        CALLS.append(event)


def test_nothing_is_fetched(tiny, tmp_path):
    """Nothing is fetched at run time."""
    sys.addaudithook(listen)
    (tmp_path / "held.csv").write_text("place,holder,start,end\nalder,guild,2001-01-01,\n")
    (tmp_path / "article.txt").write_text("The bridge\n\nAlder will certainly fall within weeks.\n")
    for words in (
        f"check {tiny}",
        f"run {tiny} --members 2 --keep none --out {tmp_path}/page.html",
        f"what-if {tiny} --set beta_t=0 --members 2 --runs {tmp_path}/runs",
        f"import table {tmp_path}/held.csv --as control --into {tiny} --try",
        f"read {tmp_path}/article.txt --out {tmp_path}/argument.yaml",
    ):
        CALLS.clear()
        done = CliRunner().invoke(app, words.split())
        assert done.exit_code == 0, done.output
        assert CALLS == [], words


def test_who_may_fetch():
    """... except where `polemos read --llm` or `--cluster` is given an address."""
    network = {"socket", "ssl", "ftplib", "smtplib", "requests", "httpx", "aiohttp", "distributed", "http", "urllib"}
    who = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            if any(name.split(".")[0] in network and name not in ("urllib.parse",) for name in names):
                who.add(str(path.relative_to(SOURCE)))
    # The other two are the server of the page, which answers and asks nobody.
    assert who - {"article/chat_completion.py", "ensemble/cluster.py"} <= {
        "app/serve.py",
        "app/server.py",
        "app/access.py",
    }


def test_nothing_of_a_file_is_unpickled():
    """... nothing of a file is unpickled."""
    loads = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            allows = any(key.arg == "allow_pickle" and ast.unparse(key.value) != "False" for key in node.keywords)
            if allows or re.fullmatch(r"(cloud)?pickle\.loads?|eval|exec", name):
                loads.append((str(path.relative_to(SOURCE)), name))
    # What this process sent to one that it has started.
    assert loads == [("ensemble/executor.py", "pickle.loads")]


def test_the_server_listens_on_loopback():
    """The what-if server listens on the loopback address unless `--host` names another."""
    assert inspect.signature(serve).parameters["host"].default in LOOPBACK


@pytest.fixture
def chunk(tiny):
    """Twenty members of the small war from 2002 on."""
    return simulated(tiny)


def simulated(path, members=20):
    setup = engine.prepare(load(path).world.as_of("2002-01-01"), "2002-12-31", members=members, seed=1)
    return engine.simulate(setup, 0, members)


def test_weeks(chunk):
    """It has places, whole, and weeks."""
    steps = np.diff(chunk.dates[chunk.dates >= chunk.origin]).astype("timedelta64[D]").astype(int)
    assert set(steps.tolist()) == {7}
    assert np.issubdtype(chunk.control.dtype, np.integer)
    assert chunk.control.shape == (20, chunk.dates.size, 6)


def written():
    """Names of everything that some process writes."""
    return {name for one in EVERY for name in one.writes}


def test_leaders_are_inputs():
    """It has no persons but leaders, who are dated inputs."""
    assert "leader" in processes.load("leaders").reads
    assert "leader" not in written()


def test_no_process_writes_an_input():
    """Outside powers are inputs."""
    inputs = {"air_level", "arms_level", "patron_money", "relation", "leader", "claim"}
    assert inputs <= {name for one in EVERY for name in one.reads}
    assert inputs & written() == set()


def test_support_is_carried_forward(tiny):
    """A forecast carries them forward as they stood at the origin; it does not foresee an intervention, a truce ..."""
    row = "merchants,guild,2001-01-01"
    put(tiny, "support.csv", row, f"stranger,hill,2002-06-01,,troops,high,x,\n{row}")
    put(tiny, "relations.csv", "crown,guild,2001-01-01,,war", "crown,guild,2001-01-01,2002-06-01,war")
    row = "guild,hill,2001-11-01,,war"
    put(tiny, "relations.csv", row, f"crown,guild,2002-06-01,,truce,x,\n{row}")
    world = load(tiny).world
    cut = world.as_of("2002-01-01")
    after = np.datetime64("2002-12-01")
    assert len(world.supports.start) == len(cut.supports.start) + 1
    # That of the emperor ended in June, which nobody knew in January.
    assert ((world.supports.end > cut.until) & (world.supports.end < after)).any()
    assert not ((cut.supports.end > cut.until) & (cut.supports.end < after)).any()
    crown, guild = (list(cut.organisations.id).index(name) for name in ("crown", "guild"))
    assert world.relation(after)[crown, guild] == TRUCE
    assert cut.relation(after)[crown, guild] == WAR


def test_who_holds_nothing_takes_little(tiny):
    """New organisations do not appear by themselves, and one that holds no place takes one ... seldom."""
    put(tiny, "scenario.yaml", "focus: [guild]", "focus: [guild]")
    put(tiny, "scenario.yaml", "  hill: {name: Hill", "  far: {name: Far Front, kind: insurgent}\n  hill: {name: Hill")
    put(tiny, "strengths.csv", "hill,fighters", "far,fighters,2001-01-01,5000,6000,7000,persons,x,\nhill,fighters")
    put(tiny, "relations.csv", "crown,hill", "crown,far,2001-01-01,,war,x,\ncrown,hill")
    table = rows(tiny / "roles.csv")
    row = dict.fromkeys(table[0], "") | {"node": "OFFMAP:abroad", "organisation": "far", "role": "base"}
    save(tiny / "roles.csv", [*table, row | {"start": "2001-01-01", "source": "x"}], list(table[0]))
    chunk = simulated(tiny, 100)
    far = list(chunk.world.organisations.id).index("far")
    assert 0 < (chunk.control == far).any(axis=(1, 2)).mean() < 0.3
    assert chunk.control.max() <= len(chunk.world.organisations.id)
    assert chunk.captures.member.size


def test_no_column_of_attitudes():
    """What only surveys, ledgers or prisons know ... rests on priors."""
    columns = {(one.file, one.name) for one in ATTRIBUTES if one.file.endswith(".csv")}
    assert not [name for _, name in columns if re.search("attitude|sympathy|hiding|underground|opinion", name)]


def test_table_of_the_board():
    """The table of the board shows forecast and model beside persistence and other simple rules."""
    table = (ROOT / "docs" / "board.md").read_text(encoding="utf-8").split("<!-- board -->")[1]
    names = {line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")}
    assert {"forecast", "model", "persistence", "pooled Markov", "contiguity Markov"} <= names, names


def test_forty_of_a_hundred():
    """A probability of 20 % for something that then happened is not an error by itself; forty of a hundred are."""
    assert binom.sf(0, 1, 0.2) == pytest.approx(0.2)
    assert binom.sf(39, 100, 0.2) < 1e-5


def test_claims_have_owners():
    """Claims have owners and say who disputes them."""
    assert Claim.model_fields["owner"].is_required()
    assert "disputed_by" in Claim.model_fields
    with pytest.raises(ValidationError, match="owner"):
        Claim.model_validate({"id": "F1", "kind": "fact", "text": "It rains."})


def test_no_motive_and_no_blame():
    """No parameter is named after a motive and no blame is modelled."""
    motive = re.compile("greed|hatred|revenge|fanatic|evil|cruel|brutal|savage|guilt|blame|barbar", re.IGNORECASE)
    parameters = [(p.name, p.meaning) for one in EVERY for p in one.parameters]
    assert len(parameters) > 30
    assert not [names for names in parameters if any(map(motive.search, names))]
    assert not [one.name for one in ATTRIBUTES if motive.search(one.name)]


def test_the_chain_by_hand(tmp_path):
    """Each entry is text, canonical JSON, and a hash: ... the first follows `SHA-256("polemos ledger 1")`."""
    path = tmp_path / "ledger.sqlite"
    for name in ("one", "two"):
        words = f"ledger add Rain? --id {name} --closes 2031-05-01 --probability 30% --owner me --ledger {path}"
        assert CliRunner().invoke(app, words.split()).exit_code == 0
    before = sha256(b"polemos ledger 1").digest()
    lines = CliRunner().invoke(app, ["ledger", "export", "--ledger", str(path)]).output.splitlines()
    assert len(lines) == 2
    for number, line in enumerate(lines, 1):
        one = json.loads(line)
        text = json.dumps(one["entry"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        before = sha256(before + text.encode()).digest()
        assert (one["number"], one["hash"]) == (number, before.hex())
