"""Cursors of lists: nobody learns from them what does not show, and nobody writes one."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from chainbill_cli.client import NodeClient
from chainbill_node.rest import create_app
from chainbill_node.rest.cursors import cursor_key, query_digest
from chainbill_node.rest.reading import RestOptions
from chainbill_node.rest.totals import Totals
from rest.conftest import TestClient
from served_chain import ServedNode, client_of, get_as
from spec_world import World, served

DUE = "2026-12-31"
HIDDEN = ("h1", "h2", "h3", "h4")
LIMITS = (1, 2, 50)
BOUNDS = ((1, 2), (2, 1), (100, 50))
"""Rows looked at for a page, and how many pages of the two that show are read without looking at what is behind."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Of the anchor: two bills of supplier1, in front of four of supplier2, which do not concern supplier1."""
    with served(public_reads=False) as made:
        for number, name in enumerate(("s1", "s2", *HIDDEN)):
            if name == HIDDEN[0]:
                keep_what_is_told_of_two(made)
            supplier = "supplier1" if name.startswith("s") else "supplier2"
            made.accepted(name, supplier, "anchor", 1_00 + number, DUE)
            made.mark(name)
        yield made


def of_anchor(world: World, name: str = "h4") -> str:
    """The anchor's bills, at the height at which one of them was the newest."""
    return f"/v1/bills?debtor={world.id('anchor')}&at={world.at[name]}"


def told(found: list[Any]) -> list[Any]:
    """What pages say beside their rows, but for what is in the cursor."""
    return [(len(page["data"]), page["count"], page.get("count_complete"), page["next"] is None) for page in found]


def keep_what_is_told_of_two(world: World) -> None:
    """What supplier1 reads of the anchor's bills as long as all of them are its own."""
    path = f"/v1/bills?debtor={world.id('anchor')}"
    for (bound, _), limit in itertools.product(BOUNDS, LIMITS):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("chainbill_node.rest.lists.MAX_EXAMINED", bound)
            world.made[f"alone {bound} {limit}"] = told(pages(world, path, "supplier1", limit))


def opened(cursor: str) -> bytes:
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def pages(world: World, path: str, who: str, limit: int = 1) -> list[Any]:
    found = [world.get(f"{path}&limit={limit}", who)]
    while found[-1]["next"] is not None:
        assert len(found) < 50
        found.append(world.get(f"{path}&limit={limit}&after={found[-1]['next']}", who))
    return found


def test_a_cursor_is_good_for_its_reader_only(world: World) -> None:
    for path in (of_anchor(world), "/v1/parties?", "/v1/blocks?", "/v1/blocks/head/receipts?"):
        given = world.get(f"{path}&limit=1", "regulator")["next"]
        if given is None:
            continue
        assert world.problem(f"{path}&limit=1&after={given}", 400, "supplier1")["code"] == "bad_cursor", path
        world.get(f"{path}&limit=1&after={given}", "regulator")


def test_nobody_writes_a_cursor_or_changes_one(world: World) -> None:
    """Totals that a link brings along would show as those of the ledger; a count too high told of hidden rows."""
    path, height = of_anchor(world), world.at["h4"]
    query = path_digest(path)
    forged = json.dumps([height, query, "", 9, {"CNY": 999_999}, True, 0]).encode()
    text = base64.urlsafe_b64encode(forged).rstrip(b"=").decode()
    assert world.problem(f"{path}&limit=1&after={text}", 400, "supplier1")["code"] == "bad_cursor"
    given = world.get(f"{path}&limit=1", "supplier1")["next"]
    sealed = opened(given)
    for place in range(0, len(sealed), 7):
        changed = bytearray(sealed)
        changed[place] ^= 1
        text = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        assert world.problem(f"{path}&limit=1&after={text}", 400, "supplier1")["code"] == "bad_cursor", place


def path_digest(path: str) -> str:
    address, _, query = path.partition("?")
    return query_digest(address, parse_qsl(query))


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(("bound", "same"), BOUNDS)
def test_next_does_not_depend_on_how_many_stand_hidden_behind(
    world: World, monkeypatch: pytest.MonkeyPatch, *, bound: int, same: int, limit: int
) -> None:
    """Within the bound the last entry that shows ends the list; at the bound nobody looks whether more stand there."""
    monkeypatch.setattr("chainbill_node.rest.lists.MAX_EXAMINED", bound)
    among = pages(world, of_anchor(world), "supplier1", limit)
    assert told(among)[:same] == world.made[f"alone {bound} {limit}"][:same]
    assert sorted(row["face"] for page in among for row in page["data"]) == [1_00, 1_01]
    assert (among[-1]["count"], among[-1]["sum"]) == (2, {"CNY": 2_01})


def test_a_list_with_too_high_a_kept_count_ends_with_what_shows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """`next` rests on an entry that was found, not on a count."""
    monkeypatch.setattr("chainbill_node.rest.declared.kept_totals", lambda *_, **__: Totals(6, {}))
    found = pages(world, of_anchor(world), "supplier1")
    assert [len(page["data"]) for page in found] == [1, 1]


def test_no_cursor_has_a_name_in_it_that_does_not_show(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainbill_node.rest.lists.MAX_EXAMINED", 3)
    path = f"/v1/bills?debtor={world.id('anchor')}&at={world.at['h4']}"
    given = [page["next"] for page in pages(world, path, "supplier1", 1)[:-1]]
    assert given
    for cursor in given:
        for name in HIDDEN:
            assert world.bills[name].encode() not in opened(cursor)
    assert len({len(cursor) for cursor in given}) == 1, "nor its length"


def test_the_same_read_has_the_same_next(world: World) -> None:
    """An answer at a height is the same for ever, whoever keeps it."""
    path = of_anchor(world)
    assert world.get(f"{path}&limit=1") == world.get(f"{path}&limit=1")


def test_a_cursor_lives_over_a_restart_and_not_at_another_node(world: World) -> None:
    chain, path = world.chain, f"{of_anchor(world)}&limit=1"

    def served(secret: bytes) -> TestClient:
        key = cursor_key(secret)
        return TestClient(create_app(ServedNode(chain), RestOptions(now_ms=lambda: chain.time_ms, cursor_key=key)))

    with served(b"a" * 32) as before, served(b"a" * 32) as again, served(b"b" * 32) as other:
        page = get_as(before, chain, "regulator", path)
        on = f"{path}&after={page.json()['next']}"
        assert get_as(again, chain, "regulator", on).json() == get_as(before, chain, "regulator", on).json()
        assert get_as(other, chain, "regulator", on).json()["code"] == "bad_cursor"
        kept = {"if-none-match": page.headers["etag"]}
        assert get_as(again, chain, "regulator", path, **kept).status_code == 304
        assert get_as(other, chain, "regulator", path, **kept).status_code == 200, "its next would be refused"


def test_the_command_line_goes_on_with_a_list_at_another_node(world: World) -> None:
    """The first node falls out between two pages: every entry is given once, as of the height of the first page."""
    chain = world.chain
    out: set[str] = set()
    refused: list[str] = []
    with client_of(chain) as first, client_of(chain) as second:
        served = {"http://one:1": first, "http://two:1": second}

        def answer(request: httpx.Request) -> httpx.Response:
            node = f"http://{request.url.host}:1"
            if node in out:
                raise httpx.ConnectError("gone")
            given = get_as(served[node], chain, "regulator", request.url.raw_path.decode())
            refused.extend([given.json()["code"]] if given.status_code != 200 else [])
            return httpx.Response(given.status_code, json=given.json())

        client = NodeClient(tuple(served), timeout_s=5, transport=httpx.MockTransport(answer))
        whole = [row["id"] for row in client.pages("/v1/bills")]
        found = []
        for number, row in enumerate(client.pages("/v1/bills", page=2)):
            found.append(row["id"])
            if number == 2:
                out.add("http://one:1")
                chain.commit()
        assert found == whole == list(world.bills.values())
        assert refused == ["bad_cursor"]
        client.close()
