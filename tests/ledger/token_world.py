"""Token and bill rows without contracts: honest operations on them, for tests of the core checks."""

from __future__ import annotations

from typing import Any

from chainbill.ledger.checks import CoreChecks
from chainbill.ledger.core_rows import bill_key, token_key
from chainbill.state.overlay import Overlay
from chainbill.state.view import MemoryView

TODAY = "2026-03-02"


class TokenWorld:
    """One overlay and rows on it; `act` runs one transaction's writes and the core checks behind them."""

    def __init__(self) -> None:
        self.view = MemoryView()
        self.height = 1
        self.overlay = Overlay(self.view)
        self.counter = 0

    def act(self, *writes: tuple[bytes, Any]) -> None:
        """All or nothing: the writes (None deletes), then the checks; raises what they raise."""
        self.overlay.begin()
        try:
            self.overlay.set_nonce(b"n" * 16)
            for key, value in writes:
                if value is None:
                    self.overlay.delete(key)
                else:
                    self.overlay.put(key, value)
            CoreChecks(self.overlay, self.height, TODAY, [], adjustable_clock=False).run()
        except BaseException:
            self.overlay.rollback()
            raise
        self.overlay.commit()

    def next_block(self) -> None:
        self.view.apply(self.overlay.finish(self.height))
        self.height += 1
        self.overlay = Overlay(self.view)

    def bill(self, bill: str = "B1", face: int = 1000, debtor: str = "ANCHOR", creditor: str = "S1") -> None:
        """An accepted bill with its first token."""
        self.act((bill_key(bill), bill_row(bill, face, debtor, "pending_accept")))
        self.act((bill_key(bill), bill_row(bill, face, debtor, "active")), self.new(bill, 0, face, creditor))

    def new(self, bill: str, lo: int, hi: int, holder: str, **more: Any) -> tuple[bytes, Any]:
        self.counter += 1
        row = token_row(f"T{self.counter}", bill, lo, hi, holder, self.height, **more)
        return token_key(row["id"]), row

    def token(self, token: str) -> dict[str, Any]:
        return dict(self.overlay.get(token_key(token)))

    def end(self, token: str, status: str) -> tuple[bytes, Any]:
        return token_key(token), {**self.token(token), "status": status, "ended": self.height}

    def cut(self, token: str, at: int) -> None:
        row = self.token(token)
        self.act(
            self.end(token, "split"),
            self.new(row["bill"], row["lo"], at, row["holder"], parent=token),
            self.new(row["bill"], at, row["hi"], row["holder"], parent=token),
        )

    def move(self, token: str, holder: str) -> None:
        row = self.token(token)
        self.act(self.end(token, "moved"), self.new(row["bill"], row["lo"], row["hi"], holder, parent=token))

    def finish(self, token: str, status: str) -> None:
        self.act(self.end(token, status))


def bill_row(bill: str, face: int, debtor: str, status: str) -> dict[str, Any]:
    return {"id": bill, "debtor": debtor, "currency": "CNY", "face": face, "status": status}


def token_row(token: str, bill: str, lo: int, hi: int, holder: str, height: int, **more: Any) -> dict[str, Any]:
    row = {
        "id": token, "bill": bill, "currency": "CNY", "lo": lo, "hi": hi, "holder": holder, "offered_to": "",
        "tier": 1, "financed_tier": 0, "parent": "", "financing": "", "status": "live", "locks": [], "born": height,
        "ended": 0, "reversed_at": 0, "claim": "none",
    }  # fmt: skip
    return {**row, **more}
