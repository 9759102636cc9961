"""The lineage of a bill: its tree of tokens, its leaves, and the one path of holders each cent has.

A token is a range of cents of its bill; its parent is the token it was cut from or whose holder passed it on. Each
change of holder leaves a hop, kept under the token it made. The *chain* of a token is the list of hops on its path
with returns undone: a return takes away the transfer that it reverses, so the cents count as never having gone there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from chainbill_node.trace.shapes import LEAF_STATUSES, Row

ACCEPTANCE_KINDS = frozenset({"issue", "transfer"})
"""The hops by which a party that is no bank accepts cents at a tier."""

FINANCE_KIND = "finance"
RETURN_KIND = "return"


@dataclass(frozen=True, slots=True)
class BillFacts:
    """What the ledger holds of one bill at one height: its row, its tokens by id, its hops by the token they made."""

    bill: Row
    tokens: Mapping[str, Row]
    hops: Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class Step:
    """One hop of a chain and the chain before it."""

    token: str
    hop: Row
    before: Step | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader may see of one bill.

    ``tokens`` is None for a reader who sees all of it, else the ids of the tokens that show. ``parties`` are those
    on whose behalf it reads: hops from or to them show, with their price. ``asked`` are tokens that one of them was
    asked to finance. ``small_means`` allows means over fewer than three financings.
    """

    tokens: frozenset[str] | None = None
    parties: frozenset[str] = frozenset()
    small_means: bool = True
    asked: frozenset[str] = frozenset()

    @property
    def partial(self) -> bool:
        """Say whether anything may be hidden."""
        return self.tokens is not None

    def sees(self, token_id: str) -> bool:
        """Say whether a token shows."""
        return self.tokens is None or token_id in self.tokens

    def sees_offer(self, token: Row) -> bool:
        """Say whether it shows to whom a token is offered and how it is locked."""
        return (
            self.tokens is None
            or token["holder"] in self.parties
            or token["offered_to"] in self.parties
            or token["id"] in self.asked
        )

    def sees_hop(self, token_id: str, hop: Row) -> bool:
        """Say whether a hop shows: the token it made does, or the reader was part of it."""
        return self.sees(token_id) or self.concerned(hop)

    def sees_price(self, hop: Row) -> bool:
        """Say whether the price of a hop shows."""
        return self.tokens is None or self.concerned(hop)

    def sees_part_of(self, lineage: Lineage, party: str) -> bool:
        """Say whether it shows that a party has a part in the bill, beyond what the bill itself names."""
        facts = lineage.facts
        return (
            any(
                party == token["holder"] or (party == token["offered_to"] and self.sees_offer(token))
                for token_id, token in facts.tokens.items()
                if self.sees(token_id)
            )
            or any(
                party in (hop["from"], hop["to"])
                for token_id, hop in facts.hops.items()
                if self.sees_hop(token_id, hop)
            )
        )  # fmt: skip

    def concerned(self, hop: Row) -> bool:
        """Say whether the hop was made by or to one of the parties read for."""
        return hop["from"] in self.parties or hop["to"] in self.parties


EVERYTHING = Sight()
"""The sight of a reader who sees all."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """The tree of a bill, ready to be walked: children by parent (by lo), leaves (by lo), chain by token."""

    facts: BillFacts
    roots: tuple[str, ...]
    children: Mapping[str, tuple[str, ...]]
    leaves: tuple[str, ...]
    chains: Mapping[str, Step | None]
    order: tuple[str, ...] = field(repr=False)

    def token(self, token_id: str) -> Row:
        """Give a token row."""
        return self.facts.tokens[token_id]

    def steps(self, token_id: str) -> Iterator[Step]:
        """Give the hops of a token's chain, newest first."""
        step = self.chains[token_id]
        while step is not None:
            yield step
            step = step.before

    def ancestors(self, token_id: str) -> Iterator[str]:
        """Give a token and its parents up to the root."""
        current = token_id
        while current in self.facts.tokens:
            yield current
            current = str(self.facts.tokens[current]["parent"])


def lineage_of(facts: BillFacts) -> Lineage:
    """Build the lineage of a bill; work in proportion to the number of its tokens."""
    tokens = facts.tokens
    grouped: dict[str, list[str]] = {}
    roots: list[str] = []
    for token_id, row in tokens.items():
        parent = str(row["parent"])
        if parent in tokens:
            grouped.setdefault(parent, []).append(token_id)
        else:
            roots.append(token_id)

    def place(token_id: str) -> tuple[int, int, str]:
        row = tokens[token_id]
        return int(row["lo"]), int(row["born"]), token_id

    children = {parent: tuple(sorted(ids, key=place)) for parent, ids in grouped.items()}
    roots.sort(key=place)
    order, chains = _walk(facts, roots, children)
    leaves = sorted((token_id for token_id in tokens if tokens[token_id]["status"] in LEAF_STATUSES), key=place)
    return Lineage(facts, tuple(roots), children, tuple(leaves), chains, tuple(order))


def _walk(
    facts: BillFacts, roots: list[str], children: Mapping[str, tuple[str, ...]]
) -> tuple[list[str], dict[str, Step | None]]:
    """Give the tokens parents first, and the chain of each."""
    chains: dict[str, Step | None] = {}
    order: list[str] = []
    waiting: list[tuple[str, Step | None]] = [(root, _issue_step(facts, root)) for root in reversed(roots)]
    while waiting:
        token_id, chain = waiting.pop()
        order.append(token_id)
        chains[token_id] = chain
        below = reversed(children.get(token_id, ()))
        waiting.extend((child, _extend(chain, child, facts.hops.get(child))) for child in below)
    return order, chains


def _issue_step(facts: BillFacts, root: str) -> Step:
    """Give the first step of a root token; a root without a hop of its own counts as accepted by its holder."""
    token = facts.tokens[root]
    hop = facts.hops.get(root) or {
        "bill": token["bill"], "token": root, "kind": "issue", "from": facts.bill["debtor"], "to": token["holder"],
        "lo": token["lo"], "hi": token["hi"], "tier": token["tier"], "financed_tier": 0, "height": token["born"],
        "transaction": "", "date": facts.bill.get("accepted_on", ""), "price": {},
    }  # fmt: skip
    return Step(root, hop, None)


def _extend(chain: Step | None, token_id: str, hop: Row | None) -> Step | None:
    """Give the chain of a child: one hop longer, the same for a cut, or shorter after a return."""
    if hop is None:
        return chain
    if hop["kind"] != RETURN_KIND:
        return Step(token_id, hop, chain)
    undone = hop.get("undoes", "")
    while chain is not None and not (chain.token == undone if undone else chain.hop["kind"] == "transfer"):
        chain = chain.before
    return chain.before if chain is not None else None
