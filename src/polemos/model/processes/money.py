"""Money: land and patrons fill the treasury, pay empties it, and unpaid men leave.

    dB = tax people / 1e6 + wells * well_income * (1 - strike [an enemy has air power]) + patron * arms - pay men / 1e6

a week, in USD million. Where B would fall below 0 the shortfall is owed (`debt`), and a surplus pays debts first, so
that treasury - debt = start + sum(income - cost). `pay_ok` is the share of this week's pay that is met (recruitment),
`arrears` the weeks of pay owed, at most 26 (exit). Wells are oil and gas fields held; a scenario without any has none.
Source: own form; income as Heissner 2017 [k] estimates it. What this is not: prices, or corruption.
"""

from polemos.model.jit import kernel
from polemos.model.process import SHARE, Array, Parameter, Process, beta, lognormal
from polemos.model.process import uniform as flat
from polemos.record.world import WAR

MOST_ARREARS = 26.0
MILLION = 1e6


@kernel
def cost(m, holder, attacker, garrison, assault, reserve, transit, pay, wages):
    """Fill `wages` [m, O], USD million a week: everyone in the open is paid."""
    nobody = reserve.shape[1]
    for o in range(nobody):
        wages[m, o] = reserve[m, o].sum() + transit[m, o].sum()
    for p in range(holder.shape[1]):
        if holder[m, p] < nobody:
            wages[m, holder[m, p]] += garrison[m, p].sum()
        if attacker[m, p] >= 0:
            wages[m, attacker[m, p]] += assault[m, p].sum()
    for o in range(nobody):
        wages[m, o] *= pay[m] / MILLION


@kernel
def begin(holder, attacker, garrison, assault, reserve, transit, pay, savings, wages, treasury):
    """A treasury of some weeks' pay at the origin."""
    for m in range(holder.shape[0]):
        cost(m, holder, attacker, garrison, assault, reserve, transit, pay, wages)
        for o in range(treasury.shape[1]):
            treasury[m, o] = savings[m] * wages[m, o]


@kernel
def step(
    step, holder, attacker, garrison, assault, reserve, transit, people, well, relation, air_level, arms_level, tax,
    pay, well_income, strike, patron_money, wages, revenue, treasury, debt, pay_ok, arrears,
):  # fmt: skip
    """Income, pay and what is owed."""
    nobody = reserve.shape[1]
    for m in range(holder.shape[0]):
        cost(m, holder, attacker, garrison, assault, reserve, transit, pay, wages)
        for o in range(nobody):
            struck = False
            for x in range(nobody):
                struck = struck or (relation[step, o, x] == WAR and air_level[step, x] > 0.0)
            revenue[m, o] = patron_money[m] * arms_level[step, o]
            for p in range(holder.shape[1]):
                if holder[m, p] == o:
                    revenue[m, o] += tax[m] * people[p] / MILLION
                    revenue[m, o] += well[p] * well_income[m] * (1.0 - strike[m] if struck else 1.0)
            balance = treasury[m, o] - debt[m, o] + revenue[m, o] - wages[m, o]
            short = max(debt[m, o] + wages[m, o] - treasury[m, o] - revenue[m, o], 0.0) - debt[m, o]
            treasury[m, o], debt[m, o] = max(balance, 0.0), max(-balance, 0.0)
            pay_ok[m, o] = 1.0 - min(max(short, 0.0) / wages[m, o], 1.0) if wages[m, o] > 0.0 else 1.0
            arrears[m, o] = min(debt[m, o] / wages[m, o], MOST_ARREARS) if wages[m, o] > 0.0 else 0.0


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
    writes=("wages", "revenue", "treasury", "debt", "pay_ok", "arrears"),
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
