"""`polemos ledger`: forecasts written down before the outcome."""
