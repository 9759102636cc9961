"""Commands against the real ledger and contracts in this process; the demo's story on a stage without processes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli.demo import cast, stage
from chainbill_cli.localnet import layout, processes, status
from chainbill_cli.main import run
from chainbill_node.setup.local import create_local_network
from chainbill_node.setup.network import create_network
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


@pytest.fixture
def new_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Desk]]:
    made: list[SoloTransport] = []

    def make(*, public_reads: bool = True) -> Desk:
        created = create_local_network(tmp_path / "net", validators=1, public_reads=public_reads)
        layout.write_down(created, {alias: (one.party, one.key) for alias, one in created.parties.items()})
        made.append(SoloTransport())
        made[-1].serve(created.genesis)
        return Desk(tmp_path / "net", made[-1], capsys)

    yield make
    for transport in made:
        transport.end()


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    return new_desk()


def accepted_bill(desk: Desk, amount: str = "1000.00") -> tuple[str, str]:
    bill = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", amount, "--due", "+120d")["bill"]
    desk.json("anchor", "bill", "confirm", bill)
    return bill, desk.json("supplier1", "bill", "accept", bill)["token"]


def test_a_bill_through_all_its_commands(desk: Desk) -> None:
    bill, token = accepted_bill(desk)
    moved = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:600.00", "--to", "supplier3:50.00")
    first, second = (one["id"] for one in moved["tokens"])
    desk.json("supplier2", "token", "accept", first)
    assert "no cent" not in desk.err
    desk.json("supplier3", "token", "reject", second, "--reason", "too late")
    asked = desk.json("supplier2", "finance", "request", first, "--to", "bank1", "--to", "bank2", "--amount", "300.00")
    assert "has moved" in desk.err
    desk.json("bank1", "finance", "decline", asked["request"])
    quoted = desk.json("bank2", "finance", "quote", asked["request"], "--rate", "4", "--recourse", "--fee", "1.00")
    desk.json("supplier2", "finance", "agree", quoted["quote"][:9])
    paid = desk.json("bank2", "finance", "disburse", quoted["quote"], "--reference", "P1", "--registration", "Z1")
    assert (paid["net"], paid["interest"]) == (quoted["net"], quoted["interest"])
    for words in (
        ["bill", "list"], ["bill", "show", bill], ["bill", "history", bill], ["token", "list", "--bill", bill[:8]],
        ["token", "show", first], ["finance", "list", "--bank", "bank2"], ["finance", "show", asked["request"]],
        ["finance", "show", quoted["quote"]], ["trace", "bill", bill], ["trace", "token", paid["token"]],
        ["trace", "anchor", "anchor"], ["trace", "party", "supplier2"], ["party", "list"], ["party", "show", "bank1"],
        ["block", "list"], ["block", "show"], ["block", "tail", "--count", "1"], ["network", "show"],
        ["calendar", "show"], ["governance", "list"], ["party", "account", "supplier1"], ["party", "policy", "anchor"],
        ["tx", "show", paid["transaction"]], ["node", "status"], ["node", "wait", "--height", "3"], ["version"],
    ):  # fmt: skip
        assert desk.text("--as", "auditor", *words, "-o", "jsonl").strip() or words[0] in {"governance", "party"}
        for language in ("en", "zh"):
            desk.text("--as", "auditor", "--lang", language, *words)
            if words[0] in {"bill", "token", "finance", "trace"}:
                assert desk.out.strip(), words
    tree = desk.text("--lang", "zh", "trace", "bill", bill)
    assert "融资" in tree
    assert "supplier2" in tree
    assert second not in tree, "a piece that was joined again is not shown"
    for words in (["trace", "bill", bill], ["trace", "anchor", "anchor"], ["trace", "party", "bank2"]):
        rows = list(csv.reader(io.StringIO(desk.text(*words, "--format", "csv").lstrip("\ufeff"))))
        assert len(rows) > 1
        assert json.loads(desk.text(*words, "--format", "json"))["as_of"]
    assert json.loads(desk.text("trace", "bill", bill, "--at", "3", "-o", "json"))["tree"] is None
    settled = desk.json("bank1", "bill", "settle", bill, "--amount", "250.00", "--reference", "S1", expect=3)
    assert settled["hint"]
    desk.json("bank1", "bill", "settle", bill, "--amount", "250.00", "--reference", "S1", "--partial")
    last = desk.json("bank1", "bill", "settle", bill, "--amount", "750.00", "--reference", "S2")
    assert sum(one["amount"] for one in last["payments"]) == 75_000
    assert desk.json("auditor", "bill", "show", bill)["status"] == "settled"


def test_every_write_has_a_preview(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from chainbill_cli import preview
    from chainbill_cli.commands import bill, finance, token

    for module in (preview, bill, finance, token):
        monkeypatch.setattr(module, "asks", lambda session: not session.settings.machine)
    monkeypatch.setattr(preview.click, "confirm", lambda *_, **__: True)  # type: ignore[attr-defined]
    step = {"n": 0}

    def write(who: str, *words: str) -> None:
        step["n"] += 1
        desk.text("--as", who, "--lang", "zh" if step["n"] % 2 else "en", *words)
        assert "(9199" in desk.err or "CNY" in desk.err, desk.err
        assert "--yes" in desk.err

    newest = lambda *words: desk.json("auditor", *words, "list")[-1]["id"]  # noqa: E731
    write("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "1000", "--due", "+120d")
    number = newest("bill")
    write("anchor", "bill", "confirm", number)
    write("supplier1", "bill", "accept", number)
    root = newest("token")
    write("supplier1", "token", "split", root, "--amount", "400")
    parts = [one["id"] for one in desk.json("supplier1", "token", "list", "--holder", "supplier1")]
    write("supplier1", "token", "merge", *parts)
    [whole] = [one["id"] for one in desk.json("supplier1", "token", "list", "--holder", "supplier1")]
    write("supplier1", "token", "transfer", whole, "--to", "supplier2:500")
    [offered] = [one["id"] for one in desk.json("supplier1", "token", "list", "--lock", "offered")]
    write("supplier2", "token", "accept", offered)
    write("supplier2", "finance", "request", offered, "--to", "bank1", "--amount", "100")
    request = newest("finance")
    write("bank1", "finance", "quote", request, "--rate", "3", "--no-recourse")
    quote = desk.json("auditor", "finance", "show", request)["quotes"][0]["id"]
    write("supplier2", "finance", "agree", quote)
    write("bank1", "finance", "disburse", quote, "--reference", "P")
    write("supplier1", "finance", "request", newest_of(desk, "supplier1"), "--to", "bank1")
    write("bank1", "finance", "decline", desk.json("auditor", "finance", "list", "--status", "open")[0]["id"])
    write("bank1", "bill", "settle", number, "--amount", "1000", "--reference", "S")
    assert desk.json("auditor", "bill", "show", number)["status"] == "settled"


def newest_of(desk: Desk, holder: str) -> str:
    return str(desk.json("auditor", "token", "list", "--holder", holder)[-1]["id"])


def test_exits_of_a_bill(desk: Desk) -> None:
    ids = [
        desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+4m")["bill"]
        for _ in range(3)
    ]
    desk.json("supplier1", "bill", "withdraw", ids[0], "--reason", "mistake")
    desk.json("anchor", "bill", "reject", ids[1])
    desk.json("anchor", "bill", "confirm", ids[2])
    desk.json("anchor", "bill", "cancel", ids[2])
    assert [desk.json("auditor", "bill", "show", one)["status"] for one in ids] == [
        "withdrawn",
        "rejected",
        "cancelled",
    ]
    assert [one["id"] for one in desk.json("auditor", "bill", "list", "--status", "cancelled")] == [ids[2]]


def test_tokens_are_cut_joined_and_given_back(desk: Desk) -> None:
    _, token = accepted_bill(desk)
    parts = desk.json("supplier1", "token", "split", token, "--amount", "300.00", "--amount", "200.00")["tokens"]
    assert [part["amount"] for part in parts] == [30_000, 20_000, 50_000]
    merged = desk.json("supplier1", "token", "merge", *(part["id"] for part in parts))["token"]
    offered = desk.json("supplier1", "token", "transfer", merged, "--to", "supplier2:1000")["tokens"][0]["id"]
    back = desk.json("supplier1", "token", "recall", offered)["token"]
    offered = desk.json("supplier1", "token", "transfer", back, "--to", "supplier2:1000")["tokens"][0]["id"]
    desk.json("supplier2", "token", "accept", offered)
    given = desk.json("supplier2", "token", "return", offered)["token"]
    desk.json("supplier1", "token", "accept", given)
    held = desk.json("auditor", "token", "list", "--holder", "supplier1")
    assert sum(one["amount"] for one in held) == 100_000


def test_requests_are_withdrawn(desk: Desk) -> None:
    _, token = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", token, "--to", "bank1")
    assert asked["remainder"] == ""
    assert desk.json("supplier1", "finance", "withdraw", asked["request"])["token"]


def test_clock(desk: Desk) -> None:
    before = json.loads(desk.text("network", "show", "-o", "json"))["date"]
    moved = json.loads(desk.text("localnet", "clock", "--advance", "30d", "-o", "json"))
    assert moved["date"] > before
    desk.text("localnet", "clock", "--to", before, expect=3)
    desk.text("localnet", "clock", "--to", "+2d", "--advance", "1d", expect=2)
    desk.text("localnet", "clock", "--advance", "soon", expect=2)
    assert json.loads(desk.text("localnet", "clock", "-o", "json"))["date"] == moved["date"]


def test_closed_reads(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk(public_reads=False)
    assert json.loads(desk.text("bill", "list", "-o", "json", expect=4))["status"] == 401
    bill, token = accepted_bill(desk)
    assert desk.json("supplier1", "bill", "accept", bill, "--dry-run", expect=3)["code"]
    assert [one["id"] for one in desk.json("anchor", "bill", "list")] == [bill]
    assert desk.json("supplier3", "bill", "list") == []
    assert desk.json("supplier3", "token", "show", token, expect=1)["status"] == 404


@pytest.fixture
def no_processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoloTransport]:
    """The stage without processes: one node in this process answers for all."""
    transport = SoloTransport()
    killed: list[str] = []

    def build(home: Path, scene: cast.Scene, validators: int) -> layout.LocalNetwork:
        created = create_network(home, stage.plan_of(scene, validators))
        transport.serve(created.genesis)
        return layout.write_down(created, {alias: (one.party, one.key) for alias, one in created.parties.items()})

    monkeypatch.setattr(stage, "build", build)
    monkeypatch.setattr(stage, "wait_ready", lambda _: None)
    monkeypatch.setattr(status, "wait_ready", lambda *_: None)
    monkeypatch.setattr(status, "ready_of", lambda *_: {"ready": True, "height": transport.node.ledger.info().height})
    monkeypatch.setattr(processes, "pid_of", lambda node: 4711)
    monkeypatch.setattr(processes, "stop", lambda node, **_: killed.append(node.name))
    monkeypatch.setattr(processes, "start", lambda node: 4712)
    monkeypatch.setattr(processes, "stop_all", lambda *_, **__: 0)
    yield transport
    transport.end()
    assert len(killed) == 1


EXAMPLES = Path(stage.__file__).parent / "examples"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ["no cent is financed twice", "and refuses", "SIGKILL", "to the cent", "90 days", "The others carry on"]),
        (
            ["--lang", "zh", "--invoice", str(EXAMPLES / "ubl-invoice.xml")],
            ["拒收", "与票面分毫不差", "2026-06-30", "EUR"],
        ),
        (["--validators", "2"], ["story waits for it to come back"]),
    ],
)
def test_demo(
    no_processes: SoloTransport,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: list[str],
    told: list[str],
) -> None:
    kept = tmp_path / "kept"
    code = run(["demo", "-o", "json", "--keep", str(kept), *words], transport=no_processes)
    out, err = capsys.readouterr()
    assert code == 0, err
    summary = json.loads(out)
    assert sum(one["amount"] for one in summary["payments"]) == summary["face"]
    assert {one["status"] for one in summary["payments"]} == {"paid"}
    assert [row["tier"] for row in summary["by_tier"]] == [1, 2, 3]
    assert sum(row["amount"] for row in summary["by_tier"]) == summary["face"]
    joined = " ".join(err.split())
    for part in told:
        assert part in joined.replace(" ", "") or part in joined, part
    assert f"--home {kept}" in err


def invoice_with(**changes: Any) -> Any:
    from dataclasses import replace

    return replace(cast.scene_of("").invoice, **changes)


@pytest.mark.parametrize(
    ("due_on", "expected", "said"),
    [("", "2026-05-31", False), ("2026-03-02", "2026-05-31", False), ("2026-03-05", "2026-05-31", False),
     ("2026-03-20", "2026-03-20", True)],
)  # fmt: skip
def test_due_date_of_the_demo(monkeypatch: pytest.MonkeyPatch, due_on: str, expected: str, said: bool) -> None:
    invoice = invoice_with(due_on=due_on)
    monkeypatch.setattr(cast, "parse_invoice", lambda *_: invoice)
    scene = cast.scene_of("")
    assert (scene.due_on, scene.due_said) == (expected, said)


def test_too_small_an_invoice(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    invoice = invoice_with(payable_minor=99)
    monkeypatch.setattr(cast, "parse_invoice", lambda *_: invoice)
    assert run(["demo"]) == 1
    assert "too small" in capsys.readouterr().err


def test_everybody_has_an_id_of_their_own() -> None:
    everyone = cast.cast_of(cast.scene_of("").invoice, 4)
    assert len({one.party for one in everyone}) == len(everyone) == 11
    buyer = next(one for one in everyone if one.alias == "anchor")
    assert buyer.party == cast.scene_of("").invoice.buyer.tax_id
    assert buyer.identifiers == ()
    ubl = cast.scene_of(str(EXAMPLES / "ubl-invoice.xml"))
    seller = next(one for one in cast.cast_of(ubl.invoice, 1) if one.alias == "supplier1")
    assert seller.identifiers == (("vat", "XX100000017"),)
    assert seller.party == cast.test_uscc("Example Castings Ltd")
