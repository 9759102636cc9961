"""The names under which tables show parties: a local name, else the registered one, else the id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from chainbill.text_rule import is_text
from chainbill_cli.failure import Failure
from chainbill_cli.texts import bracketed, language

FEW = 4
"""Parties that are read one by one; for more of them the list of parties is read."""
MOST_READ = 2_000
"""Parties of that list that are read at most for the names of one table."""
LONGEST_NAME = 200
"""Characters of a name that the ledger takes (the contracts' LONGEST_TEXT)."""
SPACES = re.compile(r"\s{2,}")
MOST_KEPT = 4_096
"""Names that one run keeps."""


def newest_name(party: Mapping[str, Any]) -> str:
    """The newest name of a registered party, in the language in use; "" where none can be seen, or a node says one
    that the ledger takes from nobody. Many spaces are one: they would push the id behind the name out of sight.
    """
    names = party.get("names") or [{}]
    newest = names[-1] if isinstance(names, list) else names
    other = "en" if language() == "zh" else "zh"
    name = str(newest.get(language()) or newest.get(other) or "")
    possible = len(name) <= LONGEST_NAME and is_text(name) and not set(name) & {"\n", "\t"}
    return SPACES.sub(" ", name) if possible else ""


class Names:
    """Names by id. Two parties of one name are told apart by their ids.

    local: names of this home, name → id. read: a party by id; listed: parties page after page. Both may fail: then an
    id stays an id.
    """

    def __init__(
        self,
        local: Mapping[str, str],
        read: Callable[[str], Mapping[str, Any]],
        listed: Callable[[int], Iterator[Mapping[str, Any]]],
    ) -> None:
        self._local = {party: name for name, party in reversed(list(local.items()))}
        self._taken = set(local)
        self._registered: dict[str, str] = {}
        self._bearers: Counter[str] = Counter()
        self._read = read
        self._listed = listed

    def learn(self, parties: Iterable[str]) -> None:
        """Look up what these parties are called, where that is not known yet."""
        wanted = {one for one in parties if one not in self._local and one not in self._registered}
        if not wanted or len(self._registered) + len(wanted) > MOST_KEPT:
            return
        self._registered.update(dict.fromkeys(wanted, ""))
        try:
            if len(wanted) <= FEW:
                for one in wanted:
                    self._keep(one, newest_name(self._read(one)))
                return
            for party in self._listed(MOST_READ):
                if party.get("id") in wanted:
                    self._keep(str(party["id"]), newest_name(party))
                    wanted.discard(str(party["id"]))
                if not wanted:
                    return
        except (Failure, KeyError, TypeError):  # no node, or one that answers oddly: a table does without names
            return

    def _keep(self, party: str, name: str) -> None:
        self._registered[party] = name
        self._bearers[name] += 1

    def name_of(self, party: str) -> str:
        """The name to show."""
        local = self._local.get(party)
        if local:
            return local
        name = self._registered.get(party, "")
        alike = name in self._taken or self._bearers[name] > 1
        return party if not name else bracketed(name, party) if alike else name
