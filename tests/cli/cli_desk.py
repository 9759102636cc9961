"""The command line at a desk that speaks with the real ledger and contracts in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli.main import run
from cli.solo_node import SoloTransport

Refused = Callable[..., str]
"""Who acts, and the words of a command → the reason why the ledger refuses it."""


class Desk:
    """The command line at a desk with every profile of a local network."""

    def __init__(self, home: Path, transport: SoloTransport, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.transport = transport
        self.capsys = capsys
        self.out = self.err = ""

    def ends(self, *words: str) -> int:
        """The exit code of a command."""
        code = run(["--home", str(self.home), *words], transport=self.transport)
        self.out, self.err = self.capsys.readouterr()
        return code

    def text(self, *words: str, expect: int = 0) -> str:
        code = self.ends(*words)
        assert code == expect, f"{' '.join(words)}: exit {code}\n{self.out}{self.err}"
        return self.out

    def json(self, who: str, *words: str, expect: int = 0) -> Any:
        return json.loads(self.text("--as", who, "-o", "json", *words, expect=expect))


def sent(desk: Desk, who: str, act: str, **arguments: Any) -> Any:
    """Any act of a profile, as a transaction that is built, signed and sent; what the ledger answered."""
    path = str(desk.home.parent / "one.tx")
    desk.text("--as", who, "tx", "build", "--call", act, json.dumps(arguments), "--out", path)
    desk.text("--as", who, "tx", "sign", path)
    return json.loads(desk.text("--as", who, "tx", "send", path, "-o", "json"))


def bill_over(desk: Desk, fingerprint: str, seller: str, buyer: str, amount: int) -> str:
    """A bill over one invoice that its buyer confirmed and its seller accepted; minor units of CNY."""
    parties = {name: desk.json(seller, "party", "show", name)["id"] for name in (seller, buyer)}
    made = sent(
        desk, seller, "bill.issue", debtor=parties[buyer], creditor=parties[seller], face=amount, currency="CNY",
        due_on="2027-06-30", invoices=[{"fingerprint": fingerprint, "amount": amount, "total": amount}],
        contract_no="", delivered_on="", terms={}, reference="",
    )  # fmt: skip
    desk.json(buyer, "bill", "confirm", made["bill"])
    desk.json(seller, "bill", "accept", made["bill"])
    return str(made["bill"])


def accepted_bill(desk: Desk, amount: str = "1000.00") -> tuple[str, str]:
    bill = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", amount, "--due", "+120d")["bill"]
    desk.json("anchor", "bill", "confirm", bill)
    return bill, desk.json("supplier1", "bill", "accept", bill)["token"]
