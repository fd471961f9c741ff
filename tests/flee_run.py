"""Run the real Flee package on an exported folder: `python flee_run.py FOLDER [DAYS]` prints what it did as JSON."""

import json
import sys
from pathlib import Path

from flee import flee, spawning
from flee.datamanager import handle_refugee_data, read_period
from flee.InputGeography import InputGeography
from flee.SimulationSettings import SimulationSettings

folder = Path(sys.argv[1])
inputs = folder / "input_csv"
SimulationSettings.ReadFromYML(str(folder / "simsetting.yml"))
start, days = read_period.read_conflict_period(str(inputs / "sim_period.csv"))
days = min(days, int(sys.argv[2])) if len(sys.argv) > 2 else days
system, geography = flee.Ecosystem(), InputGeography()
geography.ReadLocationsFromCSV(str(inputs / "locations.csv"))
geography.ReadLinksFromCSV(str(inputs / "routes.csv"))
geography.ReadClosuresFromCSV(str(inputs / "closures.csv"))
geography.ReadConflictInputCSV(str(inputs / "conflicts.csv"))
system, places = geography.StoreInputGeographyInEcosystem(system)
data = handle_refugee_data.RefugeeTable(
    csvformat="generic", data_directory=str(folder / "source_data"), start_date=start, data_layout="data_layout.csv"
)
data.ReadL1Corrections(str(inputs / "registration_corrections.csv"))
in_conflict, agents = [], []
for day in range(days):
    geography.AddNewConflictZones(system, day)
    spawning.refresh_spawn_weights(system)
    spawning.spawn_daily_displaced(system, day, data)
    system.enact_border_closures(day)
    in_conflict.append(sorted(name for name, place in places.items() if place.conflict > 0))
    system.evolve()
    agents.append(system.numAgents())
print(
    json.dumps(
        {
            "start": start,
            "days": days,
            "places": len(places),
            "links": sum(len(place.links) for place in places.values()),
            "in_conflict": in_conflict,
            "agents": agents,
            "camps": {n: p.numAgents for n, p in places.items() if p.camp},
            "foreign": sorted(n for n, p in places.items() if p.foreign),
        }
    )
)
