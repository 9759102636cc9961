"""Products, and events of production that an attestor signed, for tests."""

from __future__ import annotations

from typing import Any

from contracts.world import ANCHOR, NETWORK, S1, S2, S3, S4, World, as_two

from chainbill.crypto.keys import PrivateKey
from chainbill.statement import sign_statement

ATTESTOR = PrivateKey.from_seed(b"\x51" * 32)
PARTS = [
    {"part": "engine", "supplier": S1, "share": 300_000},
    {"part": "battery", "supplier": S2, "share": 200_000},
    {"part": "tyres", "supplier": S3, "share": 33_333},
    {"part": "seats", "supplier": S4, "share": 66_667},
]
VALUE = 12_345_679
MADE = {"name": "Car", "currency": "CNY", "due_days": 90, "most_value": 20_000_000, "most_a_day": 30_000_000}


def described(parts: Any = None, **given: Any) -> dict[str, Any]:
    """What `product.register` takes."""
    attestor = {"alg": "ed25519", "key": ATTESTOR.public.hex()}
    return {**MADE, "parts": PARTS if parts is None else parts, "attestor": attestor, "terms": {}, **given}


def register(world: World, parts: Any = None, **given: Any) -> str:
    """Register a product as two people of the anchor; its id."""
    return str(as_two(world, ANCHOR, "product", "register", **described(parts, **given))["product"])


def active(world: World, parts: Any = None, **given: Any) -> str:
    """A product to which all its suppliers agreed; its id."""
    product = register(world, parts, **given)
    for supplier in dict.fromkeys(part["supplier"] for part in (parts or PARTS)):
        world.call(supplier, "product", "agree", product=product)
    return product


def attested(world: World, product: str, serial: str = "VIN-1", value: int = VALUE, **given: Any) -> dict[str, Any]:
    """What `product.event` takes, signed by the attestor. given: what is otherwise, and signed so."""
    said = {"product": product, "order": "O-1", "serial": serial, "value": value, "happened_on": world.today, **given}
    return {**said, "signature": sign_statement(ATTESTOR, NETWORK, "product", "event", said).hex()}


def report(world: World, product: str, serial: str = "VIN-1", value: int = VALUE, **given: Any) -> Any:
    """Report an event of production as the anchor."""
    return world.call(ANCHOR, "product", "event", **attested(world, product, serial, value, **given))


def event_bill(world: World, supplier: str = S1) -> tuple[str, str]:
    """A bill of an event of production that its supplier accepted; its id and its token's."""
    parts = [{"part": "engine", "supplier": supplier, "share": 300_000}]
    bill = str(report(world, active(world, parts))["bills"][0])
    return bill, str(world.call(supplier, "bill", "accept", bill=bill)["token"])
