"""What one transfer costs in the contract machine: 6 reads, 4 writes, 2 events, loops (aim: at most 20 µs).

    python benchmarks/vm_transfer.py [repetitions]

Prints µs a call over rows in memory, the same in plain Python through the harness's tables, and gas a call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import process_time

from chainbill.codec import encode
from chainbill.state.keys import row_key
from chainbill.vm import Context, Machine, Meter, compile_contract, link
from chainbill.vm.testing import Harness, MemoryRows

TOKEN = '''"""Tokens, as in the network's own contract, in one file."""
from chainbill.vm.prelude import *

tokens = own_table("token")
hops = own_table("hop")
bills = own_table("bill")
parties = own_table("party")


@call
def transfer(token_ids, recipients):
    """Offer parts of the sender's tokens."""
    sender = parties.get(ctx.party)
    require(sender is not None and sender["status"] == "active", "party_not_active")
    lots = []
    for token_id in token_ids:
        row = free_token_of_sender(token_id)
        lots += [{"at": row["lo"], "end": row["hi"], "row": row}]
    made = []
    for recipient in recipients:
        require(recipient["amount"] > 0, "amount_not_positive")
        party = parties.get(recipient["party"])
        require(party is not None and party["status"] in ("active", "leaving"), "recipient_unknown")
        due = recipient["amount"]
        for lot in lots:
            part = min(due, lot["end"] - lot["at"])
            if part > 0:
                made += [cut(lot["row"], lot["at"], lot["at"] + part, recipient["party"])]
                lot["at"] += part
                due -= part
        require(due == 0, "amount_exceeds_tokens")
    for lot in lots:
        if lot["at"] < lot["end"]:
            made += [cut(lot["row"], lot["at"], lot["end"], "")]
        row = lot["row"]
        row["status"] = "split"
        row["ended"] = ctx.height
        tokens.put(row["id"], row)
    emit("transferred", {"tokens": made, "by": ctx.party})
    return {"tokens": made}


def free_token_of_sender(token_id):
    row = tokens.get(token_id)
    require(row is not None, "token_unknown")
    require(row["holder"] == ctx.party, "not_the_holder")
    require(row["status"] == "live", "token_already_used")
    require(len(row["locks"]) == 0, "token_locked")
    bill = bills.get(row["bill"])
    require(bill["status"] in ("active", "due"), "bill_not_transferable_now")
    require(bill["pay_on"] > ctx.today, "bill_due")
    hop = hops.get(row["parent"])
    require(hop is None or hop["kind"] != "frozen", "token_frozen")
    return row


def cut(row, lo, hi, offered_to):
    token = new_id("T")
    locks = []
    if offered_to != "":
        require(not parties.has([offered_to, "barred"]), "recipient_barred")
        locks = [{"kind": "offered", "ref": "transfer", "since": ctx.today, "until": add_days(ctx.today, 7)}]
        emit("offered", {"token": token, "to": offered_to, "amount": hi - lo})
        hops.put(token, {"kind": "offer", "from": row["holder"], "to": offered_to, "lo": lo, "hi": hi})
    tokens.put(token, {
        "id": token, "bill": row["bill"], "currency": row["currency"], "lo": lo, "hi": hi, "holder": row["holder"],
        "offered_to": offered_to, "tier": row["tier"], "financed_tier": row["financed_tier"], "parent": row["id"],
        "status": "live", "locks": locks, "born": ctx.height, "ended": 0, "claim": "none",
    })
    return token
'''
ROWS = {
    ("party", "A"): {"id": "A", "status": "active", "roles": ["supplier"], "names": [{"zh": "甲", "en": "A"}]},
    ("party", "B"): {"id": "B", "status": "active", "roles": ["supplier"], "names": [{"zh": "乙", "en": "B"}]},
    ("bill", "B1"): {"id": "B1", "status": "active", "pay_on": "2027-01-01", "face": 10**8, "terms": {"min_split": 1}},
    ("token", "T1"): {
        "id": "T1", "bill": "B1", "currency": "CNY", "lo": 0, "hi": 10**8, "holder": "A", "offered_to": "", "tier": 1,
        "financed_tier": 0, "parent": "T0", "status": "live", "locks": [], "born": 5, "ended": 0, "claim": "none",
    },
}  # fmt: skip
ARGUMENTS = {"token_ids": ["T1"], "recipients": [{"party": "B", "amount": 60_000_000}]}
CONTEXT = Context(party="A", height=7, today="2026-01-01")


class CopiedRows(MemoryRows):
    """Rows that start anew at no cost: what is written is dropped before the next call."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = {row_key("token", table, key): row for (table, key), row in ROWS.items()}
        self.sizes = {key: len(encode(row)) for key, row in self.rows.items()}
        self.written: dict[bytes, object] = {}

    def get(self, key: bytes) -> object:
        return self.written.get(key) or self.rows.get(key)

    def stored_bytes(self, key: bytes) -> int:
        return self.sizes.get(key, 0)

    def put(self, key: bytes, value: object) -> None:
        self.written[key] = value


def microseconds(work: Callable[[], object], repetitions: int) -> float:
    best = float("inf")
    for _ in range(5):
        start = process_time()
        for _ in range(repetitions):
            work()
        best = min(best, process_time() - start)
    return best / repetitions * 1e6


def main(repetitions: int) -> None:
    program = link({"token": compile_contract("token", TOKEN)})
    rows, meter = CopiedRows(), Meter()

    def once() -> Meter:
        rows.written = {}
        meter = Meter()
        Machine(program, rows, CONTEXT, meter, b"seed").call("token", "transfer", ARGUMENTS)
        return meter

    bench = Harness({"token": TOKEN}, CONTEXT)
    bench.rows = copied = CopiedRows()

    def plain() -> object:
        copied.written = {}
        bench.events.clear()
        return bench.call("token", "transfer", ARGUMENTS)

    meter = once()
    print(
        f"machine      {microseconds(once, repetitions):8.1f} µs a transfer ({meter.used} gas, {meter.writes} writes)"
    )
    print(f"plain Python {microseconds(plain, repetitions):8.1f} µs a transfer (harness)")
    start = process_time()
    compile_contract("token", TOKEN)
    print(f"compile      {(process_time() - start) * 1e3:8.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
