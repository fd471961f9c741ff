"""A sentence for every counterfactual claim, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from polemos.argument.claims import Claim
from polemos.cli import printing
from polemos.counterfactual.sentences import ABSENT, NAMED, OPEN, SMALL, Effect, sentence

ABOUT = (
    "Every number is a property of the model, not a finding about the war. The first brackets hold 90 % for the mean "
    "effect, which more simulated wars make narrower; then come 5 to 95 % of single wars, which span parameters and "
    "chance. Quantity, claimed sign and the smallest effect worth naming were written into the argument before; "
    "the sign is the one that the claim's owner asserts, and the other side asserts the contrary."
)
"""What the sentences are, for either side."""


def show_effects(effects: Sequence[tuple[Claim, Effect]], members: int) -> None:
    """A sentence each, and which of them these runs cannot carry."""
    printing.say(f"Counterfactual claims, {members} pairs of simulated wars each.\n")
    for claim, effect in effects:
        printing.say(sentence(effect, claim))
    printing.say("")
    for verdict, words in (
        (NAMED, "An effect to be named"),
        (SMALL, "Less than the smallest effect worth naming"),
        (OPEN, "These runs cannot say"),
        (ABSENT, "Nothing of it in these runs, which cannot carry the claim"),
    ):
        names = [effect.claim for _, effect in effects if effect.verdict == verdict]
        printing.say(f"{words}: {', '.join(names) or 'none'}.")
    printing.say("", ABOUT)


def effects_json(effects: Sequence[tuple[Claim, Effect]], members: int) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "about": ABOUT,
        "members": members,
        "claims": [{**asdict(effect), "sentence": sentence(effect, claim)} for claim, effect in effects],
    }
