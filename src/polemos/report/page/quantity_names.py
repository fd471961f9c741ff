"""How quantities are named, which curves there are and in which order; for the page and for the Altair charts."""

from __future__ import annotations

import numpy as np

from polemos.report.page.contents import Band, PageContents

QUANTITY_NAMES = {
    "people": "People held",
    "places": "Places held",
    "fighters": "Fighters in the open",
    "underground": "Members underground",
}
UNITS = {"people": "residents before the war", "places": "towns, cities and sites"}


def quantity_name(contents: PageContents, quantity: str) -> str:
    """Name of a quantity in titles; attacks are counted over the step between two dates of the model."""
    if quantity == "attacks":
        ahead = contents.dates[contents.first :]
        days = int((ahead[1] - ahead[0]).astype(int)) if len(ahead) > 1 else 7
        return "Attacks in a week" if days == 7 else f"Attacks in {days} days"
    return QUANTITY_NAMES.get(quantity, quantity)


def is_empty(band: Band) -> bool:
    """Whether a curve is zero throughout, in the record and in nine of ten simulated wars."""
    return not np.nan_to_num(band.quantiles[4]).any() and not np.nan_to_num(band.record).any()


def is_compared(band: Band, contents: PageContents) -> bool:
    """Whether anything is known of a curve in the window of the forecast."""
    return bool(np.isfinite(band.record[contents.first :]).any())


def order(contents: PageContents) -> list[int]:
    """Organisations that ever hold or can hold anything, the focus first, then by the most they held."""
    most: dict[int, float] = {}
    for band in contents.bands:
        if band.quantity in ("people", "places"):
            parts = [part for part in (band.quantiles[4], band.record) if np.isfinite(part).any()]
            peak = max((float(np.nanmax(part)) for part in parts), default=0.0)
            if peak > 0:
                most[band.organisation] = max(most.get(band.organisation, 0.0), peak)
    return sorted(most, key=lambda number: (number != contents.focus, -most[number]))


def is_line(record: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bool:
    """Whether what is known of a record is a line, and not single estimates."""
    has_estimate = np.isfinite(record)
    return bool((has_estimate[1:] & has_estimate[:-1]).sum() > 0.5 * has_estimate.sum())
