"""Answers of the wrong shape or about something else: the next node is asked, and an error says what does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from chainbill_cli import client as clients
from chainbill_cli.answer_shapes import misfit
from chainbill_cli.asked import Asked
from chainbill_cli.client import NodeClient
from chainbill_cli.described import price_asked
from chainbill_cli.expected_answers import IDENTIFIED, route_of, schema_of, unfit
from chainbill_cli.failure import Exit, Failure
from chainbill_cli.preview import Preview
from chainbill_cli.result_shapes import unfit_results
from chainbill_cli.texts import word_said
from chainbill_node.rest.schemas import FORMS, OBJECTS, READS
from cli.cli_fakes import AS_OF, BILL, NODE_1, NODE_2, PARTIES, TOKEN, FakeNode, Shell, an_id, bill, ok
from cli.whole_answers import whole

PATH = f"/v1/bills/{BILL}"
JSON = {"content-type": "application/json"}
ASKED = Asked("GET", PATH)
GOOD = whole(ASKED, {"face": 100, "currency": "CNY", "issued_on": "2026-01-01", "as_of": AS_OF})
LIST = whole(Asked("GET", "/v1/bills"), {"data": [bill()], "as_of": AS_OF})
Change = Callable[[dict[str, Any]], Any]


def changed(good: dict[str, Any], change: Change) -> Any:
    body = json.loads(json.dumps(good))
    made = change(body)
    return body if made is None else made


def put(**members: Any) -> Change:
    return lambda body: {**body, **members}


def without(name: str) -> Change:
    return lambda body: {key: value for key, value in body.items() if key != name}


WRONG: dict[str, tuple[Change, str]] = {
    "a missing member": (without("due_on"), "due_on: it is missing"),
    "a text for an amount": (put(face="100"), "face: integer was expected, not string"),
    "yes for an amount": (put(face=True), "face: integer was expected, not boolean"),
    "less than nothing": (put(face=-1), "face: the number is out of its range"),
    "more than there can be": (put(outstanding=2**53), "outstanding: the number is out of its range"),
    "no date": (put(due_on="soon"), "due_on: it is not written as it should be"),
    "a date that there is not": (put(due_on="2026-02-30"), "due_on: it is not written as it should be"),
    "another than asked for": (put(id=an_id("B", "other")), "this is another"),
    "a list": (lambda _: [1], "object was expected, not array"),
    "nothing": (put(created=None), "created: object was expected, not null"),
    "a hash of another length": (put(as_of={**AS_OF, "block_id": "ab"}), "as_of.block_id: it is not written"),
    "what moves the cursor for a currency": (put(currency="\x1b[2J"), "currency: it is not written as it should be"),
    "too deep": (lambda body: {**body, "terms": nested(100)}, "nested too deeply"),
}


def nested(levels: int) -> Any:
    return {"x": nested(levels - 1)} if levels else 1


def test_a_number_longer_than_python_reads_is_said_in_the_users_language() -> None:
    said = json.dumps({**LIST, "count": 7}).encode().replace(b'"count": 7', b'"count": ' + b"9" * 5_000)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=said, headers=JSON))
    with pytest.raises(Failure, match="a number of 5000 digits") as failure:
        NodeClient((NODE_1,), timeout_s=5, transport=transport).get("/v1/bills")
    assert "Exceeds" not in str(failure.value)


def test_half_of_a_character_is_no_text() -> None:
    """A cursor that is a lone surrogate ended every list of whoever asked that node first in an internal fault."""
    said = json.dumps({**LIST, "next": "\ud83d"}).encode()
    handed = {"node1.test": said, "node2.test": json.dumps(LIST).encode()}
    transport = httpx.MockTransport(lambda asked: httpx.Response(200, content=handed[asked.url.host], headers=JSON))
    assert NodeClient((NODE_1, NODE_2), timeout_s=5, transport=transport).get("/v1/bills") == LIST
    with pytest.raises(Failure, match="half of a character"):
        NodeClient((NODE_1,), timeout_s=5, transport=transport).get("/v1/bills")
    handed["node1.test"] = json.dumps({**LIST, "next": "\ud83d\ude00 \\ud83d"}).encode()  # whole, and a backslash
    assert NodeClient((NODE_1,), timeout_s=5, transport=transport).get("/v1/bills")["next"] == "\U0001f600 \\ud83d"


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG)
def test_the_next_node_is_asked_and_an_error_names_node_address_and_member(change: Change, said: str) -> None:
    bad = changed(GOOD, change)
    answers = {"node1.test": bad, "node2.test": GOOD}
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return ok(answers[request.url.host])

    client = NodeClient((NODE_1, NODE_2), timeout_s=5, transport=httpx.MockTransport(answer))
    assert client.get(PATH) == GOOD
    assert client.get(PATH) == GOOD
    assert asked == ["node1.test", "node2.test", "node2.test"]  # who answered nonsense is asked last from then on
    answers["node2.test"] = bad
    with pytest.raises(Failure) as failure:
        client.get(PATH)
    problem = failure.value.problem
    assert failure.value.exit_code is Exit.FAILED
    assert problem["code"] == "bad_answer"
    assert said in problem["detail"]
    assert f"{NODE_1}{PATH}" in problem["detail"]
    assert f"{NODE_2}{PATH}" in problem["detail"]
    client.close()


RAW = {
    b'{"id": 1, "id": 2}': "the member id is given twice", b'{"face": NaN}': "NaN is no whole number",
    b'{"face": 1.5}': "1.5 is no whole number", b'{"face": 1e999}': "1e999 is no whole number",
    b'{"face": -Infinity}': "-Infinity is no whole number", b"": "line 1, column 1", b"\xff": "UTF-8",
}  # fmt: skip


@pytest.mark.parametrize(("said", "why"), RAW.items())
def test_json_that_readers_read_differently_is_none(said: bytes, why: str) -> None:
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=said, headers={"content-type": "application/json"})
    )
    client = NodeClient((NODE_1,), timeout_s=5, transport=transport)
    with pytest.raises(Failure, match=why):
        client.get(PATH)
    client.close()


PRODUCT = an_id("P", "product")
PART = {"part": "engine", "supplier": PARTIES["supplier1"], "share": 300_000}


@pytest.mark.parametrize("part", [
    {}, {**PART, "share": "XXX"}, {name: PART[name] for name in ("part", "share")}, {**PART, "share": -1}, "x", None,
])  # fmt: skip
def test_parts_of_a_product_have_their_shape(part: object) -> None:
    """attack: `product show` was an internal fault where a node left a supplier or a share out."""
    asked = Asked("GET", f"/v1/products/{PRODUCT}")
    told = whole(asked, {"id": PRODUCT, "parts": [PART]})
    assert unfit(asked, 200, told) is None
    assert "parts" in str(unfit(asked, 200, {**told, "parts": [PART, part]}))


def test_words_that_nobody_knows_are_shown_as_they_are() -> None:
    """attack: `finance decline` was an internal fault where a node said another payer of the interest."""
    assert word_said("payer_", "holder") == "the holder"
    assert word_said("payer_", "x") == "x"
    price = Preview("preview.write")
    price_asked(price, {"interest_payer": "somebody"}, "CNY")
    assert ("interest is paid by", "somebody") in price.lines


def test_answers_about_something_else_do_not_fit() -> None:
    listed = Asked("GET", "/v1/bills", {"limit": "1", "after": "A"})
    assert unfit(listed, 200, LIST) is None
    assert "more than the 1" in str(unfit(listed, 200, {**LIST, "data": LIST["data"] * 2}))
    assert "does not come to its end" in str(unfit(listed, 200, {**LIST, "next": "A"}))
    assert "as_of.height" in str(unfit(Asked("GET", PATH, {"at": "6"}), 200, GOOD))
    assert unfit(Asked("GET", PATH, {"at": "7"}), 200, GOOD) is None
    assert unfit(Asked("GET", PATH, {"at": "2026-03-02"}), 200, GOOD) is None
    by_value = {"basis": "value", "at": "2026-03-02"}
    assert "as_of.basis: it is missing" in str(unfit(Asked("GET", PATH, by_value), 200, GOOD))
    as_of = {**GOOD["as_of"], "basis": "value", "valued_on": "2026-03-02"}
    assert "as_of.known_at: it is missing" in str(unfit(Asked("GET", PATH, by_value), 200, {**GOOD, "as_of": as_of}))
    assert "JSON was expected" in str(unfit(ASKED, 200, "<html>"))
    assert "text/csv was expected" in str(unfit(Asked("GET", PATH, {"format": "csv"}), 200, {}))
    assert "another address" in str(unfit(ASKED, 302, ""))
    assert "this is another" in str(unfit(ASKED, 404, {"code": "not_found", "status": 200}))
    assert "code: string was expected" in str(unfit(ASKED, 404, {"code": ["x"]}))
    handed_in = Asked("POST", "/v1/transactions", identifier="ab" * 32)
    assert unfit(handed_in, 201, {"id": "ab" * 32, "status": "committed"}) is None
    assert "this is another" in str(unfit(handed_in, 201, {"id": "cd" * 32, "status": "committed"}))


def test_words_and_members_that_this_program_does_not_know_are_taken(shell: Shell, node: FakeNode) -> None:
    assert unfit(ASKED, 200, {**GOOD, "status": "frozen", "mood": "calm"}) is None
    node.answers[f"GET {PATH}"] = ok(bill(status="frozen"))
    assert "frozen" in shell.run("bill", "show", BILL)


def test_a_list_that_turns_in_a_circle_or_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    cursors = iter(["A", "B", "A", "B", "A"])

    def page(_: httpx.Request) -> httpx.Response:
        return ok({**LIST, "next": next(cursors)})

    client = NodeClient((NODE_1,), timeout_s=5, transport=httpx.MockTransport(page))
    with pytest.raises(Failure, match="does not come to its end"):
        list(client.pages("/v1/bills"))
    monkeypatch.setattr(clients, "MOST_PAGES", 7)
    cursors = iter(map(str, range(1_000)))
    with pytest.raises(Failure, match="does not come to its end"):
        list(client.pages("/v1/bills"))
    assert next(cursors) == "8"
    client.close()


def test_a_count_that_never_ends_is_given_up(shell: Shell, node: FakeNode) -> None:
    asked: list[httpx.Request] = []

    def page(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return ok({**LIST, "data": [], "next": "AB"[len(asked) % 2], "count_complete": False})

    node.answers["GET /v1/bills"] = page
    shell.run("bill", "list", "--count", expect=1)
    assert "does not come to its end" in shell.err
    assert len(asked) < 10


def test_an_error_is_said_in_chinese(shell: Shell, node: FakeNode) -> None:
    node.verbatim = True
    node.answers[f"GET {PATH}"] = ok(without("due_on")(GOOD))
    shell.run("--lang", "zh", "bill", "show", BILL, expect=1)
    assert f"没有节点给出可用的应答：{NODE_1}{PATH}（due_on：缺少此成员）" in shell.err


def test_a_preview_of_a_bill_without_a_due_date_is_no_internal_fault(
    shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chainbill_cli import preview

    monkeypatch.setattr(preview, "person", lambda: True)
    node.verbatim = True
    node.answers["GET /v1/network"] = ok(whole(Asked("GET", "/v1/network"), node.answers["GET /v1/network"].json()))
    node.answers[f"GET {PATH}"] = ok(without("due_on")(GOOD))
    shell.run("bill", "confirm", BILL, profile="anchor", expect=1)
    assert "due_on: it is missing" in shell.err
    assert not node.transactions


def test_every_path_has_a_shape_and_those_of_one_thing_say_which() -> None:
    of_the_ledger = {"/v1/network", "/v1/blocks/{name}/history"}
    assert {*OBJECTS, *FORMS} - of_the_ledger == set(IDENTIFIED)
    for path in READS:
        asked = Asked("GET", path)
        assert route_of(path)[0] == path
        schema = schema_of(asked)
        assert schema is not None
        assert misfit(schema, []) is not None


def test_the_forms_of_a_trace_are_not_taken_for_one_another() -> None:
    anchor = PARTIES["anchor"]
    table = Asked("GET", f"/v1/trace/anchors/{anchor}")
    graph = Asked("GET", table.path, {"format": "graph"})
    body = whole(graph, {"currencies": [{"currency": "CNY"}], "as_of": AS_OF})
    assert unfit(graph, 200, body) is None
    assert "it is missing" in str(unfit(table, 200, body))
    cent = Asked("GET", f"/v1/trace/bills/{BILL}", {"cent": "5"})
    assert unfit(cent, 200, whole(cent, {"token": {"id": TOKEN, "bill": BILL}, "bill": BILL, "as_of": AS_OF})) is None


def test_a_result_of_the_wrong_kind_is_pending_and_asked_of_the_next_node(shell: Shell, node: FakeNode) -> None:
    node.result = {"token": TOKEN, "tokens": "T"}
    for words in (["bill", "accept", BILL], ["bill", "accept", BILL, "--lang", "zh"]):
        told = shell.run(*words, "-o", "json", "--timeout", "0.3", expect=6)
        assert "result.tokens" in told["cause"]
    assert {request.url.host for request in node.requests if request.method == "POST"} == {"node1.test", "node2.test"}


def test_a_settlement_that_never_ends_is_given_up(
    shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chainbill_cli.commands import bill_settle

    monkeypatch.setattr(bill_settle, "MOST_STEPS", 3)
    node.answers[f"GET {PATH}"] = ok(bill(paying_bank=PARTIES["bank1"]))
    node.result = {"complete": False, "payments": []}
    words = ["bill", "settle", BILL, "--amount", "1000.00", "--reference", "R"]
    told = shell.run(*words, "-o", "json", profile="bank1", expect=1)
    assert told["steps"] == 3
    assert len(node.transactions) == 4


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Honest Co", "Honest Co ("), ("x" * 200, "x" * 200 + " ("),
        ("Honest Co (9199)" + " " * 90 + ".", "Honest Co (9199) . ("),
        *((name, "anchor (") for name in ("x" * 201, "a\u202eb", "a\x1b[2Jb", "two\nlines")),
    ],
)  # fmt: skip
def test_a_name_that_the_ledger_takes_from_nobody_is_not_shown_before_a_signature(
    shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch, name: str, shown: str
) -> None:
    from chainbill_cli import foreseen, preview
    from chainbill_cli.contract_constants import contract_constant
    from chainbill_cli.names import LONGEST_NAME

    assert contract_constant("general", "LONGEST_TEXT") == LONGEST_NAME
    monkeypatch.setattr(preview, "person", lambda: True)
    monkeypatch.setattr(preview, "confirm", lambda *_: False)
    monkeypatch.setattr(foreseen, "refuse_foreseen", lambda *_: None)  # the rows of this node are made up
    debtor = PARTIES["anchor"]
    node.answers[f"GET /v1/parties/{debtor}"] = ok({"id": debtor, "names": [{"en": name, "zh": name}]})
    shell.run("bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "2026-12-31", expect=1)
    line = next(one for one in shell.err.splitlines() if debtor in one)
    assert line == f"  debtor: {shown}{debtor})"


def test_the_result_of_each_call_is_looked_at() -> None:
    wrong = unfit_results({"result": {}, "results": [{"token": "T"}, {"token": 5}]})
    assert wrong is not None
    assert wrong.place == ("results", 1, "token")


def test_a_node_that_says_nothing_is_waited_for_once() -> None:
    """With a first node that took connections and was silent, issuing a bill took three times the time limit."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.host == "node1.test":
            raise httpx.ReadTimeout("silent", request=request)
        return ok(GOOD)

    client = NodeClient((NODE_1, NODE_2), timeout_s=5, transport=httpx.MockTransport(answer))
    for _ in range(3):
        client.get(PATH)
    assert asked == ["node1.test", "node2.test", "node2.test", "node2.test"]
