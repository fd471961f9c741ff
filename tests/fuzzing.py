"""Readers that strangers' bytes reach, for tests and for `tools/fuzz.py`.

A target is given bytes and a folder, and must end in a value or in one of the reports of `REPORTS`; whatever else comes
out of it is a fault. `SEEDS` has a sound file to begin from.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest

import fuzz_commands
import scenarios
from polemos.argument.load import inspect_argument
from polemos.article.read_article import read_article
from polemos.article.webpage import ArticleError
from polemos.ensemble import posterior_file as posteriors
from polemos.ensemble import run_folder as runs
from polemos.ensemble.config import RunConfig
from polemos.ensemble.plan import PlanError
from polemos.ensemble.posterior_draws import Draws
from polemos.ensemble.theory import read_theory
from polemos.importers import events, places, polygons, tables, wikipedia
from polemos.ledger import import_export
from polemos.ledger.entry_fields import LedgerError
from polemos.names.gazetteer import gazetteer
from polemos.names.lookup import key, sides
from polemos.names.matcher import Matcher, matcher
from polemos.questions.load import inspect_questions
from polemos.readers.import_log import Account
from polemos.readers.parse_dates import DateReader
from polemos.record import ucdp_ged
from polemos.record.from_scenario import world
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.load import Scenario, read
from polemos.war.check import check

REPORTS = (ScenarioError, ArticleError, LedgerError, PlanError)
LIBRARY = Path(scenarios.__file__).parents[1] / "src" / "polemos" / "library"

ARTICLE = """<html><head><title>The bridge</title><meta property="article:published_time" content="2002-01-01"></head>
<body><nav>Home | War</nav><article><h1>The bridge will hold</h1><p>Alder has been quiet for a month, and the Crown has
brought two brigades.</p><p>Within weeks the Guild will certainly lose Cedar, because it can no longer pay.</p>
</article><footer>Subscribe</footer></body></html>"""

QUESTIONS = """questions:
  - {id: guild-cedar, kind: held, title: Cedar, asked: Does the Guild hold Cedar?, origin: 2002-01-01, by: guild,
     places: {ids: cedar}, date: 2002-06-01}
  - {id: any, kind: held, title: Any, asked: Ever?, origin: 2002-01-01, by: [guild, hill],
     window: [2002-01-01, 2002-03-01], days: 7}
  - {id: half, kind: share, title: Half, asked: Half?, origin: 2002-01-01, by: crown, date: 2002-06-01, at_least: 0.5}
"""

ARGUMENT = """title: The bridge will hold
published: A paper, January 2002
vintages: {V1: 2002-01-01}
claims:
  - {id: P1, kind: forecast, owner: author, text: The Guild loses Cedar, paragraphs: [2], strict: Cedar is lost,
     words: certainly, coding: {low: 0.8, mid: 0.9, high: 0.97}, questions: [guild-cedar], vintage: 2002-01-01,
     outcome: {value: 0, source: invented}, group: land and campaign, carrier: {by: question}}
"""

THEORY = "title: Mine\nowner: me\npriors:\n  beta_t: normal(1, 0.5)\n  iota: 0\nprocesses: [leaders]\n"

LINES = """{"kind":"forecast","owner":"me","origin":"2020-01-01","probability":0.3,"question":{"id":"bridge","text":\
"Is the bridge open?","closes":"2031-05-01","topic":"roads"}}
"""

TABLE = "question,probability,date,closes\nIs the bridge open?,30%,2020-01-01,2031-05-01\n"


UCDP = """id,date_start,date_end,date_prec,where_prec,side_a,side_b,latitude,longitude,best,low,high,type_of_violence
1,2001-02-03,2001-02-04,1,1,The Crown,The Guild,10.01,20.01,5,4,6,1
2,2001-03-03,2001-03-03,1-2,5,"The Crown, north",Robbers,10.41,20.31,1,1,1,2
"""

ACLED = """event_id_cnty,event_date,time_precision,event_type,civilian_targeting,actor1,inter1,actor2,inter2,country,\
admin1,location,latitude,longitude,geo_precision,fatalities,notes
A1,03 February 2001,1,Battles,,The Crown,State Forces,The Guild,Rebel Group,Aaland,North,Alder,10.0,20.0,1,3,"two
lines"
A3,2001-02-09,1,Violence against civilians,,The Guild,2,Civilians (Aaland),7,Aaland,North,Fir,10.8,20.5,1,2,
"""

LUA = """local marks = {
  { lat = "10.0", long = "20.0", mark = "Location dot red.svg", marksize = "8", label = "[[Alder]]" },
  --[=[ { lat = "1", long = "1", mark = "Location dot red.svg", label = "[[Nowhere]]" }, ]=]
  { ["lat"] = "10.4", ["long"] = "20.3", mark = "80x80-red-black-anim.gif", label = [[Cedar]] };
}
return marks
"""

AREAS = """{"type": "FeatureCollection", "features": [{"type": "Feature",
 "properties": {"holder": "The Crown", "date": "2001-06-01", "end": "2001-07-01"},
 "geometry": {"type": "Polygon", "coordinates": [[[19, 9], [21, 9], [21, 10.3], [19, 10.3], [19, 9]]]}}]}
"""

POINTS = """{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Alder", "pop": 2000},
 "geometry": {"type": "Point", "coordinates": [20, 10]}}]}
"""

TOWNS = "name;latitude;longitude;pop\nAlder;10.0;20.0;200000\nC\u00f4te C\u00e9dre;10.4;20.3;25000\n"

GEONAMES = "1\tAlder\tAlder\tAldr,Ald\t10.0\t20.0\tP\tPPLA\tAA\t\t\t\t\t\t200000\t\t\tUTC\t2001-01-01\n"

SHARES = """place,holder,date,share,edge_km,source
alder,crown,2001-03-01,0.94,2.5,invented
cedar,guild,2001-03-01,1,,invented
cedar,,2001-06-01,0.02,-4,invented
"""

SPELLS = "town,side,from,to\nAlder,The Crown,2001-01-01,2001-05-01\nAlder,The Guild,01.05.2001,\n"


def sound(problems: list[Problem]) -> None:
    """Raise the errors among problems that a reader only gives back, so that an unsound seed is seen."""
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        raise ScenarioError(errors)


def scenario_file(name: str) -> Callable[[bytes, Path], object]:
    """A target: this file of a scenario, the others sound."""

    def target(data: bytes, folder: Path) -> object:
        path = folder / "war"
        if not path.exists():
            scenarios.tiny(folder).rename(path)
        (path / name).write_bytes(data)
        return sound(check(path))

    return target


def article(data: bytes, folder: Path) -> object:
    """A target: an article."""
    (folder / "article.html").write_bytes(data)
    return read_article(folder / "article.html")


def aliases(data: bytes, folder: Path) -> object:
    """A target: aliases of places and organisations."""
    path = folder / "war"
    if not path.exists():
        scenarios.tiny(folder).rename(path)
    (path / "aliases.csv").write_bytes(data)
    return gazetteer(read(path))


def questions(data: bytes, folder: Path) -> object:
    """A target: questions."""
    (folder / "questions.yaml").write_bytes(data)
    found, problems = inspect_questions(folder / "questions.yaml")
    sound(problems)
    return found


def argument(data: bytes, folder: Path) -> object:
    """A target: an argument."""
    (folder / "argument.yaml").write_bytes(data)
    found, problems = inspect_argument(folder / "argument.yaml", {"guild-cedar"})
    sound(problems)
    return found


def theory(data: bytes, folder: Path) -> object:
    """A target: a theory."""
    (folder / "mine.yaml").write_bytes(data)
    return read_theory(folder / "mine.yaml")


def ledger_lines(data: bytes, folder: Path) -> object:
    """A target: the lines of an exported ledger."""
    path = folder / "ledger.sqlite"
    path.unlink(missing_ok=True)
    return import_export.import_lines(path, data.decode("utf-8", "replace").split("\n"))


def ledger_table(data: bytes, folder: Path) -> object:
    """A target: a table of forecasts kept elsewhere."""
    path = folder / "ledger.sqlite"
    path.unlink(missing_ok=True)
    return import_export.import_csv(path, data.decode("utf-8", "replace"), owner="me")


@cache
def known() -> tuple[Scenario, Matcher]:
    """A sound scenario and the names in it, for importers."""
    scenario = read(scenarios.tiny(Path(tempfile.mkdtemp())))
    return scenario, matcher(scenario, key, sides(scenario), {"red": "crown", "black": "guild"})


def ucdp(data: bytes, folder: Path) -> object:
    """A target: events of UCDP GED, and what an importer makes of them."""
    (folder / "ged.csv").write_bytes(data)
    scenario, _ = known()
    ucdp_ged.read(folder / "ged.csv")
    found, _ = events.import_ucdp(folder / "ged.csv", world(scenario), sides(scenario))
    return events.as_csv(found)


def acled(data: bytes, folder: Path, order: str = "") -> object:
    """A target: events of an ACLED export."""
    (folder / "acled.csv").write_bytes(data)
    scenario, _ = known()
    return events.import_acled(folder / "acled.csv", world(scenario), sides(scenario), order=order)


def lua(data: bytes, folder: Path) -> object:
    """A target: a map module in Lua."""
    (folder / "map-2001-06-01.lua").write_bytes(data)
    _, match = known()
    return wikipedia.read_marks([folder / "map-2001-06-01.lua"], match, Account())


ELSEWHERE = polygons.Drawing(elsewhere=polygons.NOBODY)


def areas(data: bytes, folder: Path) -> object:
    """A target: areas of control as GeoJSON."""
    (folder / "areas-2001-06-01.geojson").write_bytes(data)
    return polygons.read_polygons([folder / "areas-2001-06-01.geojson"], known()[1], Account(), ELSEWHERE)


def some_places(name: str, data: bytes, folder: Path) -> object:
    """A target: places as a table or as GeoJSON points."""
    (folder / name).write_bytes(data)
    return places.read_places(folder / name, Account())


def geonames(data: bytes, folder: Path) -> object:
    """A target: a dump of GeoNames."""
    (folder / "XX.txt").write_bytes(data)
    return places.read_geonames(folder / "XX.txt", (-180.0, -90.0, 180.0, 90.0), 0.0, Account())


def table(name: str, data: bytes, folder: Path) -> object:
    """A target: a table of somebody else's for a scenario."""
    (folder / name).write_bytes(data)
    scenario, match = known()
    return tables.import_tables({name: folder / name}, tables.Import(scenario, match, Account(), DateReader("dmy")))


def posterior(data: bytes, folder: Path) -> object:
    """A target: a posterior."""
    (folder / "mine.parquet").write_bytes(data)
    return posteriors.load(folder / "mine.parquet")


def a_posterior() -> bytes:
    """A sound posterior."""
    draws = Draws(("beta_t", "iota"), np.ones((3, 2)), np.datetime64("2002-01-01", "D"))
    with tempfile.TemporaryDirectory() as made:
        about = {"scenario": "tiny", "failed": []}
        return posteriors.save(posteriors.Posterior(draws, about), Path(made) / "p.parquet").read_bytes()


@cache
def kept() -> tuple[Path, Callable[[Path], object]]:
    """A finished run of two members, and how a folder with it is reopened."""
    from polemos.ensemble.plan import make_plan
    from polemos.ensemble.run import reopen, run
    from worlds_tiny import first_holder, stand_in, tiny_world

    plan = make_plan(tiny_world(), RunConfig("2000-01-10", "2000-02-20", members=2))
    with pytest.MonkeyPatch.context() as patched:
        stand_in(patched)
        folder = run(plan, tiny_world(), chunk=2, evaluate=first_holder, store=tempfile.mkdtemp()).folder
    assert folder is not None
    return folder, lambda path: list(reopen(path, tiny_world(), first_holder).chunks())


def run_file(name: str) -> Callable[[bytes, Path], object]:
    """A target: this file of the folder of a run, the others sound."""

    def target(data: bytes, folder: Path) -> object:
        sound, reopened = kept()
        path = folder / "run"
        if not path.exists():
            shutil.copytree(sound, path)
        (path / name).write_bytes(data)
        runs.readable(path)
        return reopened(path)

    return target


RUN_FILES = ("manifest.json", "done/0000000", "battles/0000000.npy.gz", "trajectories.zarr/zarr.json")

TARGETS: dict[str, Callable[[bytes, Path], object]] = {
    **{name: scenario_file(name) for name in (*scenarios.FILES, "shares.csv")},
    "article": article,
    "aliases": aliases,
    "questions": questions,
    "argument": argument,
    "theory": theory,
    "ledger_lines": ledger_lines,
    "ledger_table": ledger_table,
    "ucdp": ucdp,
    "acled": acled,
    "lua": lua,
    "areas": areas,
    "points": partial(some_places, "points.geojson"),
    "towns": partial(some_places, "towns.csv"),
    "geonames": geonames,
    "spells": partial(table, "control.csv"),
    "strengths": partial(table, "strengths.csv"),
    "posterior": posterior,
    **{f"run-{Path(name).name}": run_file(name) for name in RUN_FILES},
}

SEEDS: dict[str, bytes] = {
    **{name: text.encode() for name, text in scenarios.FILES.items()},
    "shares.csv": SHARES.encode(),
    "article": ARTICLE.encode(),
    "aliases": b"of,kind,alias,note\nelm,place,the dam,\n",
    "questions": QUESTIONS.encode(),
    "argument": ARGUMENT.encode(),
    "theory": THEORY.encode(),
    "ledger_lines": LINES.encode(),
    "ledger_table": TABLE.encode(),
    "ucdp": UCDP.encode(),
    "acled": ACLED.encode(),
    "lua": LUA.encode(),
    "areas": AREAS.encode(),
    "points": POINTS.encode(),
    "towns": TOWNS.encode(),
    "geonames": GEONAMES.encode(),
    "spells": SPELLS.encode(),
    "strengths": scenarios.FILES["strengths.csv"].encode(),
    "posterior": a_posterior(),
    **{f"run-{Path(name).name}": (kept()[0] / name).read_bytes() for name in RUN_FILES},
}

TARGETS |= fuzz_commands.targets()
SEEDS |= fuzz_commands.seeds(SEEDS)
PIECES = (
    *(b"\x00", b'"', b"'", b"\n", b"\r", b"{", b"[", b"&a", b"*a", b": ", b"- ", b"9" * 30, b"-1", b"nan", b"1e999"),
    *(b",,", b";", b"\t", b"null", b"{}", b"[]", b"true", b"0001-01-01", b"9999-12-31", b"2001-02-30", b"31/12/2001"),
    *("\u202e".encode(), "\U0001f3f3".encode(), b"\xff\xfe", b"\xef\xbb\xbf", b"<![CDATA[", b"</p>", b"1e-320"),
    b"!!python/object:os.system",
)


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """A seed with up to five pieces cut out, put in, doubled or moved."""
    for _ in range(chance.randint(1, 5)):
        at, length = chance.randrange(len(seed) + 1), chance.choice((0, 1, 1, 2, 5, 20, 60))
        piece = seed[at : at + length]
        kind = chance.randrange(6)
        if kind == 0:
            piece = chance.choice(PIECES)
        elif kind == 1:
            piece = b""
        elif kind == 2:
            piece *= chance.choice((2, 3, 50))
        elif kind == 3:
            start = chance.randrange(len(seed) + 1)
            piece = seed[start : start + chance.choice((1, 5, 30))]
        elif kind == 4:
            piece = chance.randbytes(chance.randint(1, 4))
        else:
            piece = chance.choice(PIECES) + piece
        seed = seed[:at] + piece + seed[at + length :]
    return seed


def ends_in_a_report(name: str, data: bytes, folder: Path) -> None:
    """Run a target. Raises whatever is no report."""
    with contextlib.suppress(*REPORTS):
        TARGETS[name](data, folder)
