"""How reads are answered, as docs/reference/rest.md and errors.md promise: heights, days, keeping, problems."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from spec_world import ZONE, World, live_out, served

from chainbill.dates import add_days, date_of

FOR_EVER = "private, max-age=31536000, immutable"
CJK = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with served(public_reads=True) as made:
        live_out(made)
        yield made


@pytest.fixture(scope="module")
def closed() -> Iterator[World]:
    with served(public_reads=False) as made:
        made.chain.commit()
        made.accepted("main", "supplier1", "anchor", 1_000_00, "2026-12-31")
        for day in ("2026-09-22", "2026-09-23"):
            made.until(day, jump=True)
        yield made


def plain(world: World, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    return world.client.request(method, path, headers={"Accept-Encoding": "identity"} | headers)


@pytest.fixture(scope="module")
def times(world: World) -> dict[int, int]:
    """Block times in ms by height, as the blocks themselves say."""
    found = {row["height"]: row["time_ms"] for row in world.rows("/v1/blocks")}
    return found | {0: 1_790_000_000_000}


def test_a_day_is_its_last_block(world: World, times: dict[int, int]) -> None:
    """Days with many blocks, with one, and without any: the last block before 24:00 in the network's zone."""
    last = date_of(max(times.values()), ZONE)
    day = "2026-09-21"
    while day <= last:
        wanted = max(height for height, time_ms in times.items() if date_of(time_ms, ZONE) <= day)
        found = plain(world, f"/v1/bills?limit=1&at={day}")
        assert found.json()["as_of"]["height"] == wanted, day
        assert found.headers["chainbill-height"] == str(wanted)
        assert found.json()["as_of"]["date"] == date_of(times[wanted], ZONE)
        assert (found.headers["cache-control"], "etag" in found.headers) == (
            (FOR_EVER, True) if day < last else ("no-store", False)
        )
        day = add_days(day, 1)


def rfc3339(time_ms: int, offset: str = "Z", minutes: int = 0) -> str:
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=time_ms, minutes=minutes)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{time_ms % 1000:03d}{offset}"


def test_a_time_is_the_last_block_not_after_it(world: World, times: dict[int, int]) -> None:
    for height in (0, 1, 2, world.at["one"], world.at["due"], max(times)):
        for text in (
            rfc3339(times[height]),
            rfc3339(times[height], "%2B08:00", 480),
            rfc3339(times[height], "-05:30", -330),
        ):
            assert plain(world, f"/v1/bills?at={text}").json()["as_of"]["height"] == height, text
        if height:
            assert plain(world, f"/v1/bills?at={rfc3339(times[height] - 1)}").json()["as_of"]["height"] == height - 1
    assert plain(world, f"/v1/bills?at={rfc3339(times[0] - 1)}").json()["code"] == "before_genesis"


def test_every_read_takes_heights_0_and_1(world: World) -> None:
    anchor = world.id("anchor")
    for height in (0, 1):
        for path in ("/v1/bills", "/v1/parties", f"/v1/parties/{anchor}", f"/v1/parties/{anchor}/bills",
        f"/v1/trace/anchors/{anchor}",
                     f"/v1/trace/parties/{anchor}", "/v1/calendar/2026", "/v1/contracts", "/v1/network",
                     "/v1/validators",
                     "/v1/blocks", "/v1/governance/proposals", "/v1/invoices"):  # fmt: skip
            answer = plain(world, f"{path}?at={height}")
            assert answer.status_code == 200, (path, answer.text)
            assert (answer.json()["as_of"]["height"], answer.headers["chainbill-height"]) == (height, str(height)), path
    answer = plain(world, "/v1/blocks/0/receipts")
    assert answer.status_code == 200
    assert answer.json()["height"] == 0


@pytest.mark.parametrize(
    ("at", "status", "code"),
    [
        ("168", 404, "height_in_future"), ("999999999999999", 404, "height_in_future"), ("2026-10-17", 404,
        "height_in_future"),
        ("9999-12-31", 404, "height_in_future"), ("2026-10-16T23:00:00Z", 404, "height_in_future"),
        ("2026-09-20", 404, "before_genesis"), ("0001-01-01", 404, "before_genesis"), ("2026-02-30", 400, "bad_at"),
        ("2026-13-01", 400, "bad_at"), ("0000-01-01", 400, "bad_at"), ("-1", 400, "bad_at"), ("1.0", 400, "bad_at"),
        ("", 400, "bad_at"),
        ("head", 400, "bad_at"), ("today", 400, "bad_at"), ("2026-10-12T25:00:00Z", 400, "bad_at"),
        ("2026-10-12T01:00:00", 400, "bad_at"),
        ("%D9%A3", 400, "bad_at"), ("2026-W42-1", 400, "bad_at"), ("0x1", 400, "bad_at"), ("1_0", 400, "bad_at"),
        ("9999-12-31T23:59:59Z", 404, "height_in_future"), ("9999-12-31T23:59:59-08:00", 404, "height_in_future"),
    ],
)  # fmt: skip
def test_what_is_no_height_is_named(world: World, at: str, status: int, code: str) -> None:
    for path in (
        "/v1/bills",
        f"/v1/bills/{world.bills['main']}",
        "/v1/parties",
        f"/v1/trace/anchors/{world.id('anchor')}",
    ):
        answer = plain(world, f"{path}?at={at}")
        assert (answer.status_code, answer.json()["code"]) == (status, code), (path, answer.text)
        assert answer.headers["cache-control"] == "no-store"
    answer = plain(world, f"/v1/bills?basis=value&at=2026-10-12&known_at={at}")
    if (status, code) != (404, "before_genesis"):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    else:
        assert answer.status_code in (400, 404)


def test_figures_by_value_and_their_refusals(world: World) -> None:
    for path, code in (
        ("/v1/bills?basis=value&at=2026-10-14&known_at=2026-10-13", "known_before_at"),
        ("/v1/bills?known_at=2026-10-13", "parameter_by_value"), ("/v1/bills?basis=recorded&known_at=2026-10-13",
        "parameter_by_value"),
        ("/v1/bills?basis=Value", "parameter_choice"), ("/v1/bills?basis=", "parameter_choice"),
        ("/v1/tokens?basis=value", "unknown_parameter"), ("/v1/offers?basis=value", "unknown_parameter"),
        (f"/v1/bills/{world.bills['main']}/history?basis=value", "unknown_parameter"),
        (f"/v1/bills/{world.bills['main']}/tree?basis=value", "unknown_parameter"),
        (f"/v1/parties/{world.id('anchor')}/tokens?basis=value", "unknown_parameter"),
    ):  # fmt: skip
        answer = plain(world, path)
        assert answer.status_code == 400, path
        body = answer.json()
        assert code in (body["code"], *(error["code"] for error in body["errors"])), path
        assert body["hint"]


KEPT = ("/v1/bills?", "/v1/bills/{main}?", "/v1/tokens?", "/v1/receipts?kind=all&", "/v1/payments?", "/v1/parties?",
        "/v1/trace/bills/{main}?", "/v1/trace/anchors/{anchor}?", "/v1/bills/{main}/history?",
        "/v1/calendar/2026?")  # fmt: skip


@pytest.mark.parametrize("path", KEPT)
def test_what_can_never_change_may_be_kept(world: World, path: str) -> None:
    path = path.format(main=world.bills["main"], anchor=world.id("anchor"))
    end = world.at["end"]
    for tail in (
        f"at={end}",
        "at=2026-10-15",
        f"at={rfc3339(1_790_000_000_000 + 60_000)}" if "{" not in path and "B" not in path else "at=2026-10-14",
    ):
        first = plain(world, path + tail)
        assert first.status_code == 200, first.text
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == FOR_EVER
        for sent in (tag, f'"other", {tag}', tag.removeprefix("W/")):
            again = plain(world, path + tail, **{"If-None-Match": sent})
            assert (again.status_code, again.content) == (304, b""), sent
            assert again.headers["etag"] == tag
            assert again.headers["cache-control"] == FOR_EVER
        assert plain(world, path + tail, **{"If-None-Match": '"other"'}).status_code == 200
        other = plain(world, path + ("at=4" if tail != "at=4" else "at=5"))
        assert other.headers.get("etag") != tag or other.status_code != 200
    head = plain(world, path.rstrip("?&"))
    assert (head.headers["cache-control"], "etag" in head.headers) == ("no-store", False)


def test_a_page_behind_a_cursor_may_be_kept_and_its_first_page_not(world: World) -> None:
    first = plain(world, "/v1/bills?limit=2")
    assert first.headers["cache-control"] == "no-store"
    after = plain(world, f"/v1/bills?limit=2&after={first.json()['next']}")
    assert (after.headers["cache-control"], "etag" in after.headers) == (FOR_EVER, True)
    other = plain(world, f"/v1/bills?limit=3&after={first.json()['next']}")
    assert other.headers["etag"] != after.headers["etag"], "another size is another answer"


@pytest.mark.parametrize(
    "path", ["/v1/network", "/v1/validators", "/v1/peers", "/v1/mempool", "/v1/blocks", "/v1/blocks/1"]
)
def test_what_is_the_nodes_own_is_never_kept(world: World, path: str) -> None:
    for tail in ("", "?at=5"):
        answer = plain(world, path + tail)
        if answer.status_code == 200:
            assert (answer.headers["cache-control"], "etag" in answer.headers) == ("no-store", False), path + tail


def test_by_value_may_be_kept_where_both_are_fixed(world: World) -> None:
    for tail, kept in (("at=2026-10-14&known_at=2026-10-15", True), ("at=2026-10-14", False),
    (f"at=2026-10-14&known_at={world.at['end']}", True),
                       ("", False), ("at=2026-10-14&known_at=2026-10-16", False)):  # fmt: skip
        answer = plain(world, f"/v1/bills?basis=value&{tail}")
        assert answer.status_code == 200, answer.text
        assert (answer.headers["cache-control"], "etag" in answer.headers) == (
            (FOR_EVER, True) if kept else ("no-store", False)
        ), tail


def test_on_a_closed_network_an_answer_is_its_readers_own(closed: World) -> None:
    path = f"/v1/bills?at={closed.height}"
    tags = {}
    for who in ("regulator", "anchor", "supplier1", "supplier2", "auditor"):
        answer = closed.ask(who, path)
        assert answer.headers["cache-control"] == "private, no-cache"
        tags[who] = answer.headers["etag"]
        again = closed.ask(who, path, **{"If-None-Match": tags[who]})
        assert (again.status_code, again.content) == (304, b"")
    assert len(set(tags.values())) == len(tags)
    for who, tag in tags.items():
        for other in tags:
            if other != who:
                assert closed.ask(other, path, **{"If-None-Match": tag}).status_code == 200, "a tag of another reader"
    unsigned = closed.client.get(path, headers={"If-None-Match": tags["regulator"]})
    assert (unsigned.status_code, unsigned.json()["code"]) == (401, "signature_required")


@pytest.mark.parametrize(
    "path", ["/v1/bills", "/v1/bills?at=20", "/v1/bills/nothing", "/v1/bills?limit=0", "/health", "/ready", "/version"]
)
def test_head_is_get_without_the_body(world: World, path: str) -> None:
    got, head = plain(world, path), plain(world, path, "HEAD")
    assert (head.status_code, head.content) == (got.status_code, b"")
    unlike = {"x-request-id", "date"}
    assert {name: value for name, value in head.headers.items() if name not in unlike | {"content-length"}} == {
        name: value for name, value in got.headers.items() if name not in unlike | {"content-length"}
    }


def test_large_answers_are_compressed_and_small_ones_are_not(world: World) -> None:
    large, small = f"/v1/bills?at={world.at['end']}", "/v1/bills?at=0"
    raw = plain(world, large)
    assert len(raw.content) >= 1_400
    assert "content-encoding" not in raw.headers
    packed = world.client.get(large, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == raw.json()
    assert int(packed.headers["content-length"]) < len(raw.content)
    assert "accept-encoding" in raw.headers["vary"].lower()
    assert packed.headers["etag"].removeprefix("W/") == raw.headers["etag"].removeprefix("W/")
    tiny = world.client.get(small, headers={"Accept-Encoding": "gzip"})
    assert len(tiny.content) < 1_400
    assert "content-encoding" not in tiny.headers
    assert "content-encoding" not in world.client.get(large, headers={"Accept-Encoding": "gzip;q=0"}).headers


PROBLEMS = [
    ("GET", "/v1/bills/nothing", 404), ("GET", "/v1/bills?at=x", 400), ("GET", "/v1/bills?at=99999", 404), ("GET",
    "/v1/bills?at=2020-01-01", 404),
    ("GET", "/v1/bills?limit=0", 400), ("GET", "/v1/bills?limit=x", 400), ("GET", "/v1/bills?currency=QQQ", 400),
    ("GET", "/v1/bills?status=x", 400),
    ("GET", "/v1/bills?due_from=2026-02-30", 400), ("GET", "/v1/bills?due_from=x", 400), ("GET",
    "/v1/bills?at=1&at=1", 400),
    ("GET", "/v1/bills?wrong=1", 400), ("GET", "/v1/bills?after=x", 400), ("GET", "/v1/nothing", 404), ("GET",
    "/v1/events", 404),
    ("GET", "/v1/approvals", 404), ("DELETE", "/v1/bills", 405), ("POST", "/v1/bills", 405), ("POST",
    "/v1/transactions", 400),
    ("GET", "/v1/bills?invoice=zz", 400), ("GET", "/v1/bills?reference=x", 400), ("GET", "/v1/calendar/x", 400),
    ("GET", "/v1/blocks/99999", 404),
    ("GET", "/v1/blocks/zz", 404), ("GET", "/v1/transactions/zz", 404), ("GET", "/v1/parties?id=", 404), ("GET",
    "/v1/bills?known_at=2026-10-10", 400),
    ("GET", "/v1/bills?basis=value&at=2026-10-14&known_at=2026-10-13", 400), ("GET", "/v1/trace/bills/nothing", 404),
    ("GET", "/v1/bills?debtor=nobody", 404), ("GET", "/v1/tokens?tier=0", 400),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "status"), PROBLEMS)
def test_every_problem_has_code_and_mend_in_both_languages(world: World, method: str, path: str, status: int) -> None:
    found: dict[str, dict[str, Any]] = {}
    for language in ("en", "zh"):
        answer = plain(world, path, method, **{"Accept-Language": language, "X-Request-Id": "spec-reading-1"})
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert (answer.status_code, answer.headers["content-language"]) == (
            status if answer.status_code != 415 else 415,
            language,
        )
        body = answer.json()
        assert {"type", "title", "status", "detail", "instance", "code", "hint", "errors", "request_id"} <= set(body)
        assert (body["status"], body["type"]) == (answer.status_code, f"urn:chainbill:problem:{body['code']}")
        assert body["instance"] == path.split("?", maxsplit=1)[0]
        assert body["request_id"] == answer.headers["x-request-id"] == "spec-reading-1"
        assert body["title"]
        assert body["detail"]
        assert body["hint"]
        for error in body["errors"]:
            assert error["parameter"]
            assert error["code"].startswith("parameter_")
            assert error["detail"]
        texts = [body["title"], body["detail"], body["hint"], *(error["detail"] for error in body["errors"])]
        for text in texts:
            assert bool(CJK.search(text)) == (language == "zh"), text
            assert "{" not in text
        found[language] = body
    assert found["en"]["code"] == found["zh"]["code"]
    assert [error["code"] for error in found["en"]["errors"]] == [error["code"] for error in found["zh"]["errors"]]


def test_every_code_of_a_parameter_is_documented() -> None:
    """docs/reference/errors.md lists what `errors` of `bad_parameter` may say."""
    root = Path(__file__).parents[2]
    texts = (root / "node/chainbill_node/rest/messages.toml").read_text(encoding="utf-8")
    for name in ("errors.md", "errors.zh.md"):
        told = (root / "docs/reference" / name).read_text(encoding="utf-8")
        for code in re.findall(r"^\[(parameter_\w+)\]", texts, re.M):
            assert f"`{code}`" in told, (name, code)


def test_csv_of_a_trace_quotes_names_and_adds_up(world: World) -> None:
    """UTF-8 with a byte order mark, CRLF, major units; what a spreadsheet would take for a formula stays text."""
    for path, currency_amount in ((f"/v1/trace/anchors/{world.id('both')}", {"JPY": "12345", "BHD": "1234.567"}),
                                  (f"/v1/trace/parties/{world.id('strange')}", {}),
                                  (f"/v1/trace/bills/{world.bills['dinar']}", {})):  # fmt: skip
        answer = plain(world, f"{path}?format=csv&at={world.at['end']}")
        assert answer.status_code == 200, answer.text
        text = answer.content.decode("utf-8")
        assert text.startswith("\ufeff")
        assert text.replace("\r\n", "").count("\n") == 0, "CRLF only"
        rows = list(csv.reader(io.StringIO(text[1:], newline="")))
        for row in rows:
            for cell in row:
                assert not re.match(r"^[=+\-@](?!\"[0-9]+\"$)", cell) or re.fullmatch(r'="[0-9A-Za-z]+"', cell), cell
        cells = {cell.replace(",", "") for row in rows for cell in row}
        for amount in currency_amount.values():
            assert amount in cells, (path, amount, sorted(cells)[:40])
