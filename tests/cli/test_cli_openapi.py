"""Every answer of the interface over the real ledger and contracts: as the OpenAPI document says, member for member.

"What the documents lack" of formats: JSON shapes of 28 of 39 answers were not typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
from chainbill_node.rest.schemas import SCHEMAS, answer_schema
from cli.cli_desk import Desk, accepted_bill, bill_over
from cli.production import attestor, event_file, product_file
from cli.selling import bank_token

from chainbill.codec import encode

pytestmark = pytest.mark.untraced

JSON = "application/json"
MSGPACK = {"Content-Type": "application/msgpack"}
EXTRA = {
    "/v1/blocks/{name}": ["?form=wire"],
    "/v1/blocks/{name}/certificate": ["?form=wire"],
    "/v1/trace/anchors/{party}": ["?format=graph", "?group_by=tier,bank"],
    "/v1/trace/bills/{bill_id}": ["?cent=5", "?format=graph", "?group_by=tier,bank"],
    "/v1/trace/parties/{party}": ["?format=graph"],
    "/v1/transactions/{identifier}": ["?form=wire"],
}
"""Path → other forms in which it is asked for."""


def closed(schema: Any) -> Any:
    """The schema that takes no member which it does not describe, but in rows, which may gain fields."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(one) for name, one in schema.items()}
    return {**inner, "additionalProperties": False} if "properties" in inner and "required" in inner and (
        "additionalProperties" not in inner
    ) else inner  # fmt: skip


COMPONENTS = {"schemas": {name: closed(schema) for name, schema in SCHEMAS.items()}}


def problems(schema: Any, value: Any) -> list[str]:
    """What does not fit, in words."""
    check = jsonschema_rs.Draft202012Validator({**closed(schema), "components": COMPONENTS})
    return [f"{'/'.join(map(str, one.instance_path))}: {one.message[:300]}" for one in check.iter_errors(value)]


@pytest.fixture
def world(desk: Desk) -> tuple[httpx.Client, dict[str, list[str]]]:
    """A bill transferred, offered, financed and paid in part, an invoice, a proposal, and the ids of it all."""
    bill, token = accepted_bill(desk)
    moved = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:600.00", "--to", "supplier3:50.00")
    first = moved["tokens"][0]["id"]
    desk.json("supplier2", "token", "accept", first)
    asked = desk.json("supplier2", "finance", "request", first, "--to", "bank1", "--to", "bank2", "--amount", "300.00")
    desk.json("bank1", "finance", "decline", asked["request"])
    quoted = desk.json("bank2", "finance", "quote", asked["request"], "--rate", "4", "--recourse", "--fee", "1.00")
    desk.json("supplier2", "finance", "agree", quoted["quote"])
    paid = desk.json("bank2", "finance", "disburse", quoted["quote"], "--reference", "P1", "--registration", "Z1")
    refused = desk.json(
        "bank2", "finance", "disburse", quoted["quote"], "--reference", "P2", "--registration", "Z1", expect=3
    )
    desk.json("bank2", "token", "sell", paid["token"], "--to", "bank1", "--price", "9.00", "--no-recourse")
    desk.json("bank1", "bill", "settle", bill, "--amount", "250.00", "--reference", "S1", "--partial")
    desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "2030-06-28")
    bill_over(desk, "ab" * 32, "supplier1", "anchor", 500)
    paper = desk.home / "paper.txt"
    paper.write_text("not ours", encoding="utf-8")
    _, claimed = bank_token(desk)
    asked_back = ["--ground", "agreed", "--amount", "9.00", "--document", str(paper)]
    desk.json("bank1", "token", "recourse", claimed, *asked_back)
    _, early = accepted_bill(desk)
    desk.json("supplier1", "token", "prepay", early, "--price", "9.00", "--by", "+20d")
    said = ["ab" * 32, "--seller", "supplier1", "--document", str(paper)]
    dispute = desk.json("supplier2", "invoice", "dispute", *said)["dispute"]
    default = ["--kind", "persistent", "--document", str(paper)]
    entry = desk.json("bank1", "order", "default", "anchor", *default)["entry"]
    joint = desk.json("anchor", "bill", "void", bill_over(desk, "cd" * 32, "supplier1", "anchor", 500))["joint"]
    made = product_file(desk.home / "product.json", attestor(desk), ["supplier1"])
    product = desk.json("anchor", "product", "register", made)["product"]
    desk.json("supplier1", "product", "agree", product)
    happened = event_file(desk.home / "event.json", product, "today")
    desk.text("product", "attest", happened, "--key", "gate")
    event = desk.json("anchor", "product", "event", happened)["event"]
    live = desk.json("supplier1", "token", "list", "--bill", bill, "--holder", "supplier1", "--status", "live")
    rest = next(one["id"] for one in live if not one["locks"])
    terms = ["--to", "bank2", "--secured", "1.00", "--due", "+30d", "--contract", "K-1"]
    pledge = desk.json("supplier1", "pledge", "offer", rest, *terms)["pledge"]
    said = ["--authority", "Court", "--number", "H-1", "--document", str(paper), "--days", "90"]
    court_order = desk.json("bank1", "order", "freeze", rest, *said)
    order = desk.json("bank1", "party", "suspend", "supplier3", "--document", str(paper))["order"]
    head = desk.transport.node.ledger.info().height
    client = httpx.Client(transport=desk.transport, base_url="http://node.test", headers={"Accept": JSON})
    transactions = [paid["transaction"], *([refused["transaction"]] if "transaction" in refused else [])]
    return client, {
        "bill_id": [bill], "token_id": [first, paid["token"], claimed, early], "request_id": [asked["request"]],
        "quote_id": [quoted["quote"]], "identifier": transactions, "year": ["2026"],
        "name": [str(height) for height in range(1, head + 1)], "contract": ["bill", "general"],
        "party": [one["id"] for one in desk.json("auditor", "party", "list")], "fingerprint": ["ab" * 32],
        "dispute_id": [dispute], "entry_id": [entry], "order_id": [order], "joint_id": [joint],
        "product_id": [product], "event_id": [event], "pledge_id": [pledge],
        "court_order_id": [court_order["order"]], "freeze_id": court_order["freezes"],
    }  # fmt: skip


def paths_of(route: str, ids: dict[str, list[str]]) -> Iterator[str]:
    """The addresses of a route over everything that is there."""
    if route == "/v1/offers":
        yield from (f"{route}?to={party}" for party in ids["party"])
        return
    names = re.findall(r"{(\w+)}", route)
    kind = "contract" if route == "/v1/contracts/{name}" else names[0] if names else ""
    plain = [route.replace(f"{{{names[0]}}}", value) for value in ids[kind]] if names else [route]
    for path in plain:
        yield path
        yield from (path + extra for extra in EXTRA.get(route, ()))


def test_every_answer_is_what_the_document_says(world: tuple[httpx.Client, dict[str, list[str]]]) -> None:
    client, ids = world
    document = client.get("/openapi.json").json()
    answered: set[str] = set()
    wrong: list[str] = []
    for route, operations in document["paths"].items():
        if "get" not in operations or route == "/metrics":
            continue
        for path in paths_of(route, ids):
            answer = client.get(path)
            if answer.status_code == 200 and answer.headers["content-type"] == JSON:
                answered.add(route)
                wrong += [f"{path} {text}" for text in problems(answer_schema(route), answer.json())]
    assert wrong == []
    assert {route for route in document["paths"] if "get" in document["paths"][route]} - answered <= {"/metrics"}


def test_what_is_handed_in_is_answered_as_the_document_says(
    world: tuple[httpx.Client, dict[str, list[str]]], desk: Desk
) -> None:
    client, ids = world
    fresh = desk.home / "fresh.tx"
    issue = ("bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "2030-06-28")
    desk.text("--as", "supplier1", *issue, "--offline", str(fresh))
    wire = httpx.Client(transport=client._transport, base_url="http://node.test").get(
        f"/v1/transactions/{ids['identifier'][0]}?form=wire"
    ).content  # fmt: skip
    document = client.get("/openapi.json").json()
    for route, body, statuses in (
        ("/v1/transactions", wire, {200}), ("/v1/transactions/batch", encode([wire, b"none"]), {200}),
        ("/v1/transactions/simulate", fresh.read_bytes(), {200}), ("/v1/transactions/simulate", wire, {422}),
        ("/v1/transactions", b"none", {400}),
    ):  # fmt: skip
        answer = client.post(route, content=body, headers=MSGPACK)
        assert answer.status_code in statuses, answer.text
        described = document["paths"][route]["post"]["responses"][str(answer.status_code)]["content"]
        [schema] = [one["schema"] for one in described.values()]
        assert problems(schema, answer.json()) == []


def test_every_operation_has_a_name_and_a_typed_answer(world: tuple[httpx.Client, dict[str, list[str]]]) -> None:
    client, _ = world
    document = client.get("/openapi.json").json()
    names: list[str] = []
    for route, operations in document["paths"].items():
        for method, operation in operations.items():
            names.append(operation["operationId"])
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", names[-1]), names[-1]
            for status, response in operation["responses"].items():
                for media_type, content in response.get("content", {}).items():
                    if media_type == JSON:
                        assert typed(content["schema"]), f"{method} {route} {status}"
    assert len(names) == len(set(names))
    assert document["components"]["schemas"].keys() == SCHEMAS.keys()


def typed(schema: Any) -> bool:
    """Whether a schema says what is in it."""
    while "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    return bool(schema.get("properties")) or any(typed(one) for one in schema.get("anyOf", ()))


def test_a_member_that_is_not_described_is_found() -> None:
    """The check itself: one member more, and one less, are told."""
    good = {"chainbill": "0", "api": "v1", "python": "3.11"}
    assert problems({"$ref": "#/components/schemas/Versions"}, good) == []
    assert problems({"$ref": "#/components/schemas/Versions"}, good | {"extra": 1})
    assert problems({"$ref": "#/components/schemas/Versions"}, {"api": "v1"})
