"""Addressed randomness: a draw is a pure function of (seed, member, process, step, site, index).

SplitMix64 (Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195) as a counter-based hash: nothing is
stored, nothing is consumed, so neither threads nor chunks nor the order of processes can change a draw, and a
counterfactual shares every draw with its factual run. Sites are hashes of ids, never rows.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from polemos.model.jit import kernel

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
BY_27, BY_30, BY_31, BY_11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)
UNIT = 2.0**-53
MANY, MOST = 1e6, 1e15


@kernel
def mix(z):
    """SplitMix64's finaliser: a bijection of 64 bits in which every input bit moves half of the output bits."""
    z = (z ^ (z >> BY_30)) * FIRST
    z = (z ^ (z >> BY_27)) * SECOND
    return z ^ (z >> BY_31)


@kernel
def stream(key, process, step):
    """Stream of a member (its `key`) for one process and one step."""
    return mix(mix(key ^ process) + np.uint64(step + 1) * GOLDEN)


@kernel
def uniform(stream_, site, index):
    """Uniform on (0, 1), never 0 or 1, at a site of a stream."""
    z = mix(stream_ ^ mix(site + np.uint64(index + 1) * GOLDEN))
    return (np.float64(z >> BY_11) + 0.5) * UNIT


@kernel
def first_draws(sites):
    """What the sites [p, o] put into their draws of index 0: see `uniform_at`. The same for every member and step."""
    mixed = np.empty_like(sites)
    for p in range(sites.shape[0]):
        for o in range(sites.shape[1]):
            mixed[p, o] = mix(sites[p, o] + GOLDEN)
    return mixed


@kernel
def uniform_at(stream_, mixed):
    """`uniform` of index 0, from what `first_draws` gives for its site."""
    return (np.float64(mix(stream_ ^ mixed) >> BY_11) + 0.5) * UNIT


@kernel
def exponential(stream_, site, index):
    """Exponential with mean 1, by inversion. Divided by rates, the smallest of several wins a race."""
    return -math.log1p(-uniform(stream_, site, index))


@kernel
def normal(stream_, site, index):
    """Standard normal by Box and Muller (1958), from the uniforms `index` and `index` + 1."""
    radius = math.sqrt(-2.0 * math.log(uniform(stream_, site, index)))
    return radius * math.cos(2.0 * math.pi * uniform(stream_, site, index + 1))


@kernel
def poisson(mean, stream_, site, index):
    """Poisson count by inversion of one uniform; means above 500 as a sum of several, on successive indices.

    Above a million it is the normal of the same mean and variance, rounded.
    """
    if mean > MANY:
        return int(min(mean + math.sqrt(mean) * normal(stream_, site, index), MOST))
    total = 0
    piece = index
    while mean > 0.0:
        part = min(mean, 500.0)
        mean -= part
        u = uniform(stream_, site, piece)
        piece += 1
        term = math.exp(-part)
        below = term
        count = 0
        while u > below and count < 2000:
            count += 1
            term *= part / count
            below += term
        total += count
    return total


def member_keys(seed: int, first: int, last: int) -> NDArray[np.uint64]:
    """Keys of members first..last-1: members of two seeds share nothing."""
    with np.errstate(over="ignore"):
        root = mix.py_func(np.uint64(seed & (2**64 - 1)) + GOLDEN)
        members = np.arange(first, last, dtype=np.uint64)
        keys: NDArray[np.uint64] = mix.py_func(root ^ mix.py_func((members + np.uint64(1)) * GOLDEN))
    return keys


def draws(keys: NDArray[np.uint64], process: np.uint64, sites: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Uniforms [member, site] outside the clock (step -1): parameters and initial states."""
    with np.errstate(over="ignore"):
        streams = mix.py_func(keys ^ process)
        z = mix.py_func(streams[:, None] ^ mix.py_func(sites + GOLDEN)[None, :])
    values: NDArray[np.float64] = ((z >> BY_11).astype(np.float64) + 0.5) * UNIT
    return values
