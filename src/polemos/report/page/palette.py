"""Colours and marks of organisations: contrast on the ground they stand on, and what other eyes see of them.

One colour an organisation, everywhere. It fills marks as it is; where it is a line, or bounds a mark, it is moved
towards black or white until it stands out from the ground. The mark tells apart where colours do not: in grey, in
print, and for the colour-blind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.record.world import Holders
from polemos.report.page.contents import Holder

Colour = NDArray[np.float64]

MARKS = ("circle", "square", "diamond", "triangle", "star", "plus", "down", "cross", "bar", "hexagon")
"""Shapes that `assets/map.js` draws, in the order that they are given out."""

GROUNDS = {"light": "#fbfaf6", "dark": "#2b2f32"}
"""Land of the map in `assets/charts.css`."""

HARDLY, LEAST = 1.8, 3.0
"""Contrast of a graphic with its ground (WCAG 2.2, 1.4.11), and what is hardly seen."""

VISIONS: dict[str, Colour] = {
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}
"""Linear light as others see it: Machado, Oliveira and Fernandes (2009) at full severity, and luminance alone."""

TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(colour: str) -> Colour:
    """Linear light [3] of `#rrggbb`."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def written(light: Colour) -> str:
    """`#rrggbb` of linear light [3]."""
    parts = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.clip(light, 0, 1) ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * float(part)):02x}" for part in np.clip(parts, 0, 1))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted(float(VISIONS["grey"][0] @ linear(colour)) + 0.05 for colour in (one, other))
    return light / dark


def simulated_vision(colour: str, vision: str) -> str:
    """A colour as one of `VISIONS` sees it."""
    return written(np.clip(VISIONS[vision] @ linear(colour), 0, 1))


def distance(one: str, other: str) -> float:
    """How far two colours lie apart in Oklab (Ottosson 2020), in hundredths: 2 is barely seen, black to white 100."""
    a, b = (TO_LAB @ np.cbrt(TO_CONES @ linear(colour)) for colour in (one, other))
    return 100 * float(np.linalg.norm(a - b))


def against(colour: str, ground: str, least: float = LEAST) -> str:
    """A colour moved towards black or white, whichever is farther from the ground, until its contrast is enough."""
    target = max(("#000000", "#ffffff"), key=lambda end: contrast(end, ground))
    for share in np.linspace(0, 1, 41):
        moved = written(np.asarray((1 - share) * linear(colour) + share * linear(target)))
        if contrast(moved, ground) >= least:
            return moved
    return target


def line_on(colour: str, ground: str) -> str:
    """The colour as a line or a ring; one whose fill is hardly seen on the ground gets a ring that stands out more."""
    return against(colour, ground, LEAST if contrast(colour, ground) >= HARDLY else 2 * LEAST)


def marks(extent: Sequence[float]) -> list[str]:
    """A mark for each holder: the more one holds, the plainer its mark."""
    order = sorted(range(len(extent)), key=lambda i: (-extent[i], i))
    places = {holder: place for place, holder in enumerate(order)}
    return [MARKS[places[i] % len(MARKS)] for i in range(len(extent))]


def dressed(holders: Iterable[Holder]) -> list[dict[str, Any]]:
    """Holders for the charts: name, fill, line on light and on dark, and a mark each; nobody, the last, is hollow."""
    styles = [
        {"name": holder.name, "fill": holder.colour, "mark": holder.mark or MARKS[i % len(MARKS)]}
        | {name: line_on(holder.colour, ground) for name, ground in GROUNDS.items()}
        for i, holder in enumerate(holders)
    ]
    if styles:
        styles[-1] |= {"fill": "transparent", "mark": "circle"}
    return styles


def extent(record: Holders, holders: int) -> list[int]:
    """Place-dates that each of some holders has in a record [T, P]; none for nobody, the last."""
    return [*np.bincount(record[record >= 0], minlength=holders)[: holders - 1].tolist(), -1]
