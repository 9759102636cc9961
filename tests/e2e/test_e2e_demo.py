"""The demo, and the local network's own commands."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

EXAMPLES = Path(__file__).resolve().parents[2] / "cli" / "chainbill_cli" / "demo" / "examples"


def check(summary: dict[str, Any], validators: int) -> None:
    assert sum(one["amount"] for one in summary["payments"]) == summary["face"]
    assert {one["status"] for one in summary["payments"]} == {"paid"}
    assert [row["tier"] for row in summary["by_tier"]] == [1, 2, 3]
    assert sum(row["amount"] for row in summary["by_tier"]) == summary["face"]
    assert all(row["financed"] > 0 for row in summary["by_tier"][1:])
    assert len(summary["nodes"]) == validators
    assert set(summary["nodes"].values()) == {summary["app_hash"]}
    assert summary["seconds"] > 0


def test_demo_on_four_nodes(new_home: Callable[[], Any]) -> None:
    network = new_home()
    done = network.command("demo", "-o", "json")
    assert done.returncode == 0, done.stderr
    check(json.loads(done.stdout), 4)
    told = " ".join(done.stderr.split())
    for part in ("no cent is financed twice", "and refuses", "SIGKILL", "starts its node again", "to the cent"):
        assert part in told, part


def test_demo_with_an_invoice_kept_and_gone_on_with(new_home: Callable[[], Any], tmp_path: Path) -> None:
    network = new_home()
    kept = tmp_path / "kept"
    words = ["demo", "--invoice", str(EXAMPLES / "ubl-invoice.xml"), "--keep", str(kept), "--validators", "1"]
    done = network.command(*words, "--lang", "zh")
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("Example Castings Ltd", "2026-06-30", "240,000.00", "与票面分毫不差", "穿透率"):
        assert part in done.stdout
    network.home = kept
    try:
        lines = [
            line.strip().removeprefix("$ chainbill ") for line in done.stdout.splitlines() if "$ chainbill" in line
        ]
        assert len(lines) == 4
        for line in lines:
            again = network.command(*line.split())
            assert again.returncode == 0, f"{line}: {again.stderr}"
        assert network.json("localnet", "status")["nodes"][0]["ready"]
        assert network.command(*words).returncode == 1, "a directory with something in it is not taken"
    finally:
        network.command("localnet", "reset", "--yes")
    assert not (kept / "nodes").exists()


def test_life_of_a_local_network(new_network: Callable[..., Any]) -> None:
    network = new_network("--validators", "2")
    status = network.json("localnet", "status")
    assert [node["name"] for node in status["nodes"]] == ["bank1", "bank2"]
    assert all(node["ready"] for node in status["nodes"])
    parties = {"anchor", "supplier1", "supplier2", "supplier3", "bank1", "bank2", "regulator", "auditor"}
    assert set(status["profiles"]) == parties | {f"{name}-checker" for name in parties} | {"anchor2"}
    assert [node["pid"] for node in network.up()["nodes"]] == [node["pid"] for node in status["nodes"]], "they run on"
    stopped = network.json("localnet", "stop", "bank2")["nodes"][1]
    assert (stopped["pid"], stopped["ready"]) == (None, False)
    away = network.json("--as", "anchor", "party", "paying-bank", "ask", "bank2", "--timeout", "1.5", expect=6)
    deadline = time.monotonic() + 20
    reason = ""
    while time.monotonic() < deadline and "bank2" not in reason:
        reason = network.command("node", "status", "-o", "json").stdout
    assert "bank2" in reason, "the status says whom it waits for"
    network.json("localnet", "start", "bank2")
    assert network.json("tx", "wait", away["transaction"])["status"] == "committed"
    before = network.json("localnet", "clock")["date"]
    after = network.json("localnet", "clock", "--advance", "30d")["date"]
    assert (after > before, network.json("network", "show")["date"]) == (True, after)
    assert network.json("localnet", "clock", "--to", before, expect=3)["code"] == "clock_back"
    assert "committed" in network.command("localnet", "logs", "bank1", "-n", "200").stdout
    down = network.json("localnet", "down")
    assert [node["pid"] for node in down["nodes"]] == [None, None]
    assert network.json("bill", "list", expect=5)["code"] == "unreachable"
    verified = network.json("node", "verify", "--home", str(network.home / "nodes" / "bank1"))
    assert (verified["ok"], verified["problems"]) == (True, [])
    assert verified["height"] >= 2
    assert network.up()["nodes"][0]["height"] >= 2
    busy = network.json("node", "verify", "--home", str(network.home / "nodes" / "bank1"), expect=1)
    assert busy["code"] == "cannot_verify"
    pids = [node["pid"] for node in network.json("localnet", "status")["nodes"]]
    assert network.json("localnet", "reset")["removed"]
    assert not network.home.exists()
    assert not any(_runs(pid) for pid in pids)


def _runs(pid: int) -> bool:
    """A process that has ended and was not yet collected by its parent has no command line any more."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def test_parties_come_in_by_application_and_vote(new_network: Callable[..., Any], tmp_path: Path) -> None:
    from chainbill.ids import make_test_uscc

    network = new_network("--validators", "1")
    newcomer = make_test_uscc(b"newcomer")
    network.json("key", "new", "newcomer", "--no-passphrase")
    path = str(tmp_path / "application.json")
    names = ["--name-zh", "新来", "--name-en", "Newcomer", "--identifier", "vat=XX77", "--account", "CNY:bank1:622200"]
    network.json(
        "party",
        "apply",
        "--id",
        newcomer,
        *names,
        "--role",
        "supplier",
        "--key",
        "newcomer",
        "--sponsor",
        "bank1",
        "--out",
        path,
    )
    network.json("--as", "bank1", "party", "register", path)
    shown = network.json("party", "show", newcomer)
    assert shown["names"][0]["en"] == "Newcomer"
    assert {"scheme": "vat", "value": "XX77"} in shown["identifiers"]
    bill = network.json("--as", "newcomer", "bill", "issue", "--debtor", "anchor", "--amount", "5.00", "--due", "+4m")[
        "bill"
    ]
    network.json("--as", "anchor", "bill", "confirm", bill[:9])
    assert network.json("--as", "newcomer", "bill", "accept", bill)["token"]
    network.json("key", "new", "fresh", "--no-passphrase")
    network.json("--as", "newcomer", "party", "rotate-key", "--new", "fresh")
    assert network.json("--as", "newcomer", "bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+4m")
    proposal = network.json("--as", "bank1", "governance", "propose", "parameter", "min_split", "100")["proposal"]
    voted = network.json("--as", "bank1", "governance", "vote", proposal, "yes")
    assert voted["decision"] == "accepted"
    assert network.json("governance", "show", proposal)["status"] == "accepted"
    year = network.json("calendar", "show")["year"]
    days = tmp_path / "days.json"
    days.write_text(json.dumps({"holidays": [f"{year}-05-01"], "workdays": []}), encoding="utf-8")
    proposal = network.json("--as", "bank1", "governance", "propose", "calendar", str(year), str(days))["proposal"]
    network.json("--as", "bank1", "governance", "vote", proposal, "yes")
    assert network.json("calendar", "show", str(year))["holidays"] == [f"{year}-05-01"]


def test_tokens_over_their_life(new_network: Callable[..., Any], tmp_path: Path) -> None:
    network = new_network("--validators", "1")
    by = lambda who, *words, expect=0: network.json("--as", who, *words, expect=expect)  # noqa: E731
    bill = by("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "1,000.00", "--due", "+120d")["bill"]
    by("anchor", "bill", "confirm", bill)
    token = by("supplier1", "bill", "accept", bill)["token"]
    parts = by("supplier1", "token", "split", token, "--amount", "300.00", "--amount", "200.00")["tokens"]
    assert [part["amount"] for part in parts] == [30_000, 20_000, 50_000]
    merged = by("supplier1", "token", "merge", *(part["id"] for part in parts))["token"]
    assert network.json("token", "show", merged)["amount"] == 100_000
    offered = by("supplier1", "token", "transfer", merged, "--to", "supplier2:400.00")["tokens"][0]["id"]
    by("supplier1", "token", "recall", offered)
    held = network.json("token", "list", "--holder", "supplier1")
    assert sum(one["amount"] for one in held) == 100_000
    offered = by("supplier1", "token", "transfer", *(one["id"] for one in held), "--to", "supplier2:400.00")["tokens"][
        0
    ]
    by("supplier2", "token", "accept", offered["id"])
    back = by("supplier2", "token", "return", offered["id"])["token"]
    by("supplier1", "token", "accept", back)
    assert sum(one["amount"] for one in network.json("token", "list", "--holder", "supplier1")) == 100_000
    assert network.json("token", "list", "--holder", "supplier2") == []
    signed = str(tmp_path / "offline.tx")
    second = by("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+120d")["bill"]
    by("anchor", "bill", "confirm", second, "--dry-run")
    assert network.json("bill", "show", second)["status"] == "pending_confirm"
    network.json("--as", "anchor", "bill", "reject", second, "--offline", signed)
    network.json("tx", "send", signed)
    assert network.json("bill", "show", second)["status"] == "rejected"
    sent = network.json("tx", "send", signed)
    assert sent["repeated"] is True
    assert network.json("tx", "show", sent["transaction"])["calls"][0]["function"] == "reject"
    assert by("supplier1", "bill", "confirm", bill, expect=3)["hint"]
    head = network.json("block", "show")
    assert network.json("block", "show", str(head["height"]))["id"] == head["id"]
    assert len(network.json("block", "list", "--limit", "3")) == 3
    tailed = network.command("block", "tail", "--count", "1", "-o", "jsonl")
    assert json.loads(tailed.stdout)["height"] >= head["height"]
