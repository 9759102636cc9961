"""The day change: every agenda item whose local date has come, in order of (date, contract, key), each by itself.

An item is a row [date, …parts] of the table that a contract's @each_day function names. The core deletes the row, runs
function(date, parts, row), and undoes what it did if it fails; either way the item is done and has a receipt. The rows
are the cursor: what does not fit into a block waits for the next one. No rule of a contract may depend on whether an
item has been processed yet; rules compare dates.

The field's word: end-of-day batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from chainbill.crypto.hashing import tagged_hash
from chainbill.dates import add_days
from chainbill.ledger.programs import Agenda, LoadedProgram
from chainbill.ledger.receipt import Receipt
from chainbill.state.keys import split_key, table_prefix
from chainbill.state.overlay import Overlay

_PAGE = 64
RunItem = Callable[[Agenda, bytes, Any], Receipt]


class _Queue:
    """The due items of one agenda in order, read in pages; items that vanish meanwhile are passed over.

    first: its first item. bound: what is not below it is not due.
    """

    def __init__(self, overlay: Overlay, agenda: Agenda, first: tuple[bytes, Any], bound: bytes) -> None:
        self.agenda = agenda
        self._overlay = overlay
        self._bound = bound
        self._page = [first]
        self._next = 0
        self._more = True

    def head(self) -> tuple[bytes, Any] | None:
        """The first item (key, row) that is still there, None when no item is due."""
        while True:
            while self._next < len(self._page):
                key, row = self._page[self._next]
                if key >= self._bound:
                    return None
                if self._overlay.get(key) is not None:
                    return key, row
                self._next += 1
            if not self._more:
                return None
            self._read()

    def _read(self) -> None:
        self._page = self._overlay.scan(self.agenda.prefix, self._page[-1][0], _PAGE)
        self._next = 0
        self._more = len(self._page) == _PAGE


def _due_queues(overlay: Overlay, agendas: Iterable[Agenda], today: str) -> list[_Queue]:
    """A queue for each agenda whose first item is due: mostly there is none."""
    tomorrow = add_days(today, 1)
    queues = []
    for agenda in agendas:
        first = overlay.scan(agenda.prefix, limit=1)
        if first:
            bound = table_prefix(agenda.contract, agenda.table, [tomorrow])
            if first[0][0] < bound:
                queues.append(_Queue(overlay, agenda, first[0], bound))
    return queues


def run_due_items(
    overlay: Overlay, loaded: LoadedProgram, today: str, gas_left: int, run_item: RunItem
) -> tuple[list[Receipt], bool]:
    """Run what is due by `today` until the gas is used up: (receipts in order, whether items remain)."""
    queues = _due_queues(overlay, loaded.agendas, today)
    receipts: list[Receipt] = []
    while True:
        due = []
        for queue in queues:
            item = queue.head()
            if item is not None:
                due.append((item_date(item[0]), queue.agenda.contract, item, queue))
        if not due:
            return receipts, False
        if gas_left <= 0:
            return receipts, True
        _, _, (key, row), queue = min(due, key=lambda entry: entry[:2])
        receipt = run_item(queue.agenda, key, row)
        receipts.append(receipt)
        gas_left -= max(receipt.gas, 1)


def item_date(key: bytes) -> str:
    """The local date of an agenda item's key."""
    return str(split_key(key)[2][0])


def item_id(height: int, key: bytes) -> bytes:
    """The receipt id of an item: H("day-item", height in 8 bytes ‖ key)."""
    return tagged_hash("day-item", height.to_bytes(8, "big"), key)


def next_date(overlay: Overlay, loaded: LoadedProgram) -> str | None:
    """The earliest date on any agenda, None when all are empty."""
    firsts = [overlay.scan(agenda.prefix, limit=1) for agenda in loaded.agendas]
    return min([item_date(first[0][0]) for first in firsts if first], default=None)
