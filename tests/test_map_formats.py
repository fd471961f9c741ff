"""Maps in the formats of the trade give the same record as the same areas in GeoJSON."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from maps import box, feature, held, polemos, war, write
from scenarios import rows

LINES = {"2022-03-01": 37.6, "2022-09-01": 37.3}
"""Where the south begins, degrees east, by the day of the map."""
PLACES = ("ash", "beech", "cedar", "dogwood", "elder", "fir")
BEECH = [
    ("unknown", "2022-01-01", "2022-03-01", "window"),
    ("north", "2022-03-01", "2022-06-01", "window"),
    ("south", "2022-06-01", "", "92"),
]


def sides(line):
    return {"North": (36.5, 47.8, line, 48.5), "South": (line, 47.8, 38.5, 48.5)}


def placemark(name, west, south, east, north, when=""):
    ring = f"{west},{south},0 {east},{south},0 {east},{north},0 {west},{north},0 {west},{south},0"
    area = f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
    return f"<Placemark><name>{name}</name>{when}<Polygon>{area}</Polygon></Placemark>"


def kml(*placemarks):
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
    return f"{head}<Document>{''.join(placemarks)}</Document></kml>"


def layer(path, name, shapes, fields, projection="EPSG:4326"):
    pyogrio.raw.write(
        path,
        np.array(shapely.to_wkb(shapes), object),
        field_data=[np.array(values, object) for values in fields.values()],
        fields=list(fields),
        geometry_type="Polygon",
        crs=projection,
        layer=name,
    )


def as_kml(folder):
    for day, line in LINES.items():
        (folder / f"control-{day}.kml").write_text(kml(*(placemark(side, *at) for side, at in sides(line).items())))
    return sorted(folder.glob("*.kml"))


def as_folders_of_kml(folder):
    for day, line in LINES.items():
        inside = (f"<Folder><name>{side}</name>{placemark('area', *at)}</Folder>" for side, at in sides(line).items())
        (folder / f"control-{day}.kml").write_text(kml(*inside))
    return sorted(folder.glob("*.kml"))


def as_days_of_kml(folder):
    days = (
        f"<Folder><name>{day}</name>{''.join(placemark(side, *at) for side, at in sides(line).items())}</Folder>"
        for day, line in LINES.items()
    )
    with zipfile.ZipFile(folder / "control.kmz", "w") as archive:
        archive.writestr("doc.kml", kml(*days))
    return [folder / "control.kmz"]


def as_days_with_sides_of_kml(folder):
    """My Maps and Google Earth: folders of sides in folders of days, and areas whose own names mean nothing."""
    days = []
    for day, line in LINES.items():
        inside = (f"<Folder><name>{side}</name>{placemark('Zone 1', *at)}</Folder>" for side, at in sides(line).items())
        days.append(f"<Folder><name>{day}</name>{''.join(inside)}</Folder>")
    (folder / "control.kml").write_text(kml("<name>Map of control</name>", *days))
    return [folder / "control.kml"]


def as_styles_of_old_kml(folder):
    """No namespace, the time on the folder, a space after commas, the side in the style alone."""
    days = []
    for day, line in LINES.items():
        marks = "".join(
            placemark("", *at).replace(",", ", ").replace("<name></name>", f"<styleUrl>#poly-{side}-1-77</styleUrl>")
            for side, at in sides(line).items()
        )
        days.append(f"<Folder><TimeStamp><when>{day}T00:00:00Z</when></TimeStamp>{marks}</Folder>")
    (folder / "control.kml").write_text(f"<kml><Document>{''.join(days)}</Document></kml>")
    return [folder / "control.kml", "--property", "styleUrl", "--holder", "*North*=north", "--holder", "*South*=south"]


def as_geopackage(folder):
    for day, line in LINES.items():
        shapes = [shapely.box(*at) for at in sides(line).values()]
        layer(folder / "c.gpkg", f"control_{day.replace('-', '_')}", shapes, {"held_by": list(sides(line))})
    return [folder / "c.gpkg"]


def as_shapefiles_in_metres(folder):
    """A zip file of two shapefiles in UTM, in a folder."""
    turn = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32637", always_xy=True).transform
    (folder / "parts").mkdir()
    for day, line in LINES.items():
        shapes = [shapely.transform(shapely.box(*at), turn, interleaved=False) for at in sides(line).values()]
        layer(
            folder / "parts" / f"front {day}.shp", f"front {day}", shapes, {"holder": list(sides(line))}, "EPSG:32637"
        )
    with zipfile.ZipFile(folder / "front.zip", "w") as archive:
        for part in (folder / "parts").iterdir():
            archive.write(part, f"shapes/{part.name}")
    return [folder / "front.zip"]


def as_topojson(folder):
    for day, line in LINES.items():
        arcs = [list(map(list, shapely.box(*at).exterior.coords)) for at in sides(line).values()]
        areas = [
            {"type": "Polygon", "arcs": [[row]], "properties": {"holder": side}} for row, side in enumerate(sides(line))
        ]
        objects = {"areas": {"type": "GeometryCollection", "geometries": areas}}
        text = json.dumps({"arcs": arcs, "objects": objects, "type": "Topology"})
        (folder / f"control-{day}.json").write_text(text)
    return sorted(folder.glob("*.json"))


def as_zipped_geojson(folder):
    with zipfile.ZipFile(folder / "maps.zip", "w") as archive:
        for day, line in LINES.items():
            features = [feature(box(*at), side=side) for side, at in sides(line).items()]
            text = json.dumps({"type": "FeatureCollection", "features": features})
            archive.writestr(f"maps/{day.replace('-', '')}.geojson", text)
    return [folder / "maps.zip"]


FORMS = (
    as_kml,
    as_folders_of_kml,
    as_days_of_kml,
    as_days_with_sides_of_kml,
    as_styles_of_old_kml,
    as_geopackage,
    as_shapefiles_in_metres,
    as_topojson,
    as_zipped_geojson,
)


@pytest.mark.parametrize("form", FORMS)
def test_every_format_gives_the_record_of_geojson(form, tmp_path):
    scenario = war(tmp_path)
    (tmp_path / "maps").mkdir()
    polemos("import", "polygons", *form(tmp_path / "maps"), "--into", scenario)
    assert held(scenario, "beech") == BEECH
    now = {place: held(scenario, place)[-1][0] for place in PLACES}
    assert now == {place: "north" if place == "ash" else "south" for place in PLACES}
    by_geojson = war(tmp_path / "maps")
    files = [
        write(tmp_path / f"{day}.geojson", *(feature(box(*at), side=side) for side, at in sides(line).items()))
        for day, line in LINES.items()
    ]
    polemos("import", "polygons", *files, "--into", by_geojson)
    assert {place: held(scenario, place) for place in PLACES} == {place: held(by_geojson, place) for place in PLACES}


@pytest.mark.filterwarnings("ignore:.crs. was not provided")
def test_a_map_without_a_projection_must_be_in_degrees(tmp_path):
    scenario = war(tmp_path)
    layer(tmp_path / "a-2022-03-01.shp", "a-2022-03-01", [shapely.box(4e5, 5e6, 5e5, 6e6)], {"holder": ["South"]}, None)
    said = polemos(
        "import", "polygons", tmp_path / "a-2022-03-01.shp", "--into", scenario, "--elsewhere", "north", code=2
    )
    assert "a-2022-03-01.shp:1:geometry: coordinates that are no degrees" in said


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a-2022-03-01.kml", b"<kml", "not a map that can be read"),
        ("a-2022-03-01.kmz", b"PK\x03\x04", "not a map that can be read"),
        ("a-2022-03-01.kml", b"<kml><Document/></kml>", "no features; leave the file out"),
        ("a-2022-03-01.kml", b"<kml><NetworkLink/></kml>", "no map but a link to one (NetworkLink)"),
        ("a-2022-03-01.gpkg", b"SQLite format 3\0", "not a map that can be read"),
        ("a-2022-03-01.zip", b"PK", "not a zip file that can be read"),
        ("a-2022-03-01.dbf", b"", "a part of a shapefile"),
    ],
)
def test_what_is_no_map_of_its_kind_is_refused(name, content, said, tmp_path):
    scenario = war(tmp_path)
    (tmp_path / name).write_bytes(content)
    before = (scenario / "control.csv").read_bytes()
    output = polemos("import", "polygons", tmp_path / name, "--into", scenario, "--whose", "south", code=2)
    assert f"{name}: {said}" in output or f"{name}:1: {said}" in output
    assert (scenario / "control.csv").read_bytes() == before


def test_the_main_file_of_a_kmz_is_the_one_at_the_top(tmp_path):
    scenario = war(tmp_path)
    with zipfile.ZipFile(tmp_path / "a-2022-03-01.kmz", "w") as archive:
        archive.writestr("files/old.kml", kml(placemark("South", 36.5, 47.8, 38.5, 48.5)))
        archive.writestr("map.kml", kml(placemark("North", 36.5, 47.8, 38.5, 48.5)))
    polemos("import", "polygons", tmp_path / "a-2022-03-01.kmz", "--into", scenario)
    assert held(scenario, "beech")[1][0] == "north"


def test_data_of_a_placemark_come_before_its_name_and_holes_are_holes(tmp_path):
    scenario = war(tmp_path)
    hole = "<innerBoundaryIs><LinearRing><coordinates>37.3,47.9 37.5,47.9 37.5,48.1 37.3,48.1 37.3,47.9</coordinates>"
    own = (
        '<ExtendedData><Data name="Controlled by"><value>x</value></Data><Data name="Side"><value>South</value></Data>'
    )
    area = placemark("Zone", 36.5, 47.8, 38.5, 48.5).replace(
        "</Polygon>", f"{hole}</LinearRing></innerBoundaryIs></Polygon>"
    )
    text = kml(area.replace("</name>", f"</name>{own}</ExtendedData>"))
    (tmp_path / "a-2022-03-01.kml").write_text(text)
    polemos("import", "polygons", tmp_path / "a-2022-03-01.kml", "--into", scenario, "--elsewhere", "north")
    assert {place: held(scenario, place)[1][0] for place in ("ash", "beech")} == {"ash": "south", "beech": "north"}


def test_a_zip_file_without_a_map_says_so(tmp_path):
    scenario = war(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert "a.zip: no map inside" in polemos("import", "polygons", tmp_path / "a.zip", "--into", scenario, code=2)


def test_places_are_read_from_points_and_areas_of_a_map(tmp_path):
    points = "".join(
        f"<Placemark><name>{name}</name><Point><coordinates>{lon},48,0</coordinates></Point></Placemark>"
        for name, lon in (("Ash", 37), ("Beech", 37.4))
    )
    (tmp_path / "towns.kml").write_text(kml(points, placemark("Elder", 37.3, 48.2, 37.5, 48.4)))
    said = polemos("new", "w", "--places", tmp_path / "towns.kml", "--in", tmp_path)
    assert "areas that stand for a place inside them: 1" in said
    assert [(row["id"], float(row["lon"]), float(row["lat"])) for row in rows(tmp_path / "w" / "places.csv")] == [
        ("ash", 37.0, 48.0),
        ("beech", 37.4, 48.0),
        ("elder", 37.4, 48.3),
    ]
