"""Forecasts for the board, made with pandas alone: whoever holds a place keeps it, but for a floor.

polemos board --cases cases.parquet
python persistence_by_pandas.py cases.parquet mine.parquet
polemos board --enter mine.parquet
"""

import sys

import pandas as pd

FLOOR = 0.02

cases = pd.read_parquet(sys.argv[1])
organisations = cases.groupby(["war", "origin", "lead", "place"], observed=True)["organisation"].transform("count")
cases["probability"] = (FLOOR / (organisations - 1)).mask(cases["holds"], 1 - FLOOR)
cases.to_parquet(sys.argv[2])
