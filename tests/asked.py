"""Questions and an argument for the small invented war of `scenarios.tiny`."""

from __future__ import annotations

from pathlib import Path

QUESTIONS = """\
questions:
  - id: dale-lost
    kind: held
    title: Dale falls within the year
    asked: On 31 December 2002, does the Guild not hold Dale?
    origin: 2002-01-01
    claims: [P1]
    by: guild
    places: {ids: [dale]}
    date: 2002-12-31
    negate: true
  - id: guild-small
    kind: strength
    title: The Guild is small
    asked: On 1 July 2002, does the Guild have fewer than 100,000 members?
    origin: 2002-01-01
    by: guild
    date: 2002-07-01
    less_than: 100000
  - id: much-later
    kind: held
    title: Dale in 2009
    asked: On 1 January 2009, does the Guild hold Dale?
    origin: 2002-01-01
    claims: [R1]
    by: guild
    places: {ids: [dale]}
    date: 2009-01-01
    outcome: {value: 0, source: invented}
"""

ARGUMENT = """\
title: A pamphlet
published: The Gazette
vintages: {V1: 2002-01-01}
claims:
  - id: P1
    kind: forecast
    owner: the pamphlet
    vintage: 2002-01-01
    paragraphs: [3]
    text: Dale will fall.
    words: will
    coding: {low: 0.8, mid: 0.9, high: 0.95}
    strict: On 31 December 2002, the Guild does not hold Dale.
    questions: [dale-lost]
    answerable: true
    outcome: {value: 1, source: invented}
    group: land and campaign
    carrier: {by: question}
  - id: P2
    kind: forecast
    owner: the pamphlet
    vintage: 2002-01-01
    paragraphs: [4]
    text: The merchants will leave.
    words: may
    coding: {low: 0.3, mid: 0.5, high: 0.6}
    strict: The merchants left by 2003.
    outcome: {value: 0, source: invented}
    group: organisation
    carrier: {by: nothing, reason: no merchants in the model}
  - id: R1
    kind: rival
    owner: a reply
    vintage: 2002-01-01
    paragraphs: [1]
    text: It stays for years.
    words: will
    coding: {low: 0.6, mid: 0.7, high: 0.8}
    strict: On 1 January 2009, the Guild holds Dale.
    questions: [much-later]
    answerable: true
    outcome: {value: 0, source: invented}
    group: rival
    carrier: {by: question}
"""

THEORY = """\
title: Slower marches
owner: nobody
priors:
  tau_m: lognormal(2, 0.5)
  freed_own: 1.0
without: [credibility]
"""


def ask(folder: Path) -> Path:
    """Add questions, an argument and a theory to a scenario."""
    (folder / "questions.yaml").write_text(QUESTIONS, encoding="utf-8")
    (folder / "argument.yaml").write_text(ARGUMENT, encoding="utf-8")
    (folder / "theories").mkdir()
    (folder / "theories" / "slow.yaml").write_text(THEORY, encoding="utf-8")
    return folder
