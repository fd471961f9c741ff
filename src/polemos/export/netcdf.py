"""A run as netCDF with the attributes of the CF conventions (1.11): probabilities, quantiles, and every member's map.

Written by scipy in the classic format (64-bit offset), which every reader of netCDF opens.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from polemos.ensemble.run import Run
from polemos.ensemble.summary import QUANTILES

if TYPE_CHECKING:
    import xarray

UNITS = {"places": "1", "people": "1", "fighters": "1", "underground": "1", "attacks": "1"}
LONG = {
    "places": "places held",
    "people": "pre-war residents of the places held",
    "fighters": "fighters in the field",
    "underground": "members underground",
    "attacks": "attacks in the step that ends at the date",
}


def dataset(run: Run) -> xarray.Dataset:
    """Variables `probability` [date, place, holder], `control` [member, date, place], and quantiles of series."""
    import xarray

    from polemos import __version__

    world, plan = run.world, run.plan
    holders = [*world.organisations.id, "nobody"]
    days = run.summary.dates.astype("datetime64[D]").astype(np.int32)
    control = run.control.values
    dataset_ = xarray.Dataset(
        {
            "probability": (
                ("date", "place", "holder"),
                run.summary.probability,
                {"long_name": "share of the members in which the holder holds the place", "units": "1"},
            ),
            "control": (
                ("member", "date", "place"),
                control,
                {
                    "long_name": "holder of the place on the evening of the date",
                    "flag_values": np.arange(len(holders), dtype=np.int8),
                    "flag_meanings": " ".join(holders),
                },
            ),
            **{
                name: (
                    ("quantile", "date", "organisation"),
                    values,
                    {"long_name": LONG.get(name, name), "units": UNITS.get(name, "1")},
                )
                for name, values in run.summary.quantiles.items()
            },
        },
        coords={
            "date": (
                "date",
                days,
                {"standard_name": "time", "axis": "T", "units": "days since 1970-01-01", "calendar": "standard"},
            ),
            "lat": ("place", world.places.lat, {"standard_name": "latitude", "units": "degrees_north"}),
            "lon": ("place", world.places.lon, {"standard_name": "longitude", "units": "degrees_east"}),
            "place": ("place", list(world.places.id), {"cf_role": "timeseries_id", "long_name": "id of the place"}),
            "holder": ("holder", holders, {"long_name": "organisation that holds, or nobody"}),
            "organisation": ("organisation", list(world.organisations.id), {"long_name": "organisation"}),
            "member": (
                "member",
                np.arange(plan.members, dtype=np.int32),
                {"standard_name": "realization", "units": "1"},
            ),
            "quantile": ("quantile", np.array(QUANTILES), {"long_name": "quantile over the members", "units": "1"}),
        },
        attrs={
            "Conventions": "CF-1.11",
            "title": f"{world.title}: {plan.members} simulated wars from {plan.origin}",
            "institution": "the user of polemos",
            "source": f"polemos {__version__}, seed {plan.seed}, theory {plan.theory}",
            "history": f"exported from run {plan.digest()[:12]}",
            "references": "the scenario's credits name the sources of its data",
        },
    )
    return dataset_


def write(path: Path, run: Run) -> None:
    """Write the dataset."""
    dataset(run).to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")
