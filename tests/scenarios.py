"""Scenario folders for tests: a small war whose places, organisations and numbers are invented.

`tiny(folder)` writes one and gives its path; `put` changes a file of it; `rows` and `save` read and write a table.
"""

from __future__ import annotations

import csv
from pathlib import Path

FILES = {
    "scenario.yaml": """\
title: The war of the six towns
summary: Invented, for tests.
start: 2001-01-01
end: 2003-01-01
origins:
  default: 2002-01-01
  early: 2001-07-01
run_to: 2002-12-31
organisations:
  crown: {name: The Crown, kind: government, colour: "#0072B2"}
  guild: {name: The Guild, kind: insurgent, field_share: 0.8}
  hill: {name: Hill League, kind: militia}
focus: [guild]
countries: {AA: Aaland, BB: Beeland}
credits:
  - {source: Nobody, licence: CC0}
""",
    "places.csv": """\
id,name,aliases,country,kind,lat,lon,people,terrain,source,notes
alder,Alder,,AA,city,10.0,20.0,200000,river,invented,
birch,Birch,Byrch,AA,town,10.2,20.1,40000,plain,invented,
cedar,Cedar,,AA,town,10.4,20.3,25000,plain,invented,
dale,Dale,,BB,town,10.6,20.2,30000,mountain,invented,
elm,"Elm, the dam",,BB,dam,10.5,20.6,0,river,invented,
fir,Fir,,BB,city,10.8,20.5,90000,mountain,invented,
""",
    "links.csv": """\
a,b,kind,km
alder,birch,highway,30
birch,cedar,road,
cedar,dale,road,28
cedar,elm,track,40
dale,fir,road,45
elm,fir,road,42
""",
    "control.csv": """\
place,holder,start,end,contested,precision,source,note
alder,crown,2001-01-01,,0,window,invented,
birch,crown,2001-01-01,2001-05-10,0,window,invented,
birch,guild,2001-05-10,2002-03-01,0,day,invented,
birch,crown,2002-03-01,,0,week,invented,
cedar,guild,2001-01-01,2001-09-15,0,window,invented,
cedar,guild,2001-09-15,2001-10-05,1,month,invented,
cedar,crown,2001-10-05,2002-02-01,0,month,invented,
cedar,guild,2002-02-01,2002-09-20,0,few_days,invented,
cedar,crown,2002-09-20,,0,day,invented,
dale,guild,2001-01-01,2002-11-10,0,window,invented,
dale,crown,2002-11-10,,0,quarter,invented,
elm,hill,2001-01-01,2001-12-01,0,window,invented,
elm,,2001-12-01,2002-01-20,0,month,invented,left empty
elm,guild,2002-01-20,,0,week,invented,
fir,hill,2001-01-01,2002-06-30,0,window,invented,
fir,guild,2002-06-30,,0,10,invented,
""",
    "strengths.csv": """\
actor,measure,date,low,best,high,unit,source,note
crown,fighters,2001-01-01,20000,30000,40000,persons,invented,
crown,fighters,2002-06-01,25000,35000,45000,persons,invented,
guild,fighters,2001-01-01,3000,5000,8000,persons,invented,
guild,fighters,2002-01-01,6000,9000,12000,persons,invented,
guild,revenue_total,2001-12-31,20,30,60,usd_million_per_year,invented,
hill,fighters,2001-01-01,1000,2000,3000,persons,invented,
emperor,sorties,2002-02-01,40,50,60,sorties_per_month,invented,
""",
    "support.csv": """\
patron,client,start,end,kind,scale,source,note
emperor,crown,2000-06-01,2002-06-01,airpower,high,invented,
emperor,crown,2001-08-01,,weapons,medium,invented,
merchants,guild,2001-01-01,2002-08-01,money,0.5,invented,
guild,hill,2001-01-01,2001-06-01,weapons,low,invented,
""",
    "relations.csv": """\
a,b,start,end,kind,source,note
crown,guild,2001-01-01,,war,invented,
guild,hill,2001-01-01,2001-06-01,allied,invented,
hill,guild,2001-06-01,2001-11-01,truce,invented,
guild,hill,2001-11-01,,war,invented,
crown,hill,2001-01-01,,neglect,invented,
""",
    "roles.csv": """\
node,organisation,role,start,end,link_to,hours,source
alder,crown,core,2001-01-01,,,,invented
alder,crown,depot,2001-01-01,,,,invented
dale,guild,depot,2001-01-01,2002-11-10,,,invented
OFFMAP:seaport,crown,base,2001-01-01,,,,invented
OFFMAP:seaport,crown,entry,2001-01-01,,alder,6,invented
fir,hill,core,2001-01-01,2002-06-30,,,invented
""",
    "claims_leaders.csv": """\
organisation,item,start,end,value,source
crown,claim,2001-01-01,,0,invented
guild,claim,2001-01-01,2001-06-01,0,invented
guild,claim,2001-06-01,,1,invented
guild,leader,2001-01-01,2002-04-01,open,invented
guild,leader,2002-04-01,,dead,invented
guild,local_share,2001-01-01,,0.3;0.5;0.7,invented
guild,foreign_share,2001-01-01,,0.1,invented
""",
    "borders.csv": """\
organisation,start,end,openness,source
guild,2001-01-01,2002-02-01,0.8,invented
guild,2002-02-01,,0.1,invented
""",
    "outcomes.csv": """\
date,measure,region,value,low,high,source,note
2005-01-01,guild_territory,all,0,0,0,invented,
""",
    "milestones.csv": """\
date,event,place,actors,source
2004-05-01,Peace signed,alder,crown|guild,invented
""",
}


def tiny(folder: Path) -> Path:
    """Write a war of six places and three organisations with two years of record into `folder`/tiny."""
    path = folder / "tiny"
    path.mkdir(parents=True)
    for file, text in FILES.items():
        (path / file).write_text(text, encoding="utf-8")
    return path


def put(path: Path, file: str, old: str, new: str) -> None:
    """Replace a text of a file, which must be there once."""
    text = (path / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
    (path / file).write_text(text.replace(old, new), encoding="utf-8")


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file as text."""
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def save(path: Path, table: list[dict[str, str]], columns: list[str]) -> None:
    """Write rows of text as a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def cut(path: Path, origin: str) -> None:
    """Cut the files of a scenario off at the evening of an origin, as a person would by hand."""
    import re

    import numpy as np

    for file in sorted(path.glob("*.csv")):
        if file.name in ("outcomes.csv", "milestones.csv", "facts.csv"):
            file.unlink()
            continue
        table = rows(file)
        columns = list(table[0])
        kept = [row for row in table if row.get("start", row.get("date", "")) <= origin]
        for row in kept:
            if row.get("end", "") > origin:
                row["end"] = ""
        save(file, kept, columns)
    text = (path / "scenario.yaml").read_text(encoding="utf-8")
    after = np.datetime64(origin) + 1
    (path / "scenario.yaml").write_text(re.sub(r"(?m)^end: .*$", f"end: {after}", text), encoding="utf-8")
