"""Names in any alphabet become ids that a person can read, and are told from names of the same consonants."""

from __future__ import annotations

import pytest

from maps import polemos
from polemos.names.lookup import key
from polemos.readers.latin import latin
from polemos.readers.read_table import slug
from scenarios import rows, save


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Дніпро", "dnipro"),
        ("Щастя", "shchastya"),
        ("Αθήνα", "athina"),
        ("حلب", "hlb"),
        ("გორი", "gori"),
        ("ትግራይ", "tegeraaye"),
        ("서울", "seoul"),
        ("मान", "maana"),
        ("Łódź", "lodz"),
        ("Tromsø", "tromso"),
        ("Ağrı", "agri"),
        ("Đà Nẵng", "da-nang"),
        ("Foo–Bar", "foo-bar"),
        ("L’Aquila", "laquila"),
        ("Ta‘izz", "taizz"),
        ("San José (old)", "san-jose"),
        ("平壌", ""),
    ],
)
def test_a_name_in_plain_letters(name, wanted):
    assert slug(name) == wanted


def test_what_is_ascii_stays():
    text = "".join(map(chr, range(32, 127)))
    assert latin(text) == text.lower()


def test_a_letter_that_no_accent_makes_is_matched_without_it_and_vowels_that_are_signs_count():
    assert key("Łódź") == key("Lodz")
    assert key("Diyarbakır") == key("Diyarbakir")
    assert key("मन") != key("मान")
    assert key("Kūfah") == key("kufa")


def test_places_in_other_alphabets_have_ids_of_their_own(tmp_path):
    names = ("Дніпро", "Ясинувата", "平壌", "平安")
    towns = [{"name": name, "lat": 48 + row / 10, "lon": 37} for row, name in enumerate(names)]
    save(tmp_path / "towns.csv", towns, ["name", "lat", "lon"])
    polemos("new", "w", "--places", tmp_path / "towns.csv", "--in", tmp_path)
    assert [row["id"] for row in rows(tmp_path / "w" / "places.csv")] == ["dnipro", "yasinuvata", "place", "place-2"]
