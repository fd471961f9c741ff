"""Who held what on ten dates and more of each war, against what is generally known of it (the notes of each record)."""

from __future__ import annotations

import numpy as np
import pytest

from polemos.war.war import load

COUNTS = {
    "libya": (
        ("gaddafi_gov", "ntc", "kufra_local"),
        {
            "2011-02-25": (70, 34, 1),
            "2011-03-05": (67, 37, 1),
            "2011-03-17": (79, 25, 1),
            "2011-03-28": (71, 33, 1),
            "2011-04-30": (78, 27, 0),
            "2011-06-15": (70, 35, 0),
            "2011-08-10": (65, 40, 0),
            "2011-08-21": (46, 59, 0),
            "2011-09-01": (18, 87, 0),
            "2011-10-01": (6, 99, 0),
            "2011-10-21": (0, 105, 0),
        },
    ),
    "yemen": (
        ("houthi", "hadi_gov", "aqap", "southern_forces", "tribes_local"),
        {
            "2014-07-01": (17, 119, 2, 0, 3),
            "2014-09-30": (23, 113, 2, 0, 3),
            "2014-11-30": (58, 79, 1, 0, 3),
            "2015-03-15": (65, 72, 1, 0, 3),
            "2015-04-30": (99, 31, 7, 0, 4),
            "2015-08-31": (82, 48, 7, 0, 4),
            "2016-03-31": (75, 47, 15, 0, 4),
            "2016-12-31": (73, 52, 5, 8, 3),
            "2017-12-31": (65, 60, 2, 11, 3),
            "2018-12-31": (55, 65, 1, 17, 3),
        },
    ),
}
"""Places held by each organisation on a day, from the tables of the notes."""

HELD = {
    "spain": {
        "1936-08-12": {"merida": "nationalists", "badajoz": "republic", "irun": "republic", "oviedo": "nationalists"},
        "1936-08-15": {"badajoz": "nationalists", "talavera": "republic", "alcazar_de_toledo": "nationalists"},
        "1936-10-01": {"irun": "nationalists", "san_sebastian": "nationalists", "toledo": "nationalists"},
        "1936-12-01": {"madrid": "republic", "malaga": "republic", "getafe": "nationalists"},
        "1937-02-15": {"malaga": "nationalists", "guadalajara": "republic"},
        "1937-06-20": {"bilbao": "nationalists", "santander": "republic"},
        "1937-08-27": {"santander": "nationalists", "gijon": "republic"},
        "1937-10-22": {"gijon": "nationalists", "teruel": "nationalists"},
        "1938-01-20": {"teruel": "republic"},
        "1938-04-16": {"teruel": "nationalists", "vinaros": "nationalists", "castello": "republic"},
        "1938-08-10": {"corbera_d_ebre": "republic", "gandesa": "nationalists", "castuera": "nationalists"},
        "1939-02-15": {"barcelona": "nationalists", "girona": "nationalists", "madrid": "republic"},
        "1939-04-01": {"madrid": "nationalists", "valencia": "nationalists", "alacant": "nationalists"},
    },
    "tigray": {
        "2020-11-03": {"mekelle": "tdf", "humera": "tdf", "alamata": "tdf", "sekota": "eth_gov"},
        "2020-11-15": {"humera": "amhara_forces", "mekelle": "tdf", "axum": "tdf"},
        "2020-11-29": {"mekelle": "eth_gov", "adigrat": "eth_gov", "shire": "eth_gov"},
        "2021-06-30": {"mekelle": "tdf", "shire": "tdf", "axum": "tdf", "humera": "amhara_forces"},
        "2021-07-25": {"kobo": "tdf", "alamata": "tdf", "lalibela": "eth_gov"},
        "2021-08-15": {"lalibela": "tdf", "weldiya": "tdf", "dessie": "eth_gov"},
        "2021-11-15": {"dessie": "tdf", "kombolcha": "tdf", "mille": "eth_gov", "debre_birhan": "eth_gov"},
        "2021-12-24": {"dessie": "eth_gov", "lalibela": "eth_gov", "kobo": "eth_gov", "mekelle": "tdf"},
        "2022-03-01": {"abala": "tdf", "berhale": "tdf"},
        "2022-09-15": {"kobo": "tdf", "sheraro": "eritrea", "shire": "tdf"},
        "2022-10-25": {"shire": "eth_gov", "axum": "eth_gov", "adwa": "eth_gov", "alamata": "eth_gov"},
        "2022-11-10": {"mekelle": "tdf", "adigrat": "tdf", "wukro": "tdf", "humera": "amhara_forces"},
    },
    "mali": {
        "2012-01-10": {"kidal": "mali_gov", "gao": "mali_gov", "timbuktu": "mali_gov"},
        "2012-03-15": {"tessalit": "mnla", "gao": "mali_gov"},
        "2012-04-05": {"gao": "mnla", "timbuktu": "ansar_dine", "sevare": "mali_gov"},
        "2012-06-30": {"gao": "mujao"},
        "2012-09-10": {"douentza": "mujao"},
        "2012-11-25": {"menaka": "mujao"},
        "2012-12-05": {"lere": "mujao"},
        "2013-01-11": {"konna": "ansar_dine", "bamako": "mali_gov"},
        "2013-01-19": {"konna": "mali_gov"},
        "2013-02-10": {"gao": "mali_gov", "timbuktu": "mali_gov"},
    },
    "sri_lanka": {
        "2006-08-01": {"sampur": "ltte", "vakarai": "ltte", "jaffna": "sl_gov"},
        "2006-09-15": {"sampur": "sl_gov", "vakarai": "ltte"},
        "2007-02-01": {"vakarai": "sl_gov", "thoppigala": "ltte"},
        "2007-07-20": {"thoppigala": "sl_gov", "silavathurai": "ltte"},
        "2007-09-15": {"silavathurai": "sl_gov"},
        "2008-07-01": {"vidattaltivu": "ltte", "kilinochchi": "ltte"},
        "2008-11-20": {"pooneryn": "sl_gov", "kilinochchi": "ltte"},
        "2009-01-04": {"kilinochchi": "sl_gov", "mullaitivu": "ltte"},
        "2009-02-01": {"mullaitivu": "sl_gov", "puthukkudiyiruppu": "ltte"},
        "2009-05-20": {"puthukkudiyiruppu": "sl_gov"},
    },
    "caliphate": {
        "2013-03-10": {"raqqa": "rebels", "mosul": "iraq_gov"},
        "2014-01-20": {"raqqa": "is", "fallujah": "is"},
        "2014-06-11": {"mosul": "is", "tikrit": "is", "baiji": "is", "baghdad": "iraq_gov"},
        "2015-04-10": {"tikrit": "iraq_gov", "kobani": "sdf", "palmyra": "syria_gov"},
        "2015-05-25": {"palmyra": "is", "ramadi": "is"},
        "2016-01-10": {"ramadi": "iraq_gov", "sinjar": "krg"},
        "2016-07-01": {"fallujah": "iraq_gov", "palmyra": "syria_gov", "manbij": "is"},
        "2017-07-15": {"mosul": "iraq_gov"},
        "2017-10-27": {"raqqa": "sdf", "kirkuk": "iraq_gov", "abu-kamal": "is", "al-qaim": "is"},
        "2019-03-25": {"baghuz": "sdf", "hajin": "sdf"},
    },
}
"""Holders by day and place, from the numbered lines of the notes, and for the flagship from general knowledge."""


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_places_held_on_ten_dates_are_those_of_the_notes(name):
    world = load(name).world
    organisations, rows = COUNTS[name]
    assert len(rows) >= 10
    for date, counts in rows.items():
        held = world.holders([np.datetime64(date)])[0]
        assert tuple((held == world.organisation(one)).sum() for one in organisations) == counts, date


@pytest.mark.parametrize("name", sorted(HELD))
def test_holders_on_ten_dates_are_those_of_the_notes(name):
    world = load(name).world
    names = (*world.organisations.id, "nobody")
    assert len(HELD[name]) >= 10
    wrong = []
    for date, places in HELD[name].items():
        held = world.holders([np.datetime64(date)])[0]
        wrong += [
            f"{date} {place}: {names[held[world.place(place)]]}, not {holder}"
            for place, holder in places.items()
            if names[held[world.place(place)]] != holder
        ]
    assert not wrong, "\n".join(wrong)
