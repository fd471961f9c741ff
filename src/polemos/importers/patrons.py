"""Who gives support: organisations of the scenario, or supporters outside the map, who get a short name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from polemos.names.matcher import Matcher
from polemos.readers.import_log import Account
from polemos.readers.read_table import slug
from polemos.scenario.aliases import patrons, read_aliases, whole
from polemos.scenario.load import Scenario


@dataclass(slots=True)
class Patrons:
    """Ids of patrons by their whole names, and the names of those who are new."""

    ids: dict[str, str] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)

    def id_of(self, name: str) -> str:
        """Id of a patron that is known by a name; empty where there is none."""
        return self.ids.get(whole(name), "")

    def of(self, name: str, match: Matcher) -> str:
        """Id of whoever gives support under a name: an organisation, a patron that is known, or a new one."""
        if patron := self.id_of(name):
            return patron
        organisation = match.meant(name)
        if organisation:
            return organisation
        patron = slug(name, "_") or re.sub(r"\W+", "_", whole(name)).strip("_")[:48]
        self.ids[whole(name)] = self.ids[whole(patron)] = self.new[patron] = patron
        return patron

    def tell(self, account: Account) -> None:
        """Say who is new: a name in another spelling would be somebody else."""
        if self.new:
            listed = ", ".join(list(self.new)[:12])
            mend = "aliases.csv joins names of one (of: the id, kind: patron)"
            account.notes.append(f"patrons that are new to the scenario: {listed}; {mend}")


def patrons_of(scenario: Scenario) -> Patrons:
    """The patrons that a scenario has, with their aliases. Raises `ScenarioError` for a faulty aliases.csv."""
    by_name = {whole(patron): patron for patron in patrons(scenario)}
    by_name |= {whole(one.alias): one.of for one in read_aliases(scenario) if one.kind == "patron"}
    return Patrons(by_name)
