"""The wars that ship: their own questions resolve by their record, on both sides of yes and no."""

from __future__ import annotations

import numpy as np
import pytest

from polemos.forecast.resolve import resolve_all
from polemos.forecast.war import check, load


@pytest.mark.parametrize(("name", "no"), [("mali", 2), ("sri_lanka", 4)])
def test_own_questions_resolve_by_the_record(name, no):
    war = load(name)
    found = resolve_all(war.questions, war.world, draws=0)
    assert 8 <= len(found) <= 12
    assert all(one.source == "record" and one.value is not None for one in found)
    assert sum(one.value == 0 for one in found) == no
    assert check(name) == []
    assert any(np.datetime64(question.origin) == war.origin() for question in war.questions)
