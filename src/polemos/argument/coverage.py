"""Coverage of an argument: which claims are looked up, modelled or asked, and why the others are left out."""

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
    """The coverage in a line, such as `38 of 50 facts, 40 of 40 mechanisms are modelled or looked up; ...`."""
    rows = coverage(argument)
    counts = ", ".join(f"{row.carried} of {row.claims} {PLURALS[row.kind]}" for row in rows)
    rest = [f"{sum(row.left_out for row in rows)} are left out with a reason"] if any(r.left_out for r in rows) else []
    lacking = sum(len(row.missing) for row in rows)
    rest += [f"{lacking} lack something"] if lacking else []
    return "; ".join((f"Modelled, asked or looked up: {counts}", *rest))
