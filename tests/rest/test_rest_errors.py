"""Every form of error: problem documents in two languages, never a 5xx for what a client sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chainbill_node.foundation.unavailable import Busy
from chainbill_node.rest import problems
from chainbill_node.rest.cursors import MAX_CURSOR_CHARACTERS
from chainbill_node.rest.texts import language_of, load_texts
from rest.bill_book import ANCHOR
from rest.conftest import TestClient, app_of, with_parties
from rest.node_twin import TwinNode, wire_of

from chainbill.errors import InternalFault, Reason, Refused

MEMBERS = ["type", "title", "status", "detail", "instance", "code", "hint", "errors", "request_id"]


def check(answer: object, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text  # type: ignore[attr-defined]
    assert answer.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    body: dict[str, object] = answer.json()  # type: ignore[attr-defined]
    assert body["code"] == code, body
    assert list(body)[: len(MEMBERS)] == MEMBERS
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["X-Request-Id"]  # type: ignore[attr-defined]
    return body


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nowhere", 404, "route_unknown"), ("/v1/bills/", 404, "route_unknown"), ("/v1/bills/B404", 404, "not_found"),
        ("/v1/tokens/T404", 404, "not_found"), ("/v1/tokens/T404/path", 404, "not_found"),
        ("/v1/parties/P404", 404, "not_found"), ("/v1/parties/%00", 404, "not_found"),
        ("/v1/trace/bills/B404", 404, "not_found"), ("/v1/trace/anchors/P404", 404, "not_found"),
        ("/v1/trace/parties/P404", 404, "not_found"), ("/v1/blocks/99999", 404, "not_found"),
        ("/v1/blocks/0", 404, "not_found"), ("/v1/blocks/zz", 404, "not_found"), ("/v1/blocks/-1", 404, "not_found"),
        ("/v1/blocks/" + "zz" * 32, 404, "not_found"), ("/v1/transactions/12", 404, "not_found"),
        ("/v1/transactions/" + "00" * 32, 404, "not_found"), ("/v1/invoices/abc", 404, "not_found"),
        ("/v1/finance/requests/R1", 404, "not_found"), ("/v1/finance/quotes/Q1", 404, "not_found"),
        ("/v1/contracts/none", 404, "not_found"), ("/v1/calendar/1", 400, "bad_parameter"),
        ("/v1/calendar/next", 400, "bad_parameter"), ("/v1/bills?limit=0", 400, "bad_parameter"),
        ("/v1/bills?limit=many", 400, "bad_parameter"), ("/v1/bills?limit=100000", 400, "bad_parameter"),
        ("/v1/bills?due_from=tomorrow", 400, "bad_parameter"), ("/v1/bills?reached_tier=0", 400, "bad_parameter"),
        ("/v1/bills?debotr=x", 400, "unknown_parameter"), ("/v1/network?nosuch=1", 400, "unknown_parameter"),
        ("/v1/bills?after=%21%21", 400, "bad_cursor"), ("/v1/bills?after=", 400, "bad_cursor"),
        ("/v1/bills?after=eyJ9", 400, "bad_cursor"), ("/v1/bills?after=" + "A" * 3000, 400, "bad_cursor"),
        ("/v1/bills?at=soon", 400, "bad_at"), ("/v1/bills?at=2026-02-30", 400, "bad_at"),
        ("/v1/bills?at=-1", 400, "bad_at"), ("/v1/bills?at=" + "9" * 40, 400, "bad_at"),
        ("/v1/bills?at=2026-01-05T25:00:00Z", 400, "bad_at"), ("/v1/bills?at=", 400, "bad_at"),
        ("/v1/bills?at=999", 404, "height_in_future"), ("/v1/bills?at=2031-01-01", 404, "height_in_future"),
        ("/v1/bills?at=2020-01-01", 404, "before_genesis"), ("/v1/offers", 400, "bad_parameter"),
        (f"/v1/trace/anchors/{ANCHOR}?format=xml", 400, "bad_parameter"),
        (f"/v1/trace/anchors/{ANCHOR}?group_by=colour", 400, "bad_parameter"),
        (f"/v1/trace/anchors/{ANCHOR}?depth=3", 400, "unknown_parameter"),
    ],
)  # fmt: skip
def test_bad_reads_are_named(client: TestClient, path: str, status: int, code: str) -> None:
    body = check(client.get(path), status, code)
    assert body["hint"]
    if code == "bad_parameter":
        assert all(error["detail"] for error in body["errors"])  # type: ignore[attr-defined]


def test_a_problem_speaks_the_language_asked_for(client: TestClient) -> None:
    body = check(client.get("/v1/bills/B404", headers={"Accept-Language": "zh-CN"}), 404, "not_found")
    assert "没有凭证 B404" in str(body["detail"])
    assert client.get("/v1/bills/B404").headers["Content-Language"] == "en"
    limit = client.get("/v1/bills?limit=x", headers={"Accept-Language": "zh"}).json()
    assert limit["errors"] == [{"parameter": "limit", "code": "parameter_int", "detail": "须为整数"}]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("zh", "zh"), ("zh-Hans-CN,en;q=0.5", "zh"), ("en,zh", "en"), ("zh;q=0.3,en;q=0.8", "en"),
        ("de", "en"),        ("zh;q=nonsense,en;q=0.1", "en"), ("zh;q=0", "en"), ("fr,zh;q=0.4", "zh"),
    ],
)  # fmt: skip
def test_the_language_is_chosen_by_quality(header: str, language: str) -> None:
    assert language_of(header) == language


@pytest.mark.parametrize("path", [
    "/v1/bills?status=x", "/v1/bills?statu=active", "/v1/trace/bills/B?format=pdf", "/v1/trace/bills/B?group_by=x",
])  # fmt: skip
def test_what_would_have_been_right_is_listed_as_the_language_lists(client: TestClient, path: str) -> None:
    """use: `须为 'json', 'graph' or 'csv' 之一`, and commas between words of a Chinese sentence."""
    said = {}
    for language in ("en", "zh"):
        body = client.get(path, headers={"Accept-Language": language}).json()
        said[language] = "\n".join([body["hint"], *(one["detail"] for one in body["errors"])])
    assert re.search(r"\w、\w", said["zh"])
    assert not re.search(r"\w, \w| or |'", said["zh"])
    assert re.search(r"\w, \w", said["en"])


def test_unknown_methods_are_named(client: TestClient) -> None:
    answer = client.request("DELETE", "/v1/bills")
    body = check(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET"
    assert "GET" in str(body["hint"])


def test_a_cursor_belongs_to_its_filters(client: TestClient, node: TwinNode) -> None:
    for _number in range(3):
        node.book.issue(ANCHOR, "SUPPLIER1", 5)
    cursor = client.get("/v1/bills?limit=1").json()["next"]
    check(client.get(f"/v1/bills?limit=1&status=due&after={cursor}"), 400, "cursor_mismatch")
    check(client.get(f"/v1/tokens?limit=1&after={cursor}"), 400, "cursor_mismatch")
    assert len(cursor) < MAX_CURSOR_CHARACTERS


def test_pruned_heights_are_gone(node: TwinNode) -> None:
    node.lowest = 4
    with app_of(node) as client:
        body = check(client.get("/v1/bills?at=3"), 410, "height_pruned")
        assert body["lowest_height"] == 4
        assert [(one["name"], one["lowest_height"]) for one in body["held_by"]] == [("bank3", 0), ("bank2", 3)]
        assert "bank3, bank2" in body["hint"]
        [only] = client.get("/v1/bills?at=2").json()["held_by"]
        assert only == {"name": "bank3", "id": "bb", "address": "127.0.0.1:3", "lowest_height": 0}


def test_bad_submissions_are_named(client: TestClient) -> None:
    where = "/v1/transactions"
    msgpack, json = ({"Content-Type": f"application/{kind}"} for kind in ("msgpack", "json"))
    check(client.post(where, content=b"x", headers={"Content-Type": "text/plain"}), 415, "media_type_unsupported")
    check(client.post(where, content=b""), 415, "media_type_unsupported")
    check(client.post(where, content=b"", headers=msgpack), 400, "body_malformed")
    for body in (b"{", b"[]", b"{}", b'{"transaction": 5}', b'{"transaction": "***"}', b"\xff", b"[" * 5000):
        check(client.post(where, content=body, headers=json), 400, "body_malformed")
    for body in (b"\x00", b"\xc1", b"\xff" * 100, wire_of()[:-1]):
        assert check(client.post(where, content=body, headers=msgpack), 400, str(
            client.post(where, content=body, headers=msgpack).json()["code"]
        ))["cause"]  # fmt: skip
    check(client.post(where, content=bytes(200_000), headers=msgpack), 413, "body_too_large")
    check(client.post(f"{where}?timeout=1000", content=wire_of(), headers=msgpack), 400, "bad_parameter")
    check(client.post(f"{where}?wait=forever", content=wire_of(), headers=msgpack), 400, "bad_parameter")
    check(client.post(f"{where}?wiat=committed", content=wire_of(), headers=msgpack), 400, "unknown_parameter")
    check(client.post(f"{where}/batch", content=b"\x90", headers=msgpack), 400, "body_malformed")
    check(client.post(f"{where}/batch", content=b"\x91\x01", headers=msgpack), 400, "body_malformed")
    check(client.post(f"{where}/batch", content=b"\x90", headers=json), 415, "media_type_unsupported")


def test_a_body_without_a_length_is_bounded_too(client: TestClient) -> None:
    async def endless() -> object:
        while True:
            yield bytes(65_536)

    answer = client.post("/v1/transactions", content=endless(), headers={"Content-Type": "application/msgpack"})
    check(answer, 413, "body_too_large")


def test_refusals_busy_nodes_and_faults(node: TwinNode) -> None:
    headers = {"Content-Type": "application/msgpack"}
    with app_of(node) as client:
        node.outcome = Refused(Reason.KEY_NOT_REGISTERED, "nobody has this key", key="ab")
        body = check(client.post("/v1/transactions", content=wire_of(), headers=headers), 422, "key_not_registered")
        assert body["cause"] == "nobody has this key"
        node.outcome = Busy("the pool is full", 7)
        answer = client.post("/v1/transactions", content=wire_of(), headers=headers)
        check(answer, 503, "node_busy")
        assert answer.headers["Retry-After"] == "7"
        node.outcome = Busy("16 wait", 2, party="SUPPLIER1")
        for language, words in (("en", "room is for other parties"), ("zh", "其余空间留给其他参与方")):
            answer = client.post(
                "/v1/transactions", content=wire_of(), headers=headers | {"Accept-Language": language}
            )  # fmt: skip
            body = check(answer, 429, "mempool_party_share")
            assert words in body["detail"]
            assert "Retry-After" in body["hint"]
            assert answer.headers["Retry-After"] == "2"
        node.outcome = InternalFault(Reason.SHAPE_WRONG, "a bug")
        check(client.post("/v1/transactions", content=wire_of(), headers=headers), 500, "internal_fault")
        node.outcome = RuntimeError("a bug")
        body = check(client.post("/v1/transactions", content=wire_of(), headers=headers), 500, "internal_fault")
        assert "a bug" not in str(body)


def test_every_message_is_there_in_both_languages() -> None:
    texts = load_texts()
    for code in texts.codes():
        english, chinese = texts.say(code, "en"), texts.say(code, "zh")
        assert english.detail
        assert chinese.detail
        assert english.detail != chinese.detail, code
        assert bool(english.hint) == bool(chinese.hint)


def test_a_code_without_text_is_still_said(client: TestClient, node: TwinNode) -> None:
    node.outcome = Refused("never_heard_of", "some words", amount=5)
    answer = client.post("/v1/transactions", content=wire_of(), headers={"Content-Type": "application/msgpack"})
    body = check(answer, 422, "never_heard_of")
    assert "never_heard_of" in str(body["detail"])
    assert body["details"] == {"amount": 5}


def test_a_request_id_is_taken_over_where_it_is_fit(client: TestClient) -> None:
    assert client.get("/version", headers={"X-Request-Id": "my-request-1"}).headers["X-Request-Id"] == "my-request-1"
    assert client.get("/version", headers={"X-Request-Id": "<script>"}).headers["X-Request-Id"] != "<script>"


def test_a_trace_has_a_bound(client: TestClient, node: TwinNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainbill_node.rest.view.MAX_READ", 3)
    check(client.get(f"/v1/trace/anchors/{ANCHOR}"), 400, "trace_too_large")
    assert with_parties(node.book) is node.book


@pytest.mark.parametrize("kind", sorted({
    found
    for path in Path(problems.__file__).parent.glob("*.py")
    for found in re.findall(r'(?:not_found\(|declared_object\(\w+, )"(\w+)"', path.read_text(encoding="utf-8"))
}))  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_not_there_is_named_in_words(kind: str, language: str) -> None:
    """A joint act that nobody sees was called `kind_joint`, a dispute and an order on a status likewise."""
    body = problems.render(problems.not_found(kind, "X1", 7), load_texts(), language, "/", "r")  # type: ignore[arg-type]
    assert "X1" in body["detail"]
    assert not re.search(r"kind_|_", body["detail"])
