"""Lists: what is a part says so, in every form."""

from __future__ import annotations

import httpx
import pytest
from chainbill_cli.client import NodeClient
from cli.cli_fakes import AS_OF, NODE_1, FakeNode, Shell, bill, ok


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize("noun", ["bill", "party"])
def test_a_list_that_was_not_counted_to_the_end_says_so(shell: Shell, node: FakeNode, form: str, noun: str) -> None:
    """reading A3: what a node counted in part is never told as a total, in any form."""
    body = {"count": 20_000, "sum": {"CNY": 500}, "next": "CURSOR", "as_of": AS_OF, "count_complete": False}
    node.answers["GET /v1/bills"] = ok({**body, "data": [bill()]})
    node.answers["GET /v1/parties"] = ok({**body, "data": []})
    shell.run(noun, "list", "-o", form)
    assert "at least 20000, 5.00 CNY" in shell.err
    assert "in all" not in shell.err
    assert "--after CURSOR" in shell.err
    shell.run(noun, "list", "-o", form, "--lang", "zh")
    assert "至少 20000 条" in shell.err


def test_a_list_that_was_counted_tells_its_total(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok(
        {"data": [bill()], "count": 7, "sum": {"CNY": 500}, "next": None, "as_of": AS_OF}
    )
    shell.run("bill", "list")
    assert "7 in all, 5.00 CNY" in shell.err


def test_all_pages_are_read_or_as_many_as_are_wanted() -> None:
    """reading A3: a look-up that reads a list reads all of it."""
    pages = {"": ("1", "A"), "A": ("2", "B"), "B": ("3", None)}

    def page(request: httpx.Request) -> httpx.Response:
        data, following = pages[request.url.params.get("after", "")]
        return ok({"data": [{"id": data}], "count": 3, "sum": {}, "next": following, "as_of": AS_OF})

    client = NodeClient((NODE_1,), timeout_s=5, transport=httpx.MockTransport(page))
    assert [row["id"] for row in client.pages("/v1/bills", page=1)] == ["1", "2", "3"]
    assert [row["id"] for row in client.pages("/v1/bills", page=1, most=2)] == ["1", "2"]
    client.close()
