"""Money: land and patrons fill the treasury, pay empties it, and unpaid men leave.

    dB = tax people / 1e6 + wells * well_income * (1 - strike [an enemy has air power]) + patron * arms - pay men / 1e6

a week, in USD million. Where B would fall below 0 the shortfall is owed (`debt`), and a surplus pays debts first, so
that treasury - debt = start + sum(income - cost). `pay_ok` is the share of this week's pay that is met (recruitment),
`arrears` the weeks of pay owed, at most 26 (exit). Wells are oil and gas fields held; a scenario without any has none.
Source: own form; income as Heissner 2017 [k] estimates it. What this is not: prices, or corruption.
"""

from typing import NamedTuple

from polemos.model.jit import kernel
from polemos.model.process import SHARE, Array, Parameter, Process, beta, lognormal
from polemos.model.process import uniform as flat
from polemos.model.state import Men
from polemos.record.world import WAR, Floats, Holders

MOST_ARREARS = 26.0
MILLION = 1e6


class Inputs(NamedTuple):
    """What it only reads."""

    people: Floats
    well: Floats
    relation: Holders
    air_level: Floats
    arms_level: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    tax: Floats
    pay: Floats
    well_income: Floats
    strike: Floats
    patron_money: Floats


class State(NamedTuple):
    """What it changes."""

    wages: Floats
    revenue: Floats
    treasury: Floats
    debt: Floats
    pay_ok: Floats
    arrears: Floats


@kernel
def cost(m: int, men: Men, pay: Floats, wages: Floats) -> None:
    """Fill `wages` [m, O], USD million a week: everyone in the open is paid."""
    nobody = wages.shape[1]
    for o in range(nobody):
        wages[m, o] = men.reserve[m, o].sum() + men.transit[m, o].sum()
    for p in range(men.holder.shape[1]):
        if men.holder[m, p] < nobody:
            wages[m, men.holder[m, p]] += men.garrison[m, p].sum()
        if men.attacker[m, p] >= 0:
            wages[m, men.attacker[m, p]] += men.assault[m, p].sum()
    for o in range(nobody):
        wages[m, o] *= pay[m] / MILLION


@kernel
def begin(men: Men, pay: Floats, savings: Floats, wages: Floats, treasury: Floats) -> None:
    """A treasury of some weeks' pay at the origin."""
    for m in range(wages.shape[0]):
        cost(m, men, pay, wages)
        for o in range(treasury.shape[1]):
            treasury[m, o] = savings[m] * wages[m, o]


@kernel
def step(step: int, men: Men, inputs: Inputs, values: Values, state: State) -> None:
    """Income, pay and what is owed."""
    nobody = state.wages.shape[1]
    for m in range(state.wages.shape[0]):
        cost(m, men, values.pay, state.wages)
        for o in range(nobody):
            struck = False
            for x in range(nobody):
                struck = struck or (inputs.relation[step, o, x] == WAR and inputs.air_level[step, x] > 0.0)
            state.revenue[m, o] = values.patron_money[m] * inputs.arms_level[step, o]
            for p in range(men.holder.shape[1]):
                if men.holder[m, p] == o:
                    state.revenue[m, o] += values.tax[m] * inputs.people[p] / MILLION
                    unstruck = 1.0 - values.strike[m] if struck else 1.0
                    state.revenue[m, o] += inputs.well[p] * values.well_income[m] * unstruck
            revenue, wages = state.revenue[m, o], state.wages[m, o]
            balance = state.treasury[m, o] - state.debt[m, o] + revenue - wages
            short = max(state.debt[m, o] + wages - state.treasury[m, o] - revenue, 0.0) - state.debt[m, o]
            state.treasury[m, o], state.debt[m, o] = max(balance, 0.0), max(-balance, 0.0)
            state.pay_ok[m, o] = 1.0 - min(max(short, 0.0) / wages, 1.0) if wages > 0.0 else 1.0
            state.arrears[m, o] = min(state.debt[m, o] / wages, MOST_ARREARS) if wages > 0.0 else 0.0


PROCESS = Process(
    name="money",
    title="money",
    kernel=step,
    parameters=(
        Parameter(
            "tax",
            lognormal(1.0, 0.7),
            "USD per resident and week",
            "taxes and fees",
            "Heissner2017",
            "2016-04-30",
            grade="k",
            taken="yearly income of USD 0.87 to 1.9 billion, over the people held",
        ),
        Parameter(
            "pay",
            lognormal(80.0, 0.5),
            "USD per man and week",
            "pay",
            "judgement: a few hundred USD a month, the order that captured accounts and press reports give [k]",
            "2016-01-31",
        ),
        Parameter(
            "well_income",
            lognormal(0.7, 0.8),
            "USD million a week",
            "an oil or gas field",
            "judgement: reported oil income of 2014 to 2016 over the fields then held [k]",
            "2015-12-31",
        ),
        Parameter("strike", beta(2, 2), "share", "of it lost under enemy air power", SHARE),
        Parameter(
            "patron_money",
            lognormal(2.0, 1.0),
            "USD million a week",
            "from a patron at full scale",
            "judgement: no evidence [?]",
        ),
        Parameter("savings", flat(4.0, 52.0), "weeks of pay", "treasury at the origin", "judgement: no evidence [?]"),
    ),
    writes=State._fields,
    arrays=(
        Array("wages", ("organisation",), "USD million a week"),
        Array("revenue", ("organisation",), "USD million a week"),
        Array("treasury", ("organisation",), "USD million"),
        Array("debt", ("organisation",), "USD million"),
        Array("pay_ok", ("organisation",), "share", 1.0),
        Array("arrears", ("organisation",), "weeks of pay"),
    ),
    on=False,
    begin=begin,
    keeps=("revenue", "treasury"),
)
