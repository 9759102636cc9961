"""What a command shows from a list, or of a joint act, a second node says too before a person signs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from chainbill_cli import preview as previews
from chainbill_cli import second_look
from chainbill_cli.failure import Exit
from chainbill_cli.lookup import CROCKFORD
from chainbill_cli.main import run
from cli.cli_desk import Desk, accepted_bill

from chainbill.ids import is_object_id

LIAR, OTHER = "http://liar.test", "http://other.test"
Lie = Callable[[dict[str, Any]], None]
Case = Callable[[Desk], tuple[str, list[str], Lie]]
"""What stands on the ledger → who acts, the words of the command, and what the liar makes of each entry."""


class Nodes(httpx.BaseTransport):
    """One ledger behind two addresses; of what the liar reads out each entry is changed."""

    def __init__(self, true: httpx.BaseTransport, lie: Lie) -> None:
        self._true, self._lie = true, lie

    def close(self) -> None:
        """The true one stays."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._true.handle_request(request)
        if request.url.host != httpx.URL(LIAR).host or request.method != "GET" or answer.status_code != 200:
            return answer
        body = json.loads(answer.content)
        for entry in body["data"] if isinstance(body.get("data"), list) else [body]:
            self._lie(entry)
        return httpx.Response(200, json=body)


def joint(desk: Desk) -> tuple[str, list[str], Lie]:
    """A bill is to be void; the liar says that its paying bank shall be another."""
    bill, _ = accepted_bill(desk)
    asked = desk.json("anchor", "bill", "void", bill, "--reason", "delivered back")["joint"]

    def lie(entry: dict[str, Any]) -> None:
        if entry.get("id") == asked:
            entry["reason"] = "nothing of weight"

    return "supplier1", ["bill", "answer", asked, "yes"], lie


def proposal(desk: Desk) -> tuple[str, list[str], Lie]:
    """A bound is to change; the liar says to what else."""
    made = desk.json("bank1", "governance", "propose", "parameter", "open_offers", "900")["proposal"]

    def lie(entry: dict[str, Any]) -> None:
        if entry.get("id") == made:
            entry["content"]["value"] = 5_000

    return "bank1", ["governance", "vote", made, "yes"], lie


def payment(desk: Desk) -> tuple[str, list[str], Lie]:
    """A payment of 1,000.00 is to be reported as made; the liar says that it was one of 10.00."""
    bill, token = accepted_bill(desk)
    desk.json("bank1", "bill", "settle", bill, "--amount", "1000.00", "--reference", "S1")

    def lie(entry: dict[str, Any]) -> None:
        for one in (entry, entry.get("payment") or {}):
            if entry.get("token") == token and "reference" in one:
                one["amount"] = 1_000

    return "bank1", ["bill", "payment", bill, token, "--status", "paid", "--reference", "P1"], lie


def validator(desk: Desk) -> tuple[str, list[str], Lie]:
    """A validator is to be removed by its name; the liar gives another's key for it."""
    found = desk.transport.handle_request(httpx.Request("GET", f"{OTHER}/v1/validators"))
    name = json.loads(found.content)["data"][0]["name"]

    def lie(entry: dict[str, Any]) -> None:
        if entry.get("name") == name and "key" in entry:
            entry["key"] = "ab" * 32

    return "bank1", ["governance", "propose", "validator_remove", name], lie


def moved_token(desk: Desk) -> tuple[str, list[str], Lie]:
    """An offered token moved when it was accepted; the liar says that what it became is of less."""
    _, token = accepted_bill(desk)
    [offered] = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:1000.00")["tokens"]
    became = desk.json("supplier2", "token", "accept", offered["id"])["token"]
    seen = iter([True])

    def lie(entry: dict[str, Any]) -> None:
        if entry.get("id") == became and next(seen, False):
            entry["amount"] = 50_000

    return "supplier2", ["token", "transfer", offered["id"], "--to", "supplier3:500.00"], lie


@pytest.mark.parametrize("case", [joint, proposal, payment, validator, moved_token])
def test_what_one_node_lists_otherwise_is_not_signed(desk: Desk, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_look, "WITHIN_S", 0.3)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    who, words, lie = case(desk)
    monkeypatch.setattr(previews, "person", lambda: True)
    line = ["--home", str(desk.home), "--as", who, "--node", LIAR, "--node", OTHER, *words]
    code = run(line, transport=Nodes(desk.transport, lie))
    told = desk.capsys.readouterr().err
    assert code == Exit.FAILED, told
    assert all(part in told for part in (LIAR, OTHER, "nothing was signed")), told
    assert "about to" not in told, "what may be false is not shown as if it were so"


@pytest.mark.parametrize("case", [joint, proposal, payment, validator, moved_token])
def test_what_both_list_alike_is_signed(desk: Desk, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    who, words, _ = case(desk)
    monkeypatch.setattr(previews, "person", lambda: True)
    line = ["--home", str(desk.home), "--as", who, "--node", LIAR, "--node", OTHER, *words]
    code = run(line, transport=Nodes(desk.transport, lambda _: None))
    assert code == Exit.OK, desk.capsys.readouterr().err


@pytest.mark.parametrize(("case", "said"), [(joint, ("void", "delivered back")), (proposal, ("open_offers", "900"))])
def test_who_signs_a_file_sees_what_its_act_names(
    desk: Desk, case: Case, said: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A checker was shown the id of a joint act or of a proposal, and nothing of what it would bring about."""
    monkeypatch.setattr(second_look, "WITHIN_S", 0.3)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    who, (noun, verb, named, choice), lie = case(desk)
    act, arguments = {
        "bill": ("bill.answer", {"joint": named, "answer": choice}),
        "governance": ("governance.vote", {"proposal": named, "choice": choice}),
    }[noun]
    path = str(tmp_path / f"{verb}.tx")
    desk.text("--as", who, "tx", "build", "--call", act, json.dumps(arguments), "--out", path)
    monkeypatch.setattr(previews, "person", lambda: True)
    line = ["--home", str(desk.home), "--as", who, "--node", LIAR, "--node", OTHER, "tx", "sign", path]
    assert run(line, transport=Nodes(desk.transport, lie)) == Exit.FAILED
    assert "nothing was signed" in desk.capsys.readouterr().err
    assert run(line, transport=Nodes(desk.transport, lambda _: None)) == Exit.OK
    told = desk.capsys.readouterr().err
    assert all(part in told for part in said), told


def alike(identifier: str) -> str:
    """Another id that begins the same, with the check character that it needs."""
    ends = (f"{place}{last}" for place in sorted(CROCKFORD) for last in sorted(CROCKFORD))
    made = (identifier[:-2] + end for end in ends)
    return next(one for one in made if one != identifier and is_object_id(one))


def test_what_the_beginning_of_an_id_means_is_asked_of_a_second_node(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids can be made until they begin as another: a node that left one of two out chose which bill was confirmed."""
    monkeypatch.setattr(second_look, "WITHIN_S", 0.3)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    bill = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "1000.00", "--due", "+120d")[
        "bill"
    ]
    monkeypatch.setattr(previews, "person", lambda: True)

    class Knowing(Nodes):
        """The second node lists one more bill that begins the same."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = self._true.handle_request(request)
            if request.url.host != httpx.URL(OTHER).host or request.url.path != "/v1/bills":
                return answer
            body = json.loads(answer.content)
            body["data"].append({**body["data"][0], "id": alike(bill)})
            return httpx.Response(200, json=body)

    line = ["--home", str(desk.home), "--as", "anchor", "--node", LIAR, "--node", OTHER, "bill", "confirm", bill[:8]]
    assert run(line, transport=Knowing(desk.transport, lambda _: None)) == Exit.FAILED
    told = desk.capsys.readouterr().err
    assert all(part in told for part in (bill, alike(bill), OTHER, "nothing was signed")), told
    assert run(line, transport=Nodes(desk.transport, lambda _: None)) == Exit.OK
