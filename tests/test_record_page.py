"""The page of what the record says: it holds what its results hold, and says what is not known."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "record_page.py"


@pytest.fixture
def tool(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("record_page", TOOL)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    monkeypatch.setattr(found, "RESULTS", tmp_path)
    return found


def test_a_page_without_results_claims_nothing(tool):
    assert "| " not in tool.page()


def test_the_page_says_what_made_each_result(tool, tmp_path):
    (tmp_path / "hindcast.md").write_text("| a table |")
    assert "`hindcast.md`: the commit was not written down" in tool.page()
    made = {
        "hindcast.md": {"commit": "abc1234", "command": "hindcast caliphate --threads 1 --markdown"},
        "calibrate-all.json": {"commit": "abc1234", "command": "calibrate caliphate --out later/caliphate.parquet"},
    }
    (tmp_path / tool.MADE).write_text(json.dumps(made))
    text = tool.page()
    assert "- `calibrate-all.json`, `hindcast.md`: made at commit abc1234" in text
    assert "- `polemos calibrate caliphate --out later/caliphate.parquet`" in text
    assert "`polemos hindcast caliphate --threads 1 --markdown`\n\n| a table |" in text
    assert tool.COMMANDS["hindcast.md"] not in text


def test_the_page_of_the_book_is_the_one_of_its_results():
    found = importlib.util.module_from_spec(spec := importlib.util.spec_from_file_location("record_page", TOOL))
    spec.loader.exec_module(found)
    assert found.PAGE.read_text(encoding="utf-8") == found.page()


def test_the_page_holds_the_numbers_of_its_results(tool, tmp_path):
    row = {"parameter": "slope", "prior": "normal(1, 0.3)", "prior_quantiles": [0.5, 1, 1.5], "contraction": 0.414}
    summary = {"window": "w", "summary": "battles", "used": False}
    calibration = {
        "windows": ["w"],
        "summaries": [summary],
        "plausible": 0.25,
        "parameters": [row | {"posterior_quantiles": [0.8, 0.9, 1.1]}],
        "mean_miss": 0.012,
        "worst_miss": 0.063,
        "shrunk": ["slope"],
        "failed": ["1 of 1 parameters shrink by 30 %, fewer than 5"],
        "member_years_per_second": 200.0,
    }
    point = {"width": "as written", "origin": "2000-01-01", "scores": {"land": -1.25}, "figures": {"land": 3}}
    pair = {"origin": "2000-01-01", "first": "a", "second": "b"}
    comparison = {
        "points": [point | {"theory": "a"}, point | {"theory": "b"}],
        "verdicts": [
            pair | {"observable": "land", "ahead": "a"},
            pair | {"observable": "verdict", "ahead": "cannot be told apart"},
        ],
        "rows": [],
    }
    (tmp_path / "calibrate.json").write_text(json.dumps(calibration))
    (tmp_path / "compare-2017.json").write_text(json.dumps(comparison))
    (tmp_path / "hindcast.md").write_text("| a table |")
    text = tool.page()
    for words in ("0.8, 0.9, 1.1", "41 %", "25 % of the draws", "1.2 points", "fewer than 5", "battles, in 1"):
        assert words in text, words
    for words in ("-1.25", "cannot be told apart", "by land: a ahead of b", "| a table |", "`polemos compare"):
        assert words in text, words


HINDCAST = """\
| all places: log score / Brier, skill | 1 month | 3 months |
| model | 0.098 / 0.035, +8 % (3 to 13) | 0.226 / 0.090, +11 % (8 to 14) |
| model, calibrated | 0.100 / 0.036, +6 % (1 to 11) | 0.231 / 0.091, +{there} % (6 to 12) |

| 80 % bands: contained the outcome, CRPS / persistence's | 1 month | 3 months | all leads |
| model: people | 84 %, 0.82 | 82 %, 0.73 | 77 %, 0.67 |
| model, calibrated: people | 84 %, {crps} | 68 %, 0.72 | 74 %, 0.66 |
"""


@pytest.mark.parametrize(
    ("there", "crps", "told"),
    [
        (12, "0.84", ("0.84, 0.72 against 0.82, 0.73", "land: not met (-2, +1 points of skill, within")),
        (7, "0.80", ("people held: met (CRPS", "land: not met (-2, -4 points of skill, beyond")),
    ],
)
def test_whether_a_bar_is_met_is_read_from_the_results(tool, tmp_path, there, crps, told):
    found = {"member_years_per_second": 100.0, "failed": ["coverage misses by 9.0 points"], "shrunk": ["a"] * 5}
    (tmp_path / "hindcast.md").write_text(HINDCAST.format(there=there, crps=crps))
    (tmp_path / "transfer-mali.md").write_text(HINDCAST.format(there=there, crps=crps))
    text = tool.bars(found)
    more = ("not met, 16.7 minutes at 100 a second", "not met (coverage misses by 9.0 points)", "30 %: met.")
    for words in (*told, *more, "model 84, 82 % (met); model, calibrated 84, 68 % (not met)", "mali -2, "):
        assert words in text, words
