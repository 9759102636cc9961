"""Lists: what is a part says so, in every form."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from chainbill_cli.asked import Asked
from chainbill_cli.client import NodeClient
from chainbill_cli.failure import Failure
from cli.cli_desk import Desk, accepted_bill
from cli.cli_fakes import AS_OF, BILL, NODE_1, PARTIES, FakeNode, Shell, bill, listing, ok, token
from cli.whole_answers import whole

ANCHOR = PARTIES["anchor"]
SUMMED = {"bill": "face ", "party": ""}
"""What a list's sum is called where several columns are amounts."""


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize("noun", ["bill", "party"])
def test_a_list_that_was_not_counted_to_the_end_says_so(shell: Shell, node: FakeNode, form: str, noun: str) -> None:
    """reading A3: what a node counted in part is never told as a total, in any form."""
    body = {"count": 20_000, "sum": {"CNY": 500}, "next": "CURSOR", "as_of": AS_OF, "count_complete": False}
    node.answers["GET /v1/bills"] = ok({**body, "data": [bill()]})
    node.answers["GET /v1/parties"] = ok({**body, "data": []})
    shell.run(noun, "list", "-o", form)
    assert f"at least 20000, {SUMMED[noun]}5.00 CNY" in shell.err
    assert "in all" not in shell.err
    assert "--count counts on to the end" in shell.err
    assert "--after CURSOR" in shell.err
    shell.run(noun, "list", "-o", form, "--lang", "zh")
    assert "至少 20000 条" in shell.err


def test_a_list_that_was_counted_tells_its_total(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok(
        {"data": [bill()], "count": 7, "sum": {"CNY": 500}, "next": None, "as_of": AS_OF}
    )
    shell.run("bill", "list")
    assert shell.err.splitlines()[0].endswith("7 in all, face 5.00 CNY"), "of which of the two amounts"


def test_a_total_of_tokens_says_that_no_cent_counts_twice(shell: Shell, node: FakeNode) -> None:
    """Split tokens are rows of the list, and their cents those of others in it."""
    listed = [token(status="split"), token(amount=40_000), token(amount=60_000)]
    node.answers["GET /v1/tokens"] = ok({**listing(*listed), "count": 3, "sum": {"CNY": 100_000}})
    shell.run("token", "list")
    assert "3 in all, 1,000.00 CNY without those that were split, moved or reversed" in shell.err
    shell.run("--lang", "zh", "token", "list")
    assert "共 3 条，合计 1,000.00 CNY（不含已拆分、已转移、已冲正的子凭证）" in shell.err


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize("noun", ["bill", "party"])
def test_a_long_list_is_counted_to_the_end_where_that_is_asked_for(
    shell: Shell, node: FakeNode, form: str, noun: str
) -> None:
    """reading A3: the way to the whole: a node counts on with each page."""
    path = {"bill": "/v1/bills", "party": "/v1/parties"}[noun]
    counts = {"": (20_000, "A"), "A": (40_000, "B"), "B": (45_678, "C")}

    def page(request: httpx.Request) -> httpx.Response:
        count, following = counts[request.url.params.get("after", "")]
        partly = {} if following == "C" else {"count_complete": False}
        data = [bill()] if noun == "bill" else []
        return ok({"data": data, "count": count, "sum": {"CNY": count}, "next": following, "as_of": AS_OF, **partly})

    node.answers[f"GET {path}"] = page
    shell.run(noun, "list", "-o", form, "--count")
    assert f"45678 in all, {SUMMED[noun]}456.78 CNY" in shell.err
    assert "--after A" in shell.err
    assert "at least" not in shell.err
    asked = [dict(one.url.params) for one in node.requests if one.url.path == path]
    assert [one.get("after") for one in asked] == [None, "A", "B"]
    assert [one["limit"] for one in asked] == ["50", "1", "1"]
    assert not any("to_the_end" in one for one in asked)


def test_all_pages_are_read_or_as_many_as_are_wanted() -> None:
    """reading A3: a look-up that reads a list reads all of it."""
    pages = {"": ("1", "A"), "A": ("2", "B"), "B": ("3", None)}

    def page(request: httpx.Request) -> httpx.Response:
        data, following = pages[request.url.params.get("after", "")]
        return ok(whole(Asked("GET", "/v1/bills"), {"data": [{"id": data}], "count": 3, "next": following}))

    client = NodeClient((NODE_1,), timeout_s=5, transport=httpx.MockTransport(page))
    assert [row["id"] for row in client.pages("/v1/bills", page=1)] == ["1", "2", "3"]
    assert [row["id"] for row in client.pages("/v1/bills", page=1, most=2)] == ["1", "2"]
    client.close()


@pytest.mark.parametrize(("as_of", "again"), [
    (AS_OF, {"at": str(AS_OF["height"])}),
    ({"basis": "value", "valued_on": "2026-02-27", "known_at": {"height": 7}}, {"at": "2026-02-27", "known_at": "7"}),
])  # fmt: skip
def test_a_list_is_begun_again_at_its_own_times_and_not_for_ever(as_of: dict[str, Any], again: dict[str, str]) -> None:
    asked: list[dict[str, str]] = []

    def page(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        if "after" in request.url.params:
            return httpx.Response(400, json={"title": "no", "code": "bad_cursor", "status": 400})
        return ok(whole(Asked("GET", "/v1/bills"), {"data": [{"id": "1"}], "count": 3, "next": "A", "as_of": as_of}))

    client = NodeClient((NODE_1,), timeout_s=5, transport=httpx.MockTransport(page))
    with pytest.raises(Failure):
        list(client.pages("/v1/bills", page=1))
    first, second = {"limit": "1"}, {"limit": "1", "after": "A"}
    assert asked == [first, second, first | again, second | again]
    client.close()


KNOWN = {**AS_OF, "height": 6, "basis": "value", "valued_on": "2026-02-27", "known_at": AS_OF}
BY_VALUE = (
    (("bill", "list"), "/v1/bills"), (("bill", "receipts"), "/v1/receipts"), (("bill", "payments"), "/v1/payments"),
    (("bill", "show", BILL), f"/v1/bills/{BILL}"), (("trace", "anchor", "anchor"), f"/v1/trace/anchors/{ANCHOR}"),
    (("trace", "party", "anchor"), f"/v1/trace/parties/{ANCHOR}"),
)  # fmt: skip


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize(("command", "path"), BY_VALUE)
def test_figures_by_value_date_name_both_dates(
    shell: Shell, node: FakeNode, command: tuple[str, ...], path: str, form: str
) -> None:
    """Two time axes: asked for by --basis and --known-at, and told with every answer, in both languages."""
    listed = {"data": [], "count": 0, "sum": {}, "next": None, "currencies": [], "party": {}, "as_of": KNOWN}
    node.answers[f"GET {path}"] = ok({**bill(), **listed} if "show" in command else listed)
    node.answers["GET /v1/payments"] = ok(listed)
    shell.run(*command, "-o", form, "--at", "2026-02-27", "--basis", "value", "--known-at", "7")
    asked = [dict(one.url.params) for one in node.requests if one.url.path == path][-1]
    assert {name: asked[name] for name in ("at", "basis", "known_at")} == {
        "at": "2026-02-27", "basis": "value", "known_at": "7",
    }  # fmt: skip
    assert "by value date up to 2026-02-27, as known at height 7, 2026-03-02" in shell.err
    shell.run(*command, "-o", form, "--basis", "value", "--lang", "zh")
    assert "按起息日计至 2026-02-27，以高度 7（2026-03-02）时所知为准" in shell.err


def test_without_a_basis_none_is_asked_for(shell: Shell, node: FakeNode) -> None:
    """A node of a release before knows no such parameter."""
    node.answers["GET /v1/bills"] = ok({"data": [], "count": 0, "sum": {}, "next": None, "as_of": AS_OF})
    shell.run("bill", "list")
    assert not {"basis", "known_at"} & set(node.requests[-1].url.params)


def test_a_payee_finds_what_waits_for_it(desk: Desk) -> None:
    """use: "look at the open offers to you", said a refusal, and no command listed them."""
    _, token = accepted_bill(desk, "1000.00")
    sent = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:300.00", "--to", "supplier3:200.00")
    mine, other = (one["id"] for one in sent["tokens"])
    assert [row["id"] for row in desk.json("supplier2", "token", "offers")] == [mine]
    made = desk.json("anchor", "token", "offers", "--from", "supplier1")
    assert {(row["id"], row["amount"]) for row in made} == {(mine, 30_000), (other, 20_000)}
    assert [row["id"] for row in desk.json("bank1", "token", "offers", "--to", "supplier3")] == [other]
    desk.text("--as", "supplier2", "--lang", "zh", "token", "accept", other, expect=3)
    assert "→ 待签收的转让可用 chainbill token offers 查看" in desk.err
    desk.json("supplier2", "token", "accept", mine)
    assert desk.json("supplier2", "token", "offers") == []
