"""Violence elsewhere: counts by month of organisations in countries off the map, and pledges to a centre."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from polemos.record.world import Days, Flags, Floats, Ints

MEASURES = ("attacks", "deaths", "civilians")


@dataclass(frozen=True, slots=True)
class Theatres:
    """Counts [T, M] of theatres, each an organisation in a country, in months that begin on `months` [M].

    A count is NaN where nobody counted. `network` is that of the leader to whom the organisation pledged itself. `core`
    is the organisation of the map in which the network has its centre (-1: none), `home` says that the country is the
    centre's own.
    """

    id: tuple[str, ...]
    name: tuple[str, ...]
    organisation: tuple[str, ...]
    network: tuple[str, ...]
    country: tuple[str, ...]
    region: tuple[str, ...]
    core: Ints
    home: Flags
    months: Days
    attacks: Floats
    deaths: Floats
    civilians: Floats

    def counts(self, measure: str) -> Floats:
        """Counts [T, M] of one of `MEASURES`."""
        return {"attacks": self.attacks, "deaths": self.deaths, "civilians": self.civilians}[measure]

    def as_of(self, origin: np.datetime64) -> Theatres:
        """What was known on an evening: months that were over, and theatres in which anything had happened."""
        after = (self.months.astype("datetime64[M]") + 1).astype("datetime64[D]")
        over = after <= origin + np.timedelta64(1, "D")
        began = np.nansum(self.attacks[:, over], axis=1) > 0
        columns: dict[str, Any] = {
            name: tuple(value for value, is_begun in zip(getattr(self, name), began, strict=True) if is_begun)
            for name in ("id", "name", "organisation", "network", "country", "region")
        }
        columns |= {name: self.counts(name)[began][:, over] for name in MEASURES}
        return replace(self, **columns, core=self.core[began], home=self.home[began], months=self.months[over])


@dataclass(frozen=True, slots=True)
class Pledges:
    """Dated events between affiliates and the centre of a network.

    `event` is `pledge`, `renewal` (to a new leader) or `end` of an affiliate; or `land_held` and `land_lost` of the
    centre itself, whose `affiliate` is empty.
    """

    affiliate: tuple[str, ...]
    network: tuple[str, ...]
    date: Days
    event: tuple[str, ...]

    def as_of(self, origin: np.datetime64) -> Pledges:
        """Events up to an evening."""
        rows = [row for row, date in enumerate(self.date) if date <= origin]
        texts = {name: tuple(getattr(self, name)[row] for row in rows) for name in ("affiliate", "network", "event")}
        return Pledges(date=self.date[rows], **texts)

    def spells(self) -> list[tuple[str, str, np.datetime64, np.datetime64]]:
        """Affiliate, network, day of the pledge and day of its end (NaT while it stands), by day of the pledge."""
        ends = {(name, network): date for name, network, date, event in self._rows() if event == "end"}
        return [
            (name, network, date, ends.get((name, network), np.datetime64("NaT", "D")))
            for name, network, date, event in self._rows()
            if event == "pledge"
        ]

    def landless(self, network: str) -> list[tuple[np.datetime64, bool]]:
        """Days from which the centre of a network held land (False) or none (True), ascending."""
        return [
            (date, event == "land_lost")
            for _, name, date, event in self._rows()
            if name == network and event in ("land_held", "land_lost")
        ]

    def _rows(self) -> list[tuple[str, str, np.datetime64, str]]:
        order = np.argsort(self.date, kind="stable")
        return [(self.affiliate[row], self.network[row], self.date[row], self.event[row]) for row in order]
