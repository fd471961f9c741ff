"""The two other wars, out of their plain tables by commands: equal to the scenarios that ship. And a synthetic twin."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.record.from_scenario import load
from polemos.scenario.load import read
from scenarios import rows, save, tiny

SHARED = Path(__file__).parents[2] / "shared" / "wars"
WARS = {"mali": ("mali_2012_2013", "ML:Mali"), "sri_lanka": ("sri_lanka_2006_2009", "LK:Sri Lanka")}
WORDINGS = """\
wording,kind,scale
weapons and returning fighters,weapons,medium
weapons and returning fighters,troops,medium
"finance, cadres, fighters",money,medium
"finance, cadres, fighters",troops,medium
"cadres, shared katibas",troops,medium
finance,money,medium
air strikes and ground troops (Serval),airpower,high
air strikes and ground troops (Serval),troops,high
ground troops,troops,medium
"air transport, intelligence",other,low
sanctions and arms hold-up after the coup (negative support),other,low
intelligence and naval interdiction,other,medium
arms sales and credit,weapons,high
arms sales and credit,money,medium
arms sales and training,weapons,medium
"arms sales (aircraft, fast craft, drones)",weapons,medium
intelligence that helped sink arms-supply ships,other,low
finance and arms procurement,money,high
finance and arms procurement,weapons,medium
auxiliary fighters and local intelligence,troops,low
"""


def polemos(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


def begin(name, like, places, folder, *more):
    """A scenario of the title, days and organisations of another, begun from a list of places."""
    settings = read(like).settings
    named = [f"{one.id}:{one.kind}:{one.name}:{one.colour}" for one in settings.organisations]
    options = [word for one in named for word in ("--organisation", one)]
    span = ("--title", settings.title, "--start", settings.start, "--end", settings.end)
    polemos("new", name, "--places", places, *span, *options, "--in", folder, *more)
    return folder / name


@pytest.mark.parametrize("name", WARS)
@pytest.mark.skipif(not SHARED.exists(), reason="the tables of the two wars are not beside this checkout")
def test_the_tables_of_the_two_wars_become_the_scenarios_that_ship(name, tmp_path):
    folder, country = WARS[name]
    elsewhere = tmp_path / "made"
    elsewhere.mkdir()
    own = begin(f"own-{name}", name, SHARED / folder / "places.csv", elsewhere, "--country", country)
    wordings = tmp_path / "wordings.csv"
    wordings.write_text(WORDINGS)
    said = polemos("import", "table", SHARED / folder, "--into", own, "--wordings", wordings)
    assert "dropped" not in said
    assert "decide" not in said
    # No scenario may be begun under the name of one that ships; the name is part of the digest.
    made, ships = load(own.rename(elsewhere / name)), load(name)
    for part in ("places", "organisations", "links", "spells", "strengths", "supports", "relations", "roles", "claims"):
        for column in getattr(ships, part).__dataclass_fields__:
            ours, theirs = (getattr(getattr(world, part), column) for world in (made, ships))
            assert [str(one) for one in ours] == [str(one) for one in theirs], (part, column)
    assert made.digest() == ships.digest()


def test_plain_tables_become_the_scenario_they_were_made_from(tmp_path):
    """The twin: the tables of an invented war under other names of columns, other separators and other days."""
    war = tiny(tmp_path)
    plain = tmp_path / "plain"
    plain.mkdir()
    renames = {
        "places.csv": {"people": "pop", "lat": "latitude", "lon": "x"},
        "links.csv": {"a": "from", "b": "to", "km": "distance"},
        "control.csv": {"place": "town", "holder": "controlled_by", "start": "since", "end": "until"},
        "strengths.csv": {"actor": "group", "best": "estimate"},
        "support.csv": {"client": "recipient"},
        "relations.csv": {"a": "side_a", "b": "side_b"},
        "roles.csv": {"node": "place"},
        "claims_leaders.csv": {"organisation": "actor"},
        "borders.csv": {"organisation": "actor"},
    }
    for file, names in renames.items():
        table = [{names.get(key, key): cell for key, cell in row.items()} for row in rows(war / file)]
        save(plain / file, table, list(table[0]))
    text = (plain / "control.csv").read_text()
    text = text.replace("crown", "The Crown").replace("alder,", "Alder,").replace(",", ";")
    (plain / "control.csv").write_text("\ufeff" + text, encoding="utf-8")
    elsewhere = tmp_path / "made"
    elsewhere.mkdir()
    own = begin("tiny", war, plain / "places.csv", elsewhere)
    settings = (own / "scenario.yaml").read_text()
    assert (
        polemos("import", "table", plain, "--into", own, "--source", "Nobody", "--licence", "CC0").count("Credit") == 1
    )
    assert '- {source: "Nobody", licence: "CC0"}' in (own / "scenario.yaml").read_text()
    assert settings.splitlines()[0] in (own / "scenario.yaml").read_text()
    (own / "scenario.yaml").write_text((war / "scenario.yaml").read_text())
    assert load(own).digest() == load(war).digest()
