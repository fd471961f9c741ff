"""Strangers' bytes end in a report: what a fuzzer found, and a minute of new ones."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzzing import SEEDS, TARGETS, ends_in_a_report, mutated

CASES = sorted((Path(__file__).parent / "fuzz_cases").glob("*/*"))
SPLICES = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 40), st.one_of(st.binary(max_size=12), st.sampled_from(
        [b"\x00", b'"', b"'", b"\n", b"\r", b"{", b"[", b"&a", b"*a", b": ", b"- ", b"9" * 30, b"-1", b"nan", b"1e999",
         "\u202e".encode(), "\U0001f3f3".encode(), b"\xff\xfe", b"<![CDATA[", b"</p>", b"!!python/object:os.system"]
    ))),
    max_size=6,
)  # fmt: skip


def spliced(seed: bytes, splices: list[tuple[int, int, bytes]]) -> bytes:
    """A seed with pieces cut out and others put in."""
    for at, length, piece in splices:
        at %= len(seed) + 1
        seed = seed[:at] + piece + seed[at + length :]
    return seed


def test_a_seed_is_sound(tmp_path):
    for name, seed in SEEDS.items():
        (tmp_path / name).mkdir()
        TARGETS[name](seed, tmp_path / name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_what_was_found_once_ends_in_a_report(case, tmp_path):
    ends_in_a_report(case.parent.name, case.read_bytes(), tmp_path)


def attack(name, folder, examples):
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(SPLICES)
    def attacked(splices):
        ends_in_a_report(name, spliced(SEEDS[name], splices), folder)

    attacked()


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_bytes_end_in_a_report(name, tmp_path):
    """Forty a target, some two thousand in all, the same in each run."""
    chance = random.Random(name)
    for _ in range(40):
        ends_in_a_report(name, mutated(SEEDS[name], chance), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_many_spliced_bytes_end_in_a_report(name, tmp_path):
    attack(name, tmp_path, 250)
