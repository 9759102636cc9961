"""`bill history`: what a court does to cents stands among the steps of their bill, to those whom it concerns."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.cli_desk import Desk, accepted_bill

pytestmark = pytest.mark.untraced


def test_a_freeze_and_its_end_are_steps(desk: Desk, tmp_path: Path) -> None:
    paper = tmp_path / "ruling.pdf"
    paper.write_bytes(b"frozen")
    bill, token = accepted_bill(desk)
    moved = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:400.00")["tokens"][0]
    desk.json("supplier2", "token", "accept", moved["id"] if isinstance(moved, dict) else moved)
    own = next(one["id"] for one in desk.json("supplier1", "token", "list", "--bill", bill, "--status", "live"))
    court = ("--authority", "Court", "--number", "12", "--document", str(paper), "--issued", "today")
    order = desk.json("bank1", "order", "freeze", f"{own}:100.00", "--days", "90", *court)
    steps = {step["kind"]: step for step in desk.json("supplier1", "bill", "history", bill)}
    holder = desk.json("supplier1", "party", "show", "supplier1")["id"]
    assert (steps["frozen"]["amount"], steps["frozen"]["from"]) == (10_000, holder)
    assert steps["frozen"]["freeze"] in order["freezes"]
    assert "freeze_ended" not in steps
    desk.json("bank2", "order", "ratify", order["order"])
    free = desk.json("bank1", "order", "release", steps["frozen"]["freeze"], *court)
    desk.json("bank2", "order", "ratify", free["order"])
    steps = {step["kind"]: step for step in desk.json("supplier1", "bill", "history", bill)}
    assert steps["freeze_ended"]["freeze"] == steps["frozen"]["freeze"]
    assert "冻结结束" in desk.text("--as", "supplier1", "--lang", "zh", "bill", "history", bill)
