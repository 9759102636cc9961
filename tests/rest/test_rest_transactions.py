"""Handing in transactions, trying them out, and asking after them."""

from __future__ import annotations

import base64

from rest.conftest import TestClient, app_of
from rest.node_twin import TwinNode, wire_of

from chainbill.codec import encode
from chainbill.ledger.transaction import decode_transaction

MSGPACK = {"Content-Type": "application/msgpack"}
PATH = "/v1/transactions"
WAIT = f"{PATH}?wait=committed&timeout=2.5"


def test_a_committed_transaction_is_answered_201_and_again_200(client: TestClient) -> None:
    wire = wire_of()
    identifier = decode_transaction(wire).id.hex()
    answer = client.post(WAIT, content=wire, headers=MSGPACK)
    assert answer.status_code == 201
    body = answer.json()
    assert {name: body[name] for name in ("id", "status", "index", "result")} == {
        "id": identifier, "status": "committed", "index": 0, "result": {"done": "issue"},
    }  # fmt: skip
    assert body["events"] == [{"contract": "bill", "topic": "issued", "fields": {"bill": "B1"}}]
    assert answer.headers["Chainbill-Height"] == str(body["height"])
    again = client.post(WAIT, content=wire, headers=MSGPACK)
    assert (again.status_code, again.json()) == (200, body | {"repeated": True})
    found = client.get(f"{PATH}/{identifier}").json()
    assert (found["status"], found["height"], found["party"]) == ("committed", body["height"], "SUPPLIER1")
    assert found["calls"] == [{"contract": "bill", "function": "issue", "args": {"face": 1}}]


def test_json_with_base64_is_the_same_transaction(client: TestClient) -> None:
    answer = client.post(WAIT, json={"transaction": base64.b64encode(wire_of()).decode()})
    assert answer.status_code == 201
    assert answer.json()["id"] == decode_transaction(wire_of()).id.hex()


def test_several_calls_give_a_list_of_results(client: TestClient) -> None:
    body = client.post(WAIT, content=wire_of(functions=("a", "b")), headers=MSGPACK).json()
    assert body["result"] == body["results"] == [{"done": "a"}, {"done": "b"}]


def test_without_waiting_it_is_pending_with_its_location(client: TestClient) -> None:
    answer = client.post(PATH, content=wire_of(), headers=MSGPACK)
    assert answer.status_code == 202
    assert answer.json() == {"id": decode_transaction(wire_of()).id.hex(), "status": "pending"}
    found = client.get(answer.headers["Location"])
    assert (found.status_code, found.json()["status"]) == (200, "pending")
    assert client.get("/v1/mempool").json()["count"] == 1


def test_a_wait_that_runs_out_is_pending_and_no_error(node: TwinNode) -> None:
    node.outcome = "pending"
    with app_of(node) as client:
        assert client.post(WAIT, content=wire_of(), headers=MSGPACK).status_code == 202


def test_a_transaction_refused_in_its_block_is_422_and_stays_readable(node: TwinNode) -> None:
    node.outcome = "refused"
    with app_of(node) as client:
        answer = client.post(WAIT, content=wire_of(), headers=MSGPACK)
        assert (answer.status_code, answer.json()["code"]) == (422, "token_locked")
        assert answer.json()["details"] == {"token": "T1"}
        again = client.post(WAIT, content=wire_of(), headers=MSGPACK)
        assert (again.status_code, again.json()["repeated"]) == (422, True)
        found = client.get(f"{PATH}/{answer.json()['transaction']}")
        assert (found.status_code, found.json()["status"], found.json()["reason"]) == (200, "refused", "token_locked")


def test_a_batch_answers_each_in_its_place(client: TestClient) -> None:
    wires = [wire_of(nonce=1), b"\x00", wire_of(nonce=2)]
    answer = client.post(f"{PATH}/batch?wait=committed", content=encode(wires), headers=MSGPACK)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["count"], body["refused"]) == (3, 1)
    assert [item["status"] for item in body["data"]] == ["committed", 400, "committed"]


def test_simulating_keeps_nothing(node: TwinNode) -> None:
    with app_of(node) as client:
        height = node.book.height
        answer = client.post(f"{PATH}/simulate", content=wire_of(), headers=MSGPACK).json()
        assert (answer["status"], answer["result"]) == ("ok", {"done": "issue"})
        node.outcome = "refused"
        answer = client.post(f"{PATH}/simulate", content=wire_of(), headers=MSGPACK).json()
        assert (answer["status"], answer["reason"], answer["code"]) == ("refused", "token_locked", "token_locked")
        assert node.book.height == height
