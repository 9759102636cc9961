"""Who may see what: the pure decision behind the gate (docs/reference/read-access.md).

A party sees its bills up to and including its own hop: the tokens it holds, held or was offered, the path to them,
and the hops it made. A bank sees as well the path of every token offered to it for financing, or pledged to it as
long as the pledge lasts, and, as the paying bank of a bill, the leaves it will pay. So do a guarantor and
the bank of its account, once the bill is overdue. A regulator sees all. An auditor sees what the parties that granted
it access see. What does not show is counted as hidden.

The field's word: access control.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chainbill_node.trace.lineage import Sight

Row = Mapping[str, Any]

READING_PARTY_STATUSES = frozenset({"active", "suspended", "insolvent", "leaving"})
"""A closed party reads nothing."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a party lets an auditor see: ``scope`` is bill ids, empty for all its bills; the dates are inclusive."""

    party: str
    scope: frozenset[str]
    from_date: str
    until: str

    def holds(self, today: str) -> bool:
        """Say whether the grant is in force on a date; an open end never ends."""
        return self.from_date <= today and (not self.until or today <= self.until)

    def covers(self, bill_id: str) -> bool:
        """Say whether a bill is in its scope."""
        return not self.scope or bill_id in self.scope


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. ``everything`` is set on open networks and for regulators; ``party`` is "" for nobody in particular."""

    party: str = ""
    key: str = ""
    roles: frozenset[str] = frozenset()
    everything: bool = False
    grants: tuple[Grant, ...] = ()

    @property
    def logged(self) -> bool:
        """Say whether its reads are logged: those of supervisors and auditors are."""
        return bool(self.roles & {"regulator", "auditor"})

    @property
    def reads_as(self) -> str:
        """Name all that decides what it sees: whoever has the same name sees the same."""
        grants = sorted((one.party, sorted(one.scope), one.from_date, one.until) for one in self.grants)
        return repr((self.everything, self.party, sorted(self.roles), grants))

    def reads_for(self, bill_id: str = "") -> frozenset[str]:
        """Give the parties on whose behalf it may look at a bill (any bill when "")."""
        own = frozenset() if self.roles == {"auditor"} else frozenset({self.party})
        granted = frozenset(grant.party for grant in self.grants if not bill_id or grant.covers(bill_id))
        return (own | granted) - {""}

    def reads_all_of(self, party: str) -> bool:
        """Say whether it reads for a party in full: as that party, or by a grant for all its bills."""
        return self.everything or party in self.reads_for() - {one.party for one in self.grants if one.scope}

    def is_one_of(self, *parties: str) -> bool:
        """Say whether one of the parties is the viewer itself."""
        return self.everything or (bool(self.party) and self.party in parties)

    def is_or_reads_for(self, *parties: str) -> bool:
        """Say whether one of the parties is the viewer or one it reads for in full."""
        readable = {self.party} | {grant.party for grant in self.grants if not grant.scope}
        return self.everything or bool(readable & set(parties) - {""})


OPEN_VIEWER = Viewer(everything=True)
"""Anybody, on a network whose genesis opens reads."""


def viewer_of(key: str, key_row: Row | None, party_row: Row | None, grants: Iterable[Grant]) -> Viewer | str:
    """Give the viewer behind a registered key, or the code of the refusal."""
    if key_row is None:
        return "key_not_registered"
    if key_row.get("status") != "active":
        return "key_not_active"
    if party_row is None or party_row.get("status") not in READING_PARTY_STATUSES:
        return "party_may_not_read"
    roles = frozenset(str(role) for role in party_row.get("roles", ()))
    held = tuple(grants) if "auditor" in roles else ()
    return Viewer(str(key_row["party"]), key, roles, "regulator" in roles, held)


def grant_of(row: Row) -> Grant:
    """Read a grant row {"party", "scope": "all" or bill ids, "from", "until"}."""
    scope = row.get("scope") or ()
    bills = () if scope == "all" or isinstance(scope, str) else scope
    return Grant(
        str(row.get("party", "")), frozenset(str(bill) for bill in bills),
        str(row.get("from") or ""), str(row.get("until") or ""),
    )  # fmt: skip


BANK_ASKED = {"paying_bank": "to", "red_letter": "bank"}
"""Joint acts in which a bank is asked that the bill need not name, and where it stands in their content."""


class Tokens(Protocol):
    """The tokens of one bill, as far as its sight needs them."""

    def get(self, token_id: str) -> Row | None:
        """Give a token of the bill, None for what is none."""

    def of(self, parties: frozenset[str]) -> Iterable[str]:
        """Give the tokens that one of the parties holds, held at their end or is offered."""

    def leaves(self) -> Iterable[str]:
        """Give all leaves."""


def sight_of(
    viewer: Viewer,
    bill: Row,
    tokens: Tokens,
    *,
    requests: Sequence[Row],
    joints: Sequence[Row],
    pledges: Sequence[Row],
    guarantees: Sequence[Row],
    paying_bank: str,
) -> Sight | None:
    """Give what the viewer sees of a bill; None where it is not concerned in the bill at all.

    ``requests`` are the financing requests for tokens of the bill, ``joints`` what was asked about it, ``pledges`` are
    those of its cents, ``guarantees`` those of it, ``paying_bank`` is the bank that pays it, "" before it is confirmed.
    """
    if viewer.everything:
        return Sight()
    parties = viewer.reads_for(str(bill["id"]))
    answers = [one for one in guarantees if one["guarantor"] in parties or one["bank"] in parties]
    named = bool(answers) or not parties.isdisjoint(named_parties(bill))
    named = named or any(asked_beside(parties, joint) for joint in joints)
    asked = _asked_tokens(tokens, parties, requests) | _pledged_tokens(tokens, parties, pledges)
    own = asked.union(tokens.of(parties))
    pays = paying_bank in parties or (bool(answers) and bill["status"] == "overdue")
    if not (named or own or pays):
        return None
    shown = _paths(tokens, own)
    if named or pays:
        shown.update({str(bill["root_token"])} - {""})
    if pays:
        shown.update(tokens.leaves())
    concerned = viewer.roles != {"auditor"}  # the prices that show to a party are its own
    return Sight(frozenset(shown), parties, small_means=concerned, asked=asked)


def _paths(tokens: Tokens, own: Iterable[str]) -> set[str]:
    """Give tokens with all that lies above them."""
    paths: set[str] = set()
    for token_id in own:
        row = tokens.get(token_id)
        while row is not None and row["id"] not in paths:
            paths.add(str(row["id"]))
            row = tokens.get(str(row["parent"])) if row["parent"] else None
    return paths


def named_parties(bill: Row) -> set[str]:
    """Give the parties that a bill itself names."""
    terms: Row = bill.get("terms") or {}
    named = {str(bill["debtor"]), str(bill["creditor"]), str(bill.get("initiator") or "")}
    guarantor = terms.get("guarantor")
    return (named | ({guarantor} if isinstance(guarantor, str) else set())) - {""}


def asked_beside(parties: frozenset[str], joint: Row) -> bool:
    """Say whether one of the parties is a bank that the bill does not name and that is asked about it: to become its
    paying bank, or to attest a red-letter note. Until it has answered it sees the bill as those it names do."""
    if joint["status"] != "open" or joint["kind"] not in BANK_ASKED:
        return False
    return joint["content"][BANK_ASKED[joint["kind"]]] in parties


def _asked_tokens(tokens: Tokens, parties: frozenset[str], requests: Sequence[Row]) -> frozenset[str]:
    return frozenset(
        str(request["token"]) for request in requests
        if not parties.isdisjoint(request.get("banks", ())) and tokens.get(str(request["token"])) is not None
    )  # fmt: skip


def _pledged_tokens(tokens: Tokens, parties: frozenset[str], pledges: Sequence[Row]) -> frozenset[str]:
    """Give the tokens that a pledge to one of the parties locks now, offered or accepted."""
    locked = [str(token) for pledge in pledges if pledge["pledgee"] in parties for token in pledge["tokens"]]
    return frozenset(token for token in locked if tokens.get(token) is not None)


def sees_request(viewer: Viewer, request: Row) -> bool:
    """Say whether a financing request shows: to its holder and to the banks it was sent to."""
    if viewer.everything:
        return True
    parties = viewer.reads_for(str(request["bill"]))
    return request["holder"] in parties or not parties.isdisjoint(request.get("banks", ()))


def sees_quote(viewer: Viewer, quote: Row, holder: str) -> bool:
    """Say whether a quote shows: to the bank that made it and to the holder that asked, never to rivals."""
    return viewer.everything or not viewer.reads_for(str(quote["bill"])).isdisjoint({str(quote["bank"]), holder})
