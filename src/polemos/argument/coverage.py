"""How much of an argument is carried: what of it can be looked up, run, asked or is left out with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from polemos.argument.claims import LETTERS, Argument, Claim

PLURALS = {
    "fact": "facts",
    "mechanism": "mechanisms",
    "forecast": "forecasts",
    "rival": "statements of the rival",
    "counterfactual": "counterfactuals",
    "dispute": "disputed statements",
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the claims of a kind: how many are carried, how many left out with a reason, and the ids of the rest."""

    kind: str
    claims: int
    carried: int
    left_out: int
    missing: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.claims - len(self.missing)}/{self.claims} {PLURALS[self.kind]}"


def lacks(claim: Claim) -> str:
    """What a claim lacks to be carried, empty where it lacks nothing."""
    by = claim.carrier.by
    if by == "data" and not claim.carrier.reason:
        return "modelled by data, but no file is named under reason"
    if by == "question" and not (claim.questions or claim.strict or claim.carrier.reason):
        return "modelled by a question, but it has none"
    if by == "counterfactual" and claim.experiment is None:
        return "modelled by a counterfactual, but it has no experiment"
    return ""


def coverage(argument: Argument) -> tuple[Coverage, ...]:
    """Coverage by kind, in the order of the letters."""
    rows = []
    for kind in LETTERS.values():
        claims = argument.select(kind)
        if not claims:
            continue
        missing = tuple(claim.id for claim in claims if lacks(claim))
        out = sum(claim.carrier.by == "nothing" for claim in claims)
        rows.append(Coverage(kind, len(claims), len(claims) - out - len(missing), out, missing))
    return tuple(rows)


def line(argument: Argument) -> str:
    """The coverage in a line, such as `50/50 facts (12 left out with a reason)`."""
    out = {row: f" ({row.left_out} left out with a reason)" if row.left_out else "" for row in coverage(argument)}
    return ", ".join(f"{row}{cells}" for row, cells in out.items())
