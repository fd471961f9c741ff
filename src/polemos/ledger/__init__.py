"""The ledger: forecasts written down before the outcome, which nobody can edit afterwards."""
