"""What a history may try beside its other acts: products, and events that issue bills, from a chance of its own.

Other plays do not see these bills (`History.rows`), so that what they draw is as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recompute.chain import ANCHORS, CURRENCIES, SUPPLIERS

from chainbill.crypto.keys import PrivateKey
from chainbill.dates import add_days
from chainbill.statement import sign_statement

if TYPE_CHECKING:
    from recompute.histories import History

ATTESTOR = PrivateKey.from_seed(b"\x51" * 32)


def move(past: History) -> None:
    chance = past.made
    products = past.rows("product", "product")
    if not products or chance.random() < 0.25:
        _register(past)
        return
    product = chance.choice(products)
    if product["status"] == "proposed":
        past.act(chance.choice(product["parts"])["supplier"], "product.agree", product=product["id"])
    elif product["status"] == "retired" or chance.random() < 0.05:
        past.act(product["anchor"], "product.retire", product=product["id"])
    elif chance.random() < 0.6:
        _report(past, product)
    else:
        _answer(past)


def _register(past: History) -> None:
    chance = past.made
    makers = [past.party(alias) for alias in chance.sample(SUPPLIERS, chance.randint(1, 2))]
    parts = [
        {"part": f"part {number}", "supplier": maker, "share": chance.randint(1, 300_000)}
        for number, maker in enumerate([*makers, makers[0]])
    ]
    past.act(
        past.party(chance.choice(ANCHORS)), "product.register", name="Car", currency=chance.choice(CURRENCIES),
        parts=parts, due_days=chance.randint(5, 60), attestor={"alg": "ed25519", "key": ATTESTOR.public.hex()},
        most_value=90_000_000, most_a_day=200_000_000, terms={},
    )  # fmt: skip


def _report(past: History, product: dict[str, Any]) -> None:
    chance = past.made
    said = {
        "product": product["id"], "order": "O-1", "serial": f"V{chance.randint(1, 30)}",
        "value": chance.choice((1_000_001, 12_345_679, chance.randint(1, 80_000_000))),
        "happened_on": add_days(past.chain.today, -chance.randint(0, 6)),
    }  # fmt: skip
    signature = sign_statement(ATTESTOR, past.chain.genesis.hash, "product", "event", said).hex()
    for _ in range(chance.choice((1, 1, 2))):
        past.act(product["anchor"], "product.event", **said, signature=signature)


def _answer(past: History) -> None:
    """A supplier accepts or refuses what waits for it, or the anchor takes it back."""
    chance = past.made
    waiting = [row for row in past.issued_by_events() if row["status"] == "pending_accept"]
    if waiting:
        bill = chance.choice(waiting)
        act = chance.choice(("accept", "accept", "accept", "reject", "cancel"))
        reason = {} if act == "accept" else {"reason": "not so"}
        past.act(bill["debtor" if act == "cancel" else "creditor"], f"bill.{act}", bill=bill["id"], **reason)
