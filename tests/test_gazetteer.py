"""Names found whatever their spelling, and words that are not names left alone."""

from __future__ import annotations

import pytest

from invented import scenario
from polemos.names.gazetteer import gazetteer
from polemos.names.normalise import fold
from polemos.scenario.errors import ScenarioError
from polemos.scenario.load import read
from scenarios import put, tiny


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    return gazetteer(read(scenario(tmp_path_factory.mktemp("names"))))


def ids(names, text):
    return [(text[name.start : name.end], name.ids[0]) for name in names.find(text)]


@pytest.mark.parametrize(
    ("spelling", "place"),
    [
        *((word, "birch") for word in ("Deir az-Zuhr", "Deir Ezzuhr", "Deir Azzuhr", "Dayr al-Zuhr", "Dair ez Zouhr")),
        *((word, "birch") for word in ("Deir-az-Zuhr", "DEIR AZ-ZUHR", "Deirezzuhr", "Deir az\u2011Zuhr")),
        *((word, "cedar") for word in ("Qasr el-Wadi", "Qasr al Wadi", "Kasr al-Wadi", "Qaṣr al-Wādī")),
        *((word, "dale") for word in ("Tell Marrash", "Tal Marash", "Til Marash", "Tell-Marrash")),
        *((word, "fir") for word in ("Sévrac", "Sevrac", "SÉVRAC", "Se\u0301vrac")),
        *((word, "elm") for word in ("Al-Nuri dam", "al-Nuri")),
    ],
)
def test_spellings_of_one_place(names, spelling, place):
    assert ids(names, f"They came to {spelling} at night.") == [(spelling, place)]


def test_possessives_and_the_longest_name(names):
    assert ids(names, "Sévrac’s walls and the Al-Nuri dam") == [("Sévrac", "fir"), ("Al-Nuri dam", "elm")]


def test_organisations_by_name_alias_and_adjective(names):
    found = ids(
        names, "The Guild, the Crown and the hill clans met the Guildsmen; government forces and Government forces"
    )
    assert [of for _, of in found] == ["guild", "crown", "hill", "guild", "crown"]


def test_words_are_no_names(names):
    assert ids(names, "alder wood and a fir tree; the dale was quiet, nuri sang") == []
    assert ids(names, "President Nuri and Captain Sevrac met. Nuri left, al-Nuri stayed.") == []


def test_short_names_must_stand_as_names(tmp_path):
    path = tiny(tmp_path)
    put(path, "places.csv", 'elm,"Elm, the dam",', "elm,Hit,")
    names = gazetteer(read(path))
    assert ids(names, "Hit by a shell, the ferry sank. The army hit the road to Hit.") == []
    assert ids(names, "Struck by a shell, the ferry sank on the road to Hit.") == [("Hit", "elm")]
    assert ids(names, "Hit by a shell, the ferry sank.") == []
    assert ids(names, "The hill of Hit Farouk is elsewhere.") == []


def test_countries_and_regions_of_the_world(names):
    text = "From Libya to west Africa and the Nigerian border; They and we may go."
    assert [(name.kind, name.ids[0]) for name in names.find(text)] == [
        ("country", "LY"),
        ("region", "west-africa"),
        ("country", "NG"),
    ]


def test_folding_is_idempotent_and_drops_accents():
    assert fold("Kūfah") == fold("kufa")
    for word in ("Qasr", "Sévrac", "Zouhr", "Marrash"):
        assert fold(fold(word)) == fold(word)


def test_a_faulty_alias_is_told_with_its_line(tmp_path):
    path = scenario(tmp_path)
    put(path, "aliases.csv", "guild,organisation", "gild,organisation")
    with pytest.raises(ScenarioError, match=r"aliases\.csv:2:of: no organisation 'gild'"):
        gazetteer(read(path))
