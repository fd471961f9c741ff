"""Scores of forecasts: proper scores, calibration, intervals."""
