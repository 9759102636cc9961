"""What the core refuses and derives, over rows of tokens and bills alone."""

from __future__ import annotations

from typing import Any

from chainbill.errors import ChainbillError
from chainbill.ledger.checks import CoreChecks
from chainbill.state.keys import row_key, split_key
from chainbill.state.overlay import Overlay
from chainbill.state.view import MemoryView

HEIGHT = 9
TODAY = "2027-03-01"
Write = tuple[str, str, list[Any], Any]


def token(name: str, lo: int, hi: int, holder: str = "S1", **more: Any) -> Write:
    row = {
        "id": name, "bill": "B1", "currency": "CNY", "lo": lo, "hi": hi, "holder": holder, "offered_to": "",
        "parent": "T1", "financing": "", "status": "live", "born": HEIGHT, "ended": 0, "reversed_at": 0,
    }  # fmt: skip
    return "token", "token", [name], {**row, **more}


def bill(status: str = "active", **figures: int) -> Write:
    row = {"id": "B1", "debtor": "ANCHOR", "currency": "CNY", "face": 1000, "status": status}
    return "bill", "bill", ["B1"], {**row, "settled": 0, "diluted": 0, "void": 0, **figures}


def earlier(write: Write, born: int, **more: Any) -> Write:
    return (*write[:3], {**write[3], "born": born, **more})


PENDING: list[Write] = [bill("pending_accept")]
ROOT = earlier(token("T1", 0, 1000, parent=""), 2)
ACTIVE: list[Write] = [bill(), ROOT]
SPLIT = earlier(ROOT, 2, status="split", ended=3)
PAID: list[Write] = [
    bill(settled=400),
    SPLIT,
    earlier(token("T2", 0, 400, status="settled", ended=5), 3),
    earlier(token("T3", 400, 1000), 3),
]
REVERSED = earlier(token("T2", 0, 400, status="reversed", ended=5, reversed_at=HEIGHT), 3)
BACK = token("T4", 0, 400, parent="T2")
FINANCED: list[Write] = [bill(), earlier(ROOT, 2, status="moved", ended=3),
                         earlier(token("T2", 0, 1000, "BANK", financing="T2"), 3)]  # fmt: skip
CUT = earlier(token("T2", 0, 1000, "BANK", financing="T2", status="split", ended=HEIGHT), 3)


def payment(name: str, **more: Any) -> Write:
    row = {"party": "S1", "bank": "BANK", "amount": 400, "currency": "CNY", "status": "instructed"}
    return "settlement", "payment", ["B1", name], {**row, **more}


def quote(transaction: str, height: int, **more: Any) -> Write:
    created = {"height": height, "transaction": transaction * 32}
    return "finance", "quote", ["Q1"], {"id": "Q1", "rate": 30000, "status": "offered", "created": created, **more}


OWED: list[Write] = [payment("T2"), payment("T3", party="S2", amount=600)]
FITS = payment("T9", amount=2**53 - 1001)
FULL = payment("T9", amount=2**53 - 1000)

CASES: list[tuple[str, list[Write], list[Write]]] = [
    ("acceptance", PENDING, [bill(), token("T1", 0, 1000, parent="")]),
    ("a cut", ACTIVE, [earlier(ROOT, 2, status="split", ended=HEIGHT), token("T2", 0, 400), token("T3", 400, 1000)]),
    ("a cut that loses a cent", ACTIVE,
     [earlier(ROOT, 2, status="split", ended=HEIGHT), token("T2", 0, 400), token("T3", 401, 1000)]),
    ("a new holder in place", ACTIVE, [earlier(ROOT, 2, holder="S2")]),
    ("settling", ACTIVE, [earlier(ROOT, 2, status="settled", ended=HEIGHT), bill("settled", settled=1000)]),
    ("settling behind the bill's back", ACTIVE, [earlier(ROOT, 2, status="settled", ended=HEIGHT)]),
    ("a bill becomes void", ACTIVE, [earlier(ROOT, 2, status="void", ended=HEIGHT), bill("void", void=1000)]),
    ("void before acceptance", PENDING, [bill("void")]),
    ("a reversal", PAID, [REVERSED, BACK, bill()]),
    ("a reversal without its child", PAID, [REVERSED, bill()]),
    ("a reversal to another holder", PAID, [REVERSED, token("T4", 0, 400, "S2", parent="T2"), bill()]),
    ("a reversal into two children", PAID,
     [REVERSED, token("T4", 0, 200, parent="T2"), token("T5", 200, 400, parent="T2"), bill()]),
    ("a reversal that leaves settled", PAID, [REVERSED, BACK, bill(settled=400)]),
    ("a reversal that moves ended", PAID,
     [earlier(token("T2", 0, 400, status="reversed", ended=HEIGHT, reversed_at=HEIGHT), 3), BACK, bill()]),
    ("a reversal that does not say when", PAID,
     [earlier(token("T2", 0, 400, status="reversed", ended=5), 3), BACK, bill()]),
    ("a reversal of a live token", PAID,
     [earlier(token("T3", 400, 1000, status="reversed", ended=HEIGHT, reversed_at=HEIGHT), 3),
      token("T4", 400, 1000, parent="T3")]),
    ("a settled token lives again", PAID, [earlier(token("T2", 0, 400), 3), bill()]),
    ("a cut of a financed token", FINANCED,
     [CUT, token("T3", 0, 400, "BANK", parent="T2", financing="T2"),
      token("T4", 400, 1000, "BANK", parent="T2", financing="T2")]),
    ("financing of a token that no financing made", FINANCED,
     [CUT, token("T3", 0, 400, "BANK", parent="T2", financing="T1"),
      token("T4", 400, 1000, "BANK", parent="T2", financing="T2")]),
    ("payments are instructed", [], OWED),
    ("a payment is made", OWED, [payment("T2", status="paid")]),
    ("a payment comes back", OWED, [payment("T2", status="returned")]),
    ("an open payment to nobody", [], [payment("T2", party="")]),
    ("an open payment of nothing", [], [payment("T2", amount=0)]),
    ("payments beyond the largest amount", OWED, [payment("T4", amount=2**53 - 1)]),
    ("acceptance by a payee whose sum is full", [*PENDING, FULL], [bill(), token("T1", 0, 1000, parent="")]),
    ("acceptance by a payee whose sum is then full", [*PENDING, FITS], [bill(), token("T1", 0, 1000, parent="")]),
    ("financing that changes in place", FINANCED, [earlier(token("T2", 0, 1000, "BANK", financing=""), 3)]),
    ("a quote goes on", [quote("a5", 4)], [quote("a5", 4, status="agreed")]),
    ("another quote under the id of one that is there", [quote("a5", 4)], [quote("b6", HEIGHT, rate=900000)]),
    ("another quote of the same block", [quote("a5", 4)], [quote("b6", 4)]),
    ("a quote that does not say any more when it was made", [quote("a5", 4)],
     [("finance", "quote", ["Q1"], {"status": "offered"})]),
    ("a row that was there before says when it was made", [("finance", "quote", ["Q1"], {"status": "offered"})],
     [quote("a5", HEIGHT)]),
]  # fmt: skip


def case(name: str, before: list[Write], writes: list[Write]) -> dict[str, Any]:
    view = MemoryView()
    seed = Overlay(view)
    seed.set_nonce(bytes(16))
    for contract, table, parts, value in before:
        seed.put(row_key(contract, table, parts), value)
    for write in before:
        _, _, parts, value = write
        if write[0] == "token" and value["status"] in ("live", "settled", "diluted", "void"):
            seed.put(row_key("core", "range", ["B1", value["lo"]]), [value["hi"], parts[0]])
    for party, role, field in (
        ("S1", "payee_open", "party"), ("S2", "payee_open", "party"), ("BANK", "paying_bank_open", "bank"),
    ):  # fmt: skip
        amounts = [one[3]["amount"] for one in before if one[0] == "settlement" and one[3][field] == party]
        if amounts:
            seed.put(row_key("core", "holding", [party, "CNY", role]), [len(amounts), sum(amounts)])
    for party, side in (("S1", "holder"), ("BANK", "holder"), ("ANCHOR", "debtor")):
        held = [one[3] for one in before if one[0] == "token" and one[3]["status"] == "live"]
        held = [row for row in held if side == "debtor" or row["holder"] == party]
        if held:
            total = sum(row["hi"] - row["lo"] for row in held)
            seed.put(row_key("core", "holding", [party, "CNY", side]), [len(held), total])
    view.apply(seed.finish(HEIGHT - 1))
    found: dict[str, Any] = {"name": name, "height": HEIGHT, "before": _rows(view), "writes": list(map(list, writes))}
    overlay = Overlay(view)
    overlay.begin()
    overlay.set_nonce(bytes(16))
    for contract, table, parts, value in writes:
        overlay.put(row_key(contract, table, parts), value)
    try:
        CoreChecks(overlay, HEIGHT, TODAY, [], adjustable_clock=False).run()
    except ChainbillError as error:
        return {**found, "reason": error.reason}
    derived = [[*split_key(key), new] for key, (_, new) in sorted(overlay.changed().items()) if key[:5] == b"core\0"]
    return {**found, "derives": derived}


def _rows(view: MemoryView) -> list[Any]:
    overlay = Overlay(view)
    return [[*split_key(key), overlay.get(key)] for key in sorted(view.rows)]


def make() -> dict[str, Any]:
    return {"today": TODAY, "cases": [case(*one) for one in CASES]}
