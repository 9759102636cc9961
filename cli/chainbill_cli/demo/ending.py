"""The end of the demo: where the credit is, the due date, every holder paid, one truth on all nodes."""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from chainbill_cli.client import NodeClient, deadline_in, left_until
from chainbill_cli.commands.bill_settle import PAYMENT_ROWS
from chainbill_cli.demo.story import Story
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.localnet.clock import advance_quietly
from chainbill_cli.output import Column
from chainbill_cli.penetration import by_tier_rows, tree_lines
from chainbill_cli.texts import enumerated
from chainbill_cli.writing import call

TIER_TABLE = (
    Column("tier", "int"), Column("reached", "amount"), Column("penetration", "share"), Column("held", "amount"),
    Column("financed", "amount"), Column("amount", "amount"), Column("share_financed", "share"),
    Column("mean_rate", "figure"),
)  # fmt: skip
PAYMENTS = tuple(column for column in PAYMENT_ROWS if column.path != "token")
POLL_S = 0.05
SETTLE_REFERENCE = "DEMO-PAY-1"


def tell_tree(story: Story) -> list[dict[str, Any]]:
    """The tree of the bill and the by-tier table; the rows of the table."""
    stage, teller = story.stage, story.teller
    teller.chapter("demo.c_tree")
    trace = stage.get(f"/v1/trace/bills/{story.bill}")
    teller.say("demo.tree")
    teller.lines(tree_lines(trace, trace["bill"], stage.reader.registered_name, teller.room, ids=False))
    anchor = stage.get(f"/v1/trace/anchors/{stage.party('anchor')}")
    tables = [table for table in anchor["currencies"] if table["currency"] == story.currency]
    rows = by_tier_rows(tables[0], story.currency)
    teller.say("demo.by_tier")
    teller.table(rows, TIER_TABLE)
    return rows


def tell_due(story: Story) -> list[dict[str, Any]]:
    """The clock moves to the day of payment, the debtor's bank reports the money, every holder is paid; payments."""
    stage, teller = story.stage, story.teller
    teller.chapter("demo.c_due")
    pay_on = str(stage.get(f"/v1/bills/{story.bill}")["pay_on"])
    advance_quietly(stage.actor("bank1"), to=pay_on)
    stage.forget_dates()
    teller.say("demo.clock", date=stage.reader.today())
    settled = stage.act(
        "bank1",
        call(
            "settlement", "settle", bill=story.bill, amount=story.face, reference=SETTLE_REFERENCE,
            value_date=stage.actor("bank1").today(), partial=False,
        ),
    )  # fmt: skip
    teller.fact(
        "demo.settled", bank=story.name("bank1"), who=story.name("anchor"), amount=story.money(story.face),
        currency=story.currency, reference=SETTLE_REFERENCE,
    )  # fmt: skip
    payments = [dict(one) for one in settled.result["payments"]]
    results = [
        call(
            "settlement",
            "pay_result",
            bill=story.bill,
            token=one["token"],
            status="paid",
            reference=f"DEMO-OUT-{number}",
        )
        for number, one in enumerate(payments, start=1)
    ]
    outcome = stage.act("bank1", *results)
    for payment, result in zip(payments, outcome.results, strict=True):
        payment.update(status=result["status"], currency=story.currency)
    teller.say("demo.paid")
    teller.table(payments, PAYMENTS)
    total = sum(int(one["amount"]) for one in payments)
    if total != story.face:
        raise fail(Exit.FAILED, "demo.not_exact", paid=story.money(total), face=story.money(story.face))
    teller.fact("demo.exact", count=len(payments), amount=story.money(total), currency=story.currency)
    return payments


def tell_same(story: Story) -> dict[str, Any]:
    """All nodes have the same state root at the same height; height and root."""
    stage, teller = story.stage, story.teller
    teller.chapter("demo.c_same")
    height = int(stage.get("/v1/network")["as_of"]["height"])
    roots = {node.name: root_at(story, node.api, height) for node in stage.network.nodes}
    if len(set(roots.values())) != 1:
        raise fail(Exit.FAILED, "demo.differs", found=enumerated(f"{name} {root}" for name, root in roots.items()))
    root = next(iter(roots.values()))
    teller.fact("demo.same", height=height, count=len(roots), root=root)
    return {"height": height, "app_hash": root, "nodes": roots}


def root_at(story: Story, api: str, height: int) -> str:
    """The state root of a node after a height, as soon as it has one."""
    client = NodeClient((api,), timeout_s=5, transport=story.stage.transport)
    deadline = deadline_in(30)
    try:
        while left_until(deadline) > 0:
            try:
                root = client.get("/v1/network", at=height)["as_of"].get("app_hash")
            except Failure:
                root = None  # not there yet
            if root:
                return str(root)
            time.sleep(POLL_S)
    finally:
        client.close()
    return ""


def activation() -> str:
    """What makes the command `chainbill` known to the shell, "" where it is: `make demo` runs it by its path."""
    if shutil.which("chainbill") is not None:
        return ""
    script = Path(sys.prefix, "bin", "activate")
    here = Path.cwd()
    return f". {shlex.quote(str(script.relative_to(here) if script.is_relative_to(here) else script))}"


def tell_on(story: Story, kept: str) -> None:
    """Commands to go on with."""
    teller = story.teller
    teller.chapter("demo.c_on")
    first = activation()
    if kept:
        teller.say("demo.kept", home=kept)
        if first:
            teller.command(first)
        home = f"--home {kept}"
        teller.command(f"chainbill {home} trace bill {story.bill}")
        teller.command(f"chainbill {home} trace anchor anchor")
        teller.command(f"chainbill {home} bill history {story.bill}")
        issue = f"bill issue --debtor anchor --amount 1000.00 --currency {story.currency} --due +120d"
        teller.command(f"chainbill {home} --as supplier1 {issue}")
        teller.command(f"curl -s {story.stage.network.nodes[0].api}/v1/trace/bills/{story.bill}")
        teller.say("demo.stop_hint", home=kept)
    else:
        teller.say("demo.gone")
        if first:
            teller.command(first)
        teller.command("chainbill demo --keep ./demo-network")
        teller.command("chainbill localnet up --detach")
    teller.say("demo.total", seconds=teller.seconds)
