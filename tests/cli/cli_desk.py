"""The command line at a desk that speaks with the real ledger and contracts in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli.main import run
from cli.solo_node import SoloTransport


class Desk:
    """The command line at a desk with every profile of a local network."""

    def __init__(self, home: Path, transport: SoloTransport, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.transport = transport
        self.capsys = capsys
        self.out = self.err = ""

    def text(self, *words: str, expect: int = 0) -> str:
        code = run(["--home", str(self.home), *words], transport=self.transport)
        self.out, self.err = self.capsys.readouterr()
        assert code == expect, f"{' '.join(words)}: exit {code}\n{self.out}{self.err}"
        return self.out

    def json(self, who: str, *words: str, expect: int = 0) -> Any:
        return json.loads(self.text("--as", who, "-o", "json", *words, expect=expect))


def accepted_bill(desk: Desk, amount: str = "1000.00") -> tuple[str, str]:
    bill = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", amount, "--due", "+120d")["bill"]
    desk.json("anchor", "bill", "confirm", bill)
    return bill, desk.json("supplier1", "bill", "accept", bill)["token"]
