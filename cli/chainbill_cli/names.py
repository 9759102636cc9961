"""The names under which tables show parties: a local name, else the registered one, else the id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from unicodedata import category, normalize

from chainbill.ids import valid_lei, valid_uscc
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
ALPHANUMERIC = re.compile("[0-9A-Z]{18,}")
UNSEEN = frozenset({"Cf", "Mn", "Me"})
"""Categories of characters that show nothing, or stand on the one before them."""
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


def as_seen(name: str) -> str:
    """A name without what the eye does not see: width, case, spaces, what shows nothing, marks on other letters."""
    folded = normalize("NFKC", name).casefold()
    return "".join(one for one in folded if category(one) not in UNSEEN and not one.isspace())


def holds_an_id(name: str, own: str) -> bool:
    """Whether a valid USCC or LEI other than the party's own stands in its name, as it would stand behind one."""
    for run in ALPHANUMERIC.findall(re.sub("[-_.]", "", as_seen(name)).upper()):
        for size, valid in ((18, valid_uscc), (20, valid_lei)):
            found = {run[at : at + size] for at in range(len(run) - size + 1)} - {own}
            if any(map(valid, found)):
                return True
    return False


class Names:
    """Names by id. Two parties of one name, as the eye takes it, are told apart by their ids, and so is one whose name
    holds the id of another.

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
        self._taken = set(map(as_seen, local))
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
        self._bearers[as_seen(name)] += 1

    def name_of(self, party: str) -> str:
        """The name to show."""
        local = self._local.get(party)
        if local:
            return local
        name = self._registered.get(party, "")
        if not name:
            return party
        seen = as_seen(name)
        told_apart = seen in self._taken or self._bearers[seen] > 1 or holds_an_id(name, party)
        return bracketed(name, party) if told_apart else name
