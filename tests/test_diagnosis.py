"""Where a score comes from: parts that add up, paths scored whole, PIT that sums to 1; and what is shown of it."""

import numpy as np
import pytest

from polemos.forecasters.front_hazard import FrontHazard
from polemos.forecasters.leads import later
from polemos.forecasters.markov import Persistence
from polemos.hindcasts import diagnostics
from polemos.hindcasts.diagnostics import change
from polemos.hindcasts.hindcast import hindcast
from polemos.report.hindcast import calibration as shown
from polemos.report.hindcast.skill import skill_table
from polemos.scores.paths import energy
from worlds import START, restless, world_of


@pytest.fixture(scope="module")
def done():
    war = world_of(restless(rate=0.03))
    first = (START + np.timedelta64(7 * 60, "D")).astype("datetime64[M]").astype("datetime64[D]")
    origins = [first, *(later(first, lead) for lead in ("4mo", "8mo", "21mo"))]
    # From the last the longer lead runs past the record.
    return hindcast(war, (Persistence(), FrontHazard(members=60)), origins, ("1mo", "3mo"))


def test_parts_of_a_change_add_up(done):
    rows = diagnostics.changes(done)
    assert [(row.forecaster, row.lead) for row in rows] == [
        (n, lead) for n in done.forecasters for lead in ("1mo", "3mo")
    ]
    for row in rows:
        for parts in (row.isotonic, row.binned):
            whole = parts.reliability - parts.resolution + parts.uncertainty + parts.within
            assert parts.score == pytest.approx(whole)
        p, came = (one[done.scored[:, done.leads.index(row.lead)]] for one in change(done, row.forecaster, row.lead))
        assert row.isotonic.score == pytest.approx(((p - came) ** 2).mean())
        told, worth, cases = np.array(row.diagram).T
        assert (np.diff(told) > 0).all()
        assert (np.diff(worth) > 0).all()
        assert cases.sum() == row.cases == p.size
        assert (told * cases).sum() / cases.sum() == pytest.approx(row.probability)
        assert (worth * cases).sum() / cases.sum() == pytest.approx(row.observed)


def test_paths_are_scored_where_every_lead_is_known(done):
    still, front = diagnostics.paths(done)
    whole = done.scored.all(1)
    assert still.origins == front.origins == whole.sum() == 3
    assert still.energy is None
    seen = np.array([[[(now == o).sum() for o in range(3)] for now in at] for at in done.happened[whole]], float)
    members = done.totals["front hazard"][whole, 0].astype(float)
    assert front.energy == pytest.approx(energy(members.reshape(3, 60, -1), seen.reshape(3, -1)).mean())
    now = np.array([[(at == o).sum() for o in range(3)] for at in done.held[whole]], float)
    assert front.energy_persistence == pytest.approx(
        np.linalg.norm((seen - now[:, None]).reshape(3, -1), axis=1).mean()
    )
    moved = np.mean([(done.happened[whole, at] != done.held[whole]).mean() for at in (0, 1)]) * 2
    assert still.rps_persistence == pytest.approx(moved)


def test_pit_shares_sum_to_one(done):
    rows = diagnostics.pits(done)
    assert {(row.measure, row.lead) for row in rows} == {
        (m, lead) for m in ("places", "people") for lead in ("1mo", "3mo")
    }
    assert all(sum(row.shares) == pytest.approx(1) and row.cases > 0 for row in rows)


def test_tables_and_chart_show_every_forecaster(done):
    table = skill_table(done, "invented", 60, "persistence")
    told = shown.markdown(table)
    assert told.count("| front hazard |") == 3
    assert told.count("| persistence |") == 2
    drawn = shown.chart(table).to_dict()
    assert len(drawn["vconcat"]) == 2
    assert [panel["title"] for panel in drawn["vconcat"][0]["hconcat"]] == ["1 month", "3 months"]
    without = skill_table(
        hindcast(done.world, (Persistence(),), done.origins[:2], ("1mo",)), "invented", 1, "persistence"
    )
    assert len(shown.chart(without).to_dict()["vconcat"]) == 1
