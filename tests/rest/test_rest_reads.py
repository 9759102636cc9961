"""Reads of an open network: every address, filters, envelopes, heights and cursors."""

from __future__ import annotations

from dataclasses import replace

import pytest
from chainbill_node.rest.pages import ASSETS
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, BillBook
from rest.conftest import TestClient, app_of, with_parties
from rest.node_twin import TwinNode, wire_of

AS_OF = {"height", "date", "block_id", "app_hash"}


def test_a_bill_has_the_documented_shape_and_says_its_height(client: TestClient, example: tuple[BillBook, str]) -> None:
    book, bill = example
    answer = client.get(f"/v1/bills/{bill}")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) >= {
        "id", "debtor", "creditor", "face", "currency", "issued_on", "due_on", "pay_on", "status", "outstanding",
        "settled", "invoices", "terms", "created", "as_of",
    }  # fmt: skip
    assert set(body["as_of"]) == AS_OF
    assert answer.headers["Chainbill-Height"] == str(book.height) == str(body["as_of"]["height"])
    assert (body["face"], body["outstanding"], body["currency"]) == (100_000_000, 100_000_000, "CNY")
    assert answer.headers["X-Request-Id"]


def test_a_token_has_the_documented_shape(client: TestClient, example: tuple[BillBook, str]) -> None:
    book, bill = example
    token = book.live(bill)[0]
    body = client.get(f"/v1/tokens/{token}").json()
    assert set(body) >= {
        "id", "bill", "lo", "hi", "amount", "currency", "holder", "offered_to", "tier", "financed_tier", "parent",
        "status", "locks", "born", "ended",
    }  # fmt: skip
    assert body["amount"] == body["hi"] - body["lo"]


@pytest.mark.parametrize(
    "path",
    [
        "/health", "/ready", "/version", "/metrics", "/openapi.json", "/docs", "/", "/web/page.js", "/web/page.css",
        "/web/page_words.js", "/web/docs.js", "/v1/network", "/v1/validators", "/v1/peers", "/v1/mempool", "/v1/blocks",
        "/v1/blocks/head", "/v1/blocks/1", "/v1/blocks/head/transactions", "/v1/parties", f"/v1/parties/{ANCHOR}",
        f"/v1/parties/{ANCHOR}/bills", f"/v1/parties/{SUPPLIERS[0]}/tokens", f"/v1/offers?to={SUPPLIERS[3]}",
        "/v1/bills", "/v1/tokens", "/v1/finance/requests", "/v1/calendar/2026", "/v1/governance/proposals",
        "/v1/contracts", f"/v1/trace/anchors/{ANCHOR}", f"/v1/trace/anchors/{ANCHOR}?format=csv",
        f"/v1/trace/anchors/{ANCHOR}?format=graph", f"/v1/trace/parties/{SUPPLIERS[1]}",
        f"/v1/trace/parties/{SUPPLIERS[1]}?format=csv", f"/v1/trace/parties/{BANKS[0]}?format=graph",
    ],
)  # fmt: skip
def test_every_address_answers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.content


def test_bill_addresses_answer(client: TestClient, example: tuple[BillBook, str]) -> None:
    _, bill = example
    for end in ("", "/tokens", "/history", "/tree"):
        assert client.get(f"/v1/bills/{bill}{end}").status_code == 200
    for query in ("", "?format=graph", "?format=csv", "?depth=2", "?group_by=tier,bank", "?cent=0"):
        assert client.get(f"/v1/trace/bills/{bill}{query}").status_code == 200


def test_the_network_says_how_it_works(client: TestClient) -> None:
    body = client.get("/v1/network").json()
    assert (body["chain_id"], body["clock"]) == ("twin-1", "adjustable")
    assert (body["public_reads"], body["bids"]) == (True, "clear")
    assert len(body["network"]) == 64
    assert body["versions"]["api"] == "v1"
    assert (body["validators"], body["quorum"]) == (4, 3)
    assert (body["rules"]["gas_transaction"], body["currencies"]["JPY"], body["python"]) == (8_000_000, 0, ["3.11"])
    assert (body["protocol"]["active"]["version"], body["protocol"]["next"]) == (1, None)


def test_ready_says_what_is_missing_in_the_language_asked_for(
    client: TestClient, node: TwinNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = replace(node.status(), upgrade="block 9 and later need protocol 2", upgrade_zh="自区块 9 起需要协议 2")
    assert client.get("/ready").json()["upgrade_needed"] is None
    monkeypatch.setattr(node, "status", lambda: status)
    for language, said in (("en", "block 9"), ("zh", "自区块 9")):
        body = client.get("/ready", headers={"accept-language": language}).json()
        assert said in body["upgrade_needed"]
        assert body["ready"], "until then it takes part"


def test_the_trace_of_an_anchor_gives_the_worked_numbers(client: TestClient) -> None:
    [table] = client.get(f"/v1/trace/anchors/{ANCHOR}").json()["currencies"]
    assert [row["penetration"] for row in table["by_tier"]] == ["1.000000", "0.600000", "0.200000"]
    assert table["by_tier"][1]["share_financed"] == "0.500000"
    assert {"nodes", "links"} == set(table["graph"])


def test_the_trace_of_a_bill_has_the_documented_members(client: TestClient, example: tuple[BillBook, str]) -> None:
    body = client.get(f"/v1/trace/bills/{example[1]}").json()
    assert set(body) >= {"bill", "as_of", "tree", "leaves", "totals", "by_tier", "hops"}
    assert set(body["by_tier"][0]) >= {
        "tier", "parties", "reached", "held", "financed", "amount", "financed_ever", "share_financed", "mean_rate",
    }  # fmt: skip
    assert body["tree"]["id"] == body["bill"]["root_token"]


def test_csv_keeps_ids_as_text_and_writes_major_units(client: TestClient, example: tuple[BillBook, str]) -> None:
    answer = client.get(f"/v1/trace/anchors/{ANCHOR}?format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeffcurrency,tier,parties,reached")
    assert "CNY,2,1,600000.00,0.600000" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3), (f"debtor={ANCHOR}", 2), (f"debtor={SUPPLIERS[1]}", 0), (f"creditor={SUPPLIERS[0]}", 3),
        ("status=active", 2),
        ("status=pending_confirm", 1), ("status=active,pending_confirm", 3), ("currency=EUR", 1),
        ("due_from=2026-05-06", 1),
        ("due_to=2026-05-05", 2), ("issued_from=2026-01-06", 0), ("reached_tier=3", 1), ("reached_tier=4", 0),
        (f"financed_by={BANKS[1]}", 1), (f"financed_by={BANKS[2]}", 0), (f"holder={SUPPLIERS[2]}", 1),
        (f"invoice={'f1' * 32}", 1),
        (f"invoice={'f2' * 32}", 0),
    ],
)  # fmt: skip
def test_the_filters_of_bills(client: TestClient, example: tuple[BillBook, str], query: str, count: int) -> None:
    book, _ = example
    book.issue(SUPPLIERS[5], SUPPLIERS[0], 500, "EUR", due_on="2026-06-01")
    book.draft(ANCHOR, SUPPLIERS[0], 700, invoices=[{"fingerprint": "f1" * 32, "amount": 700}])
    body = client.get(f"/v1/bills?{query}").json()
    assert len(body["data"]) == body["count"] == count, body


def test_the_sum_of_a_list_is_per_currency(client: TestClient, example: tuple[BillBook, str]) -> None:
    example[0].issue(ANCHOR, SUPPLIERS[0], 500, "EUR")
    assert client.get("/v1/bills").json()["sum"] == {"CNY": 100_000_000, "EUR": 500}
    # cut and moved tokens add nothing, so no cent counts twice
    assert client.get("/v1/tokens").json()["sum"] == {"CNY": 100_000_000, "EUR": 500}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (f"holder={SUPPLIERS[0]}", 1), (f"holder={SUPPLIERS[0]}&status=all", 5), ("status=live", 7),
        ("status=moved", 5),
        ("lock=offered", 0), ("tier=3&status=live", 2), (f"debtor={ANCHOR}&status=live", 7),
        (f"debtor={SUPPLIERS[1]}", 0),
        ("due_to=2026-05-05", 0), ("due_from=2026-05-06&status=live", 7),
    ],
)  # fmt: skip
def test_the_filters_of_tokens(client: TestClient, query: str, count: int) -> None:
    assert client.get(f"/v1/tokens?{query}").json()["count"] == count


def test_offers_to_and_from(client: TestClient, example: tuple[BillBook, str]) -> None:
    book, bill = example
    own = next(token for token in book.live(bill) if book.token(token)["holder"] == SUPPLIERS[0])
    piece, _ = book.offer(own, SUPPLIERS[4], 100)
    for query in (f"to={SUPPLIERS[4]}", f"from={SUPPLIERS[0]}", f"to={SUPPLIERS[4]}&from={SUPPLIERS[0]}"):
        assert [token["id"] for token in client.get(f"/v1/offers?{query}").json()["data"]] == [piece]
    assert client.get(f"/v1/offers?to={SUPPLIERS[5]}").json()["data"] == []


def test_pages_agree_although_the_chain_goes_on(client: TestClient, example: tuple[BillBook, str]) -> None:
    book, _ = example
    for _number in range(6):
        book.issue(ANCHOR, SUPPLIERS[0], 100)
    whole = client.get("/v1/bills").json()
    first = client.get("/v1/bills?limit=3").json()
    assert (len(first["data"]), first["count"], first["sum"]) == (3, 7, whole["sum"])
    book.next_height()
    book.issue(ANCHOR, SUPPLIERS[0], 999)
    for token in book.live():
        book.leaf(token, "settled")
    seen, page = [bill["id"] for bill in first["data"]], first
    while page["next"]:
        page = client.get(f"/v1/bills?limit=3&after={page['next']}").json()
        assert page["as_of"] == first["as_of"]
        assert (page["count"], page["sum"]) == (first["count"], first["sum"])
        assert all(bill["settled"] == 0 for bill in page["data"])
        seen += [bill["id"] for bill in page["data"]]
    assert seen == [bill["id"] for bill in whole["data"]]
    assert client.get("/v1/bills").json()["count"] == 8


def test_blocks_come_newest_first_and_in_pages(client: TestClient, node: TwinNode) -> None:
    node.commit(wire_of(), node.outcome_of(wire_of()))
    head = node.book.height
    heights: list[int] = []
    page = client.get("/v1/blocks?limit=3").json()
    assert page["data"][0]["transactions"] == 1
    while True:
        heights += [block["height"] for block in page["data"]]
        assert page["count"] == head
        if not page["next"]:
            break
        page = client.get(f"/v1/blocks?limit=3&after={page['next']}").json()
    assert heights == list(range(head, 0, -1))
    found = client.get("/v1/blocks/head").json()
    assert client.get(f"/v1/blocks/{found['id']}").json()["height"] == head
    [transaction] = client.get(f"/v1/blocks/{head}/transactions").json()["data"]
    assert (transaction["party"], transaction["calls"], transaction["status"]) == ("SUPPLIER1", ["bill.issue"], "ok")


@pytest.mark.parametrize(
    ("at", "height"),
    [
        ("0", 0), ("3", 3), ("2026-01-05", 2), ("2026-01-06", 6), ("2026-01-05T06:00:00Z", 1),
        ("2026-01-05T05:59:59.999Z", 0), ("2026-01-05T14:00:00%2B08:00", 1), ("2026-01-31", 7),
    ],
)  # fmt: skip
def test_at_takes_a_height_a_date_in_the_zone_or_a_time(client: TestClient, at: str, height: int) -> None:
    answer = client.get(f"/v1/network?at={at}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["as_of"]["height"] == height
    assert answer.headers["Chainbill-Height"] == str(height)


def test_reading_the_past_shows_the_past(client: TestClient, example: tuple[BillBook, str]) -> None:
    _, bill = example
    then = client.get(f"/v1/trace/bills/{bill}?at=2").json()
    assert [row["reached"] for row in then["by_tier"]] == [100_000_000, 60_000_000]
    assert len(then["leaves"]) == 2
    assert client.get(f"/v1/bills/{bill}?at=0").status_code == 404


def test_a_cent_and_a_token_have_one_path(client: TestClient, example: tuple[BillBook, str]) -> None:
    _, bill = example
    cent = client.get(f"/v1/trace/bills/{bill}?cent=99999999").json()
    assert [step["party"] for step in cent["chain"]] == [SUPPLIERS[0]]
    path = client.get(f"/v1/tokens/{cent['token']['id']}/path").json()
    assert path["path"] == cent["path"]
    assert client.get(f"/v1/trace/bills/{bill}?cent=100000000").status_code == 404


def test_history_tells_the_steps_of_a_bill(client: TestClient, example: tuple[BillBook, str]) -> None:
    book, bill = example
    book.next_height()
    book.leaf(book.live(bill)[0], "settled")
    kinds = [step["kind"] for step in client.get(f"/v1/bills/{bill}/history").json()["data"]]
    assert kinds == ["created", "issue", "transfer", "finance", "transfer", "finance", "finance", "settled"]


def test_health_and_readiness_name_the_reason(node: TwinNode) -> None:
    with app_of(node) as client:
        assert client.get("/ready").json()["ready"] is True
        node.ready, node.fault = False, "storage"
        ready = client.get("/ready", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
        assert (ready.status_code, ready.json()["reason"]) == (503, "停滞：缺少签名")
        assert client.get("/ready").json()["reason"].startswith("halted: 2 of 3")
        assert (client.get("/health").status_code, client.get("/health").json()["failed"]) == (503, "storage")


def test_openapi_describes_every_route_and_its_problems(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert "/v1/trace/anchors/{party}" in document["paths"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            assert "HTTPValidationError" not in str(operation)
            if path.startswith("/v1"):
                assert "application/problem+json" in operation["responses"]["400"]["content"]
    assert set(document["components"]["schemas"]) >= {"Bill", "Token", "Problem"}


def test_pages_need_nothing_from_outside(client: TestClient) -> None:
    for path in ("/", "/docs", *(f"/web/{name}" for name in ASSETS)):
        text = client.get(path).text
        assert "https://" not in text
        assert "http://" not in text
    assert "default-src 'none'" in client.get("/").headers["Content-Security-Policy"]
    assert client.get("/web/page.html").status_code == 404


def test_an_unpublished_calendar_year_goes_by_weekends(client: TestClient, example: tuple[BillBook, str]) -> None:
    assert client.get("/v1/calendar/2030").json()["published"] is False
    example[0].put("calendar", "year", 2030, {"holidays": ["2030-10-01"], "workdays": []})
    body = client.get("/v1/calendar/2030").json()
    assert (body["published"], body["holidays"]) == (True, ["2030-10-01"])


def test_an_empty_network_answers(client: TestClient) -> None:
    with app_of(TwinNode(with_parties(BillBook()))) as empty:
        assert empty.get("/v1/bills").json()["data"] == []
        assert empty.get(f"/v1/trace/anchors/{ANCHOR}").json()["currencies"] == []
