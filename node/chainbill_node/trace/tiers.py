"""The by-tier table: how far credit reached, who holds it there, and what was financed at which price.

Definitions (docs/reference/rest.md, "Penetration"): ``reached`` at tier t counts the cents ever accepted at tier t
or deeper, returns undone; ``held`` and ``financed`` are live cents with non-banks and with banks, ``amount`` adds what
was settled, diluted or voided while it rested there, so that the tiers sum to the face; ``pledged`` are those of
``held`` and ``financed`` that secure somebody's debt, where the reader sees their locks; ``financed_ever`` counts a
cent once for each tier it was financed at. Void cents count as never having reached any tier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chainbill_node.trace.lineage import ACCEPTANCE_KINDS, FINANCE_KIND, Lineage, Sight
from chainbill_node.trace.ratios import RATE_ONE, rate_text, ratio_text
from chainbill_node.trace.shapes import (
    BILL_STATUSES,
    ENDED_STATUSES,
    LEAF_STATUSES,
    PENDING_STATUSES,
    Row,
    Shape,
    amount_of,
    resting_tier,
)

MEAN_FLOOR = 3
"""A mean over fewer financings shows only to regulators and to the parties concerned."""

PLEDGED = "pledged"
"""The lock of tokens that are in pledge."""

NOT_ACCEPTED = {"pending": PENDING_STATUSES, "ended": ENDED_STATUSES}
"""Totals of faces of bills that were not accepted."""

IsBank = Callable[[str], bool]
"""Says whether a party is a bank."""


@dataclass(slots=True)
class Prices:
    """Financings added up so that their mean rate and mean cost can be given exactly."""

    count: int = 0
    weight: int = 0
    weighted_rate: int = 0
    weighted_fee: int = 0
    interest: int = 0
    fees: int = 0
    unseen: int = 0

    def add(self, hop: Row) -> None:
        """Add one financing: weight is amount × actual days."""
        price: Row = hop.get("price") or {}
        if "rate" not in price:
            self.unseen += 1
            return
        amount, days = amount_of(hop), int(price.get("actual_days", price.get("days", 0)))
        fee = int(price.get("fee", 0))
        self.count += 1
        self.weight += amount * days
        self.weighted_rate += int(price["rate"]) * amount * days
        self.weighted_fee += fee * basis_days(str(price.get("basis", "act/360"))) * RATE_ONE
        self.interest += int(price.get("interest", 0))
        self.fees += fee

    def mean_rate(self, small_means: bool) -> str | None:
        """Give the mean of the quoted rates in percent, or None where there is none or it may not show."""
        return rate_text(self.weighted_rate, self.weight) if small_means or self.count >= MEAN_FLOOR else None

    def mean_cost(self, small_means: bool) -> str | None:
        """Give the mean rate with fees as yearly cost in percent, or None likewise."""
        if not small_means and self.count < MEAN_FLOOR:
            return None
        return rate_text(self.weighted_rate + self.weighted_fee, self.weight)


def basis_days(basis: str) -> int:
    """Give the days of a year under a day count: 365 for Act/365F, else 360."""
    return 365 if basis.lower().startswith("act/365") else 360


@dataclass(slots=True)
class _Tier:
    parties: set[str] = field(default_factory=set)
    reached: int = 0
    held: int = 0
    financed: int = 0
    settled: int = 0
    diluted: int = 0
    void: int = 0
    pledged: int = 0
    financed_ever: int = 0
    prices: Prices = field(default_factory=Prices)

    @property
    def amount(self) -> int:
        return self.held + self.financed + self.settled + self.diluted + self.void


@dataclass(slots=True)
class TierTable:
    """Adds up the lineages of bills of one currency, each as far as a reader sees it."""

    is_bank: IsBank
    tiers: dict[int, _Tier] = field(default_factory=dict)
    face: int = 0
    bills: int = 0
    by_status: dict[str, list[int]] = field(default_factory=dict)
    void_face: int = 0
    hidden_amount: int = 0
    hidden_tokens: int = 0
    partial: bool = False
    small_means: bool = True

    def add(self, lineage: Lineage, sight: Sight) -> None:
        """Add one bill."""
        self.partial = self.partial or sight.partial
        self.small_means = self.small_means and sight.small_means
        face = int(lineage.facts.bill["face"])
        counted = self.by_status.setdefault(str(lineage.facts.bill["status"]), [0, 0])
        counted[0] += 1
        counted[1] += face
        if not lineage.facts.tokens:
            return
        self.bills += 1
        self.face += face
        priced: set[str] = set()
        for leaf in lineage.leaves:
            self._add_leaf(lineage, leaf, sight)
            self._add_chain(lineage, leaf, sight, priced)

    def _add_leaf(self, lineage: Lineage, leaf: str, sight: Sight) -> None:
        token = lineage.token(leaf)
        amount = amount_of(token)
        if token["status"] == "void":
            self.void_face += amount
        if not sight.sees(leaf):
            self.hidden_amount += amount
            self.hidden_tokens += 1
            return
        tier = self._tier(resting_tier(token))
        if token["status"] != "live":
            setattr(tier, token["status"], getattr(tier, token["status"]) + amount)
        elif self.is_bank(str(token["holder"])):
            tier.financed += amount
        else:
            tier.held += amount
        if sight.sees_offer(token) and any(lock["kind"] == PLEDGED for lock in token["locks"]):
            tier.pledged += amount

    def _add_chain(self, lineage: Lineage, leaf: str, sight: Sight, priced: set[str]) -> None:
        token = lineage.token(leaf)
        if token["status"] == "void":
            return
        amount, deepest, financed_at = amount_of(token), 0, set()
        for step in lineage.steps(leaf):
            hop = step.hop
            if not sight.sees_hop(step.token, hop):
                continue
            if hop["kind"] in ACCEPTANCE_KINDS:
                deepest = max(deepest, int(hop["tier"]))
                self._tier(int(hop["tier"])).parties.add(str(hop["to"]))
            elif hop["kind"] == FINANCE_KIND:
                tier = int(hop["financed_tier"]) or int(hop["tier"])
                financed_at.add(tier)
                if step.token not in priced:
                    priced.add(step.token)
                    self._tier(tier).prices.add(hop if sight.sees_price(hop) else {**hop, "price": {}})
        for tier in range(1, deepest + 1):
            self._tier(tier).reached += amount
        for tier in financed_at:
            self._tier(tier).financed_ever += amount

    def _tier(self, tier: int) -> _Tier:
        return self.tiers.setdefault(tier, _Tier())

    def totals(self) -> Shape:
        """Give face, live, settled, diluted and void, and what is hidden; they add up. All of accepted bills.

        Beside them: how many bills were accepted, the face of those that wait (``pending``) and of those that ended
        before acceptance (``ended``), and all by status.
        """
        rows = self.tiers.values()
        shape: Shape = {
            "face": self.face,
            "live": sum(row.held + row.financed for row in rows),
            **{name: sum(getattr(row, name) for row in rows) for name in LEAF_STATUSES[1:]},
            "bills": self.bills,
            **{name: sum(self.by_status.get(one, (0, 0))[1] for one in of) for name, of in NOT_ACCEPTED.items()},
            "by_status": [
                {"status": one, "bills": self.by_status[one][0], "face": self.by_status[one][1]}
                for one in BILL_STATUSES if one in self.by_status
            ],
        }  # fmt: skip
        if self.partial:
            shape["hidden"] = self.hidden()
        return shape

    def hidden(self) -> Shape:
        """Give what the reader may not see: cents and tokens."""
        return {"amount": self.hidden_amount, "tokens": self.hidden_tokens}

    def parties_total(self) -> int:
        """Give the number of distinct parties over all tiers."""
        return len(set().union(*(row.parties for row in self.tiers.values()))) if self.tiers else 0

    def rows(self, *, with_penetration: bool = False) -> list[Shape]:
        """Give the table from tier 1 down; ratios are null where part of the whole is hidden."""
        return [self._row(tier, with_penetration) for tier in range(1, max(self.tiers, default=0) + 1)]

    def _row(self, number: int, with_penetration: bool) -> Shape:
        tier = self.tiers.get(number, _Tier())
        complete = self.hidden_amount == 0
        shape: Shape = {
            "tier": number,
            "parties": len(tier.parties),
            "reached": tier.reached,
            "held": tier.held,
            "financed": tier.financed,
            "settled": tier.settled,
            "diluted": tier.diluted,
            "void": tier.void,
            "amount": tier.amount,
            "financed_ever": tier.financed_ever,
            "pledged": tier.pledged,
            "share_financed": ratio_text(tier.financed_ever, tier.reached) if complete else None,
            "financings": tier.prices.count,
            "mean_rate": tier.prices.mean_rate(self.small_means),
            "mean_cost": tier.prices.mean_cost(self.small_means),
        }
        if with_penetration:
            shape["penetration"] = ratio_text(tier.reached, self.face - self.void_face) if complete else None
        return shape
