"""Lists as docs/reference/rest.md promises them: each row once, totals of the whole, filters, who sees what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from spec_world import FACE, STRANGE_EN, STRANGE_ZH, World, live_out, served

pytestmark = pytest.mark.untraced

Row = dict[str, Any]
MARKS = ("empty", "offered", "financed", "end")
LEAVES = {"live", "settled", "diluted", "void"}
READERS = (
    "anchor",
    "both",
    "supplier1",
    "supplier2",
    "supplier3",
    "strange",
    "bank1",
    "otherbank",
    "auditor",
    "auditor9",
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with served(public_reads=False) as made:
        live_out(made)
        yield made


def total(rows: list[Row], *, leaves_only: bool = False) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in rows:
        if not leaves_only or row["status"] in LEAVES:
            found[row["currency"]] += row.get("amount", row.get("face", 0))
    return {currency: amount for currency, amount in found.items() if amount}


def names(world: World, rows: list[Row]) -> set[str]:
    """The names in the world of the bills of these rows."""
    known = {bill: name for name, bill in world.bills.items()}
    return {known[row["id"]] for row in rows}


def lists_of(world: World) -> list[str]:
    main, s1, anchor = world.bills["main"], world.id("supplier1"), world.id("anchor")
    return [
        "/v1/bills", "/v1/tokens", "/v1/receipts?kind=settlement", "/v1/receipts?kind=finance", "/v1/payments",
        "/v1/finance/requests", "/v1/offers", "/v1/parties", f"/v1/bills?debtor={anchor}", f"/v1/bills?creditor={s1}",
        f"/v1/parties/{s1}/bills", f"/v1/parties/{s1}/tokens", f"/v1/parties/{s1}/tokens?status=all",
        f"/v1/tokens?holder={s1}", f"/v1/payments?party={s1}", "/v1/bills?status=settled,overdue", "/v1/status-orders",
        "/v1/disputes", "/v1/invoices", f"/v1/parties/{s1}/changes", f"/v1/parties/{anchor}/mandates",
        "/v1/governance/proposals",
        *([f"/v1/bills/{main}/tokens", f"/v1/bills/{main}/history"] if world.at else []),
    ]  # fmt: skip


def row_key(row: Row) -> str:
    return str(row["id"]) if "id" in row else repr(sorted(row.items()))


@pytest.mark.parametrize("mark", MARKS)
def test_every_list_at_every_height_has_each_row_once_and_totals_of_the_whole(world: World, mark: str) -> None:
    height = world.at[mark]
    for path in lists_of(world):
        if mark == "empty" and world.bills["main"] in path:
            continue
        asked = f"{path}{'&' if '?' in path else '?'}at={height}"
        whole = world.get(f"{asked}&limit=1000")
        rows = whole["data"]
        assert whole["as_of"]["height"] == height
        assert whole["next"] is None, path
        assert whole["count"] == len(rows), path
        assert whole.get("count_complete", True), path
        keys = [row_key(row) for row in rows]
        assert len(set(keys)) == len(keys), f"{path}: a row stands twice"
        if path.split("?")[0] in ("/v1/bills", "/v1/receipts", "/v1/payments", "/v1/finance/requests"):
            assert whole["sum"] == total(rows), path
        if "tokens" in path or path == "/v1/offers":
            assert whole["sum"] == total(rows, leaves_only=True), path
        for limit in (1, 2, 50):
            if len(rows) > 12 * limit:
                continue
            assert [row_key(row) for row in world.rows(asked, limit=limit)] == keys, (path, limit)


def test_an_empty_list_is_a_list(world: World) -> None:
    for height in (0, 1, world.at["empty"]):
        for path in (
            "/v1/bills",
            "/v1/tokens",
            "/v1/payments",
            "/v1/receipts?kind=all",
            "/v1/offers",
            "/v1/finance/requests",
        ):
            found = world.get(f"{path}{'&' if '?' in path else '?'}at={height}")
            assert (found["data"], found["count"], found["sum"], found["next"]) == ([], 0, {}, None), (path, height)


def test_a_page_that_ends_with_the_last_row_is_the_last(world: World) -> None:
    """`next` is null with the last entry, whatever the size of the page."""
    at = f"at={world.at['end']}"
    count = world.get(f"/v1/bills?{at}")["count"]
    for limit in (1, 2, 3, count - 1, count, count + 1):
        pages, after, seen = 0, "", 0
        while True:
            page = world.get(f"/v1/bills?{at}&limit={limit}{after}")
            pages, seen = pages + 1, seen + len(page["data"])
            assert page["count"] == count
            assert (page["next"] is None) == (seen == count)
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert pages == -(-count // limit)


def test_pages_agree_while_blocks_change_the_rows(world: World) -> None:
    """A bill that changes status between two pages stays as it was on the first, and its list keeps its totals."""
    bills = [world.issue(f"paged{number}", "supplier2", "both", 7_77, "2027-01-15") for number in range(4)]
    for path, expected in (
        (f"/v1/bills?creditor={world.id('supplier2')}&status=pending_confirm", 4),
        ("/v1/bills?status=pending_confirm", None),
        ("/v1/bills", None),
    ):
        joint = "&" if "?" in path else "?"
        first = world.get(f"{path}{joint}limit=1")
        before = [row["id"] for row in world.rows(f"{path}{joint}at={first['as_of']['height']}")]
        assert expected is None or first["count"] == expected
        seen, page = [first["data"][0]["id"]], first
        if bills:
            world.call("both", "bill.reject", bill=bills.pop(), reason="between pages")
            world.call("supplier2", "bill.withdraw", bill=bills.pop(0), reason="between pages")
        while page["next"] is not None:
            page = world.get(f"{path}{joint}limit=1&after={page['next']}")
            assert page["as_of"] == first["as_of"]
            assert (page["count"], page["sum"]) == (first["count"], first["sum"])
            seen += [row["id"] for row in page["data"]]
            world.chain.commit()
        assert seen == before
        if expected is not None:
            assert expected == len(seen)
            assert world.get(f"{path}{joint}limit=1")["count"] == expected - 2


def test_a_cursor_belongs_to_its_filters_and_its_list(world: World) -> None:
    page = world.get("/v1/bills?limit=1&status=settled,overdue")
    cursor = page["next"]
    assert world.problem(f"/v1/bills?limit=1&status=settled&after={cursor}", 400)["code"] == "cursor_mismatch"
    assert world.problem(f"/v1/bills?limit=1&after={cursor}", 400)["code"] == "cursor_mismatch"
    assert world.problem(f"/v1/tokens?limit=1&after={cursor}", 400)["code"] in ("cursor_mismatch", "bad_cursor")
    for wrong in ("x", cursor[:-3], cursor + "AAAA", "%00", "..", "0"):
        assert world.problem(f"/v1/bills?limit=1&status=settled,overdue&after={wrong}", 400)["code"] == "bad_cursor", (
            wrong
        )
    again = world.get(f"/v1/bills?limit=1000&status=settled,overdue&after={cursor}")
    assert len(again["data"]) == page["count"] - 1, "the size of the page is no filter"


BILL_FILTERS: dict[str, Callable[[World, Row], bool]] = {
    "debtor={anchor}": lambda world, row: row["debtor"] == world.id("anchor"),
    "creditor={strange}": lambda world, row: row["creditor"] == world.id("strange"),
    "initiator={supplier2}": lambda world, row: row["initiator"] == world.id("supplier2"),
    "currency=JPY": lambda world, row: row["currency"] == "JPY",
    "currency=CNY&status=expired": lambda world, row: (row["currency"], row["status"]) == ("CNY", "expired"),
    "status=overdue,settled,due": lambda world, row: row["status"] in ("overdue", "settled", "due"),
    "due_from=2026-10-12&due_to=2026-10-12": lambda world, row: row["due_on"] == "2026-10-12",
    "due_to=2026-10-10": lambda world, row: row["due_on"] <= "2026-10-10",
    "due_from=2026-12-31": lambda world, row: row["due_on"] >= "2026-12-31",
    "due_from=2027-12-31&due_to=2026-01-01": lambda world, row: False,
    "issued_from=2026-10-05": lambda world, row: row["issued_on"] >= "2026-10-05",
    "issued_from=2026-09-21&issued_to=2026-09-21": lambda world, row: row["issued_on"] == "2026-09-21",
    "debtor={anchor}&creditor={supplier1}&status=active": lambda world, row: (
        (row["debtor"], row["creditor"], row["status"]) == (world.id("anchor"), world.id("supplier1"), "active")
    ),
    "debtor={both}&currency=BHD": lambda world, row: (row["debtor"], row["currency"]) == (world.id("both"), "BHD"),
    "debtor={both}&currency=USD": lambda world, row: False,
}  # fmt: skip
TOKEN_FILTERS: dict[str, Callable[[World, Row], bool]] = {
    "holder={supplier1}": lambda world, row: (row["holder"], row["status"]) == (world.id("supplier1"), "live"),
    "holder={supplier2}&status=settled": lambda world, row: (
        (row["holder"], row["status"]) == (world.id("supplier2"), "settled")
    ),
    "tier=2": lambda world, row: row["tier"] == 2,
    "tier=7": lambda world, row: False,
    "tier=1&status=live": lambda world, row: (row["tier"], row["status"]) == (1, "live"),
    "lock=offered&status=live": lambda world, row: (
        row["status"] == "live" and any(lock["kind"] == "offered" for lock in row["locks"])
    ),
    "lock=in_finance&status=live": lambda world, row: (
        row["status"] == "live" and any(lock["kind"] == "in_finance" for lock in row["locks"])
    ),
    "status=moved,split": lambda world, row: row["status"] in ("moved", "split"),
    "bill={main}": lambda world, row: row["bill"] == world.bills["main"],
    "bill={main}&status=live,settled": lambda world, row: (
        row["bill"] == world.bills["main"] and row["status"] in ("live", "settled")
    ),
    "debtor={both}": lambda world, row: row["bill"] in (world.bills["yen"], world.bills["dinar"]),
    "due_from=2026-10-12&due_to=2026-10-12": lambda world, row: (
        row["bill"] in (world.bills["main"], world.bills["told"], world.bills["unpaid"])
    ),
    "due_to=2026-10-11": lambda world, row: False,
    "due_from=2026-12-31": lambda world, row: row["bill"] in (world.bills["yen"], world.bills["dinar"]),
}


def filled(world: World, query: str) -> str:
    for alias in (*READERS, "regulator"):
        query = query.replace(f"{{{alias}}}", world.id(alias))
    return query.replace("{main}", world.bills["main"]).replace("{told}", world.bills["told"])


@pytest.mark.parametrize("mark", ["traded", "late"])
@pytest.mark.parametrize(("path", "filters"), [("/v1/bills", BILL_FILTERS), ("/v1/tokens", TOKEN_FILTERS)])
def test_a_filter_keeps_just_the_rows_that_it_names(
    world: World, path: str, filters: dict[str, Callable[[World, Row], bool]], mark: str
) -> None:
    at = f"at={world.at[mark]}"
    rows = world.rows(f"{path}?{at}")
    for query, keeps in filters.items():
        wanted = [row for row in rows if keeps(world, row)]
        page = world.get(f"{path}?{filled(world, query)}&{at}&limit=1")
        found = world.rows(f"{path}?{filled(world, query)}&{at}", limit=3)
        assert sorted(row["id"] for row in found) == sorted(row["id"] for row in wanted), query
        assert page["count"] == len(wanted), query
        assert page["sum"] == total(wanted, leaves_only=path == "/v1/tokens"), query


def test_tokens_of_a_saturday_are_found_by_the_day_of_payment(world: World) -> None:
    """Due on Saturday the 10th, paid on Monday the 12th: bills go by `due_on`, tokens by `pay_on`."""
    at = f"at={world.at['traded']}"
    [bill] = world.get(f"/v1/bills?{at}&due_from=2026-10-10&due_to=2026-10-10")["data"]
    assert (bill["id"], bill["pay_on"]) == (world.bills["main"], "2026-10-12")
    assert world.get(f"/v1/tokens?{at}&due_from=2026-10-10&due_to=2026-10-11")["count"] == 0


def test_by_whom_and_how_far(world: World) -> None:
    at = f"at={world.at['financed']}"
    for query, expected in (
        ("reached_tier=1", {"main"}), ("reached_tier=2", {"main"}), ("reached_tier=3", set()),
        (f"financed_by={world.id('bank1')}", {"main"}), (f"financed_by={world.id('otherbank')}", set()),
        (f"holder={world.id('supplier3')}", {"main"}), (f"holder={world.id('strange')}", set()),
    ):  # fmt: skip
        found = world.get(f"/v1/bills?{query}&{at}")
        assert names(world, found["data"]) == expected, query
        assert (found["count"], found["sum"]) == (len(expected), {"CNY": FACE} if expected else {}), query


UNKNOWN_ID = "91990000ZZZZZZZZZZ"
NOT_FOUND = (
    "/v1/bills?debtor={}", "/v1/bills?creditor={}", "/v1/bills?holder={}", "/v1/bills?initiator={}",
    "/v1/bills?financed_by={}",
    "/v1/tokens?holder={}", "/v1/tokens?debtor={}", "/v1/tokens?bill={}", "/v1/receipts?bank={}",
    "/v1/receipts?bill={}",
    "/v1/receipts?debtor={}", "/v1/payments?party={}", "/v1/payments?bank={}", "/v1/payments?bill={}",
    "/v1/payments?token={}",
    "/v1/offers?to={}", "/v1/offers?from={}", "/v1/finance/requests?holder={}", "/v1/finance/requests?bank={}",
    "/v1/finance/requests?bill={}", "/v1/finance/requests?token={}", "/v1/invoices?seller={}", "/v1/invoices?buyer={}",
    "/v1/parties?id={}", "/v1/parties?sponsor={}", "/v1/status-orders?party={}", "/v1/disputes?by={}",
    "/v1/disputes?seller={}",
    "/v1/parties/{}", "/v1/parties/{}/bills", "/v1/parties/{}/tokens", "/v1/parties/{}/changes",
    "/v1/parties/{}/recoveries",
    "/v1/parties/{}/mandates", "/v1/parties/{}/open-items", "/v1/bills/{}", "/v1/bills/{}/tokens", "/v1/bills/{}/tree",
    "/v1/bills/{}/history", "/v1/tokens/{}", "/v1/tokens/{}/path", "/v1/finance/requests/{}", "/v1/finance/quotes/{}",
    "/v1/disputes/{}", "/v1/status-orders/{}", "/v1/trace/bills/{}", "/v1/trace/anchors/{}", "/v1/trace/parties/{}",
)  # fmt: skip


@pytest.mark.parametrize("path", NOT_FOUND)
def test_what_is_not_there_is_not_an_empty_list(world: World, path: str) -> None:
    """A typo must not read as "nothing is owed": 404 with what to do about it, at the head and in the past."""
    for typed in (UNKNOWN_ID, world.bills["main"][:-1] + "?", "x", "%27%22%5C"):
        answer = world.problem(path.format(typed.replace("?", "%3F")), 404)
        assert answer["code"] == "not_found"
        assert answer["hint"]
        assert answer["detail"]
    asked = path.format(UNKNOWN_ID)
    assert world.problem(f"{asked}{'&' if '?' in asked else '?'}at=0", 404)["code"] == "not_found"


def test_a_filter_by_what_came_later_is_not_there_before(world: World) -> None:
    before = world.at["one"]
    for path in (f"/v1/tokens?bill={world.bills['told']}", f"/v1/payments?bill={world.bills['told']}",
                 f"/v1/finance/requests?token={world.tokens['financed']}",
                 f"/v1/bills/{world.bills['told']}"):  # fmt: skip
        joint = "&" if "?" in path else "?"
        assert world.problem(f"{path}{joint}at={before}", 404)["code"] == "not_found", path
        world.get(f"{path}{joint}at={world.at['traded']}")


@pytest.mark.parametrize("path", ["/v1/bills", "/v1/receipts", "/v1/payments"])
@pytest.mark.parametrize("code", ["XXX1", "cny", "CN", "QQQ", "%E5%85%83", "CNY,JPY", ""])
def test_a_currency_that_cannot_be_is_refused(world: World, path: str, code: str) -> None:
    answer = world.problem(f"{path}?currency={code}", 400)
    assert answer["code"] == "bad_parameter"
    assert [error["parameter"] for error in answer["errors"]] == ["currency"]
    assert answer["errors"][0]["detail"]


def test_a_currency_without_a_row_is_an_empty_list(world: World) -> None:
    found = world.get("/v1/bills?currency=EUR")
    assert (found["data"], found["count"], found["sum"]) == ([], 0, {})


@pytest.mark.parametrize(
    "query",
    [
        "/v1/bills?status=paid", "/v1/bills?status=", "/v1/bills?status=settled,", "/v1/bills?status=settled,paid",
        "/v1/tokens?status=due", "/v1/tokens?lock=pleged", "/v1/tokens?tier=0", "/v1/tokens?tier=x",
        "/v1/tokens?due_from=2026-13-01", "/v1/bills?due_to=tomorrow", "/v1/bills?due_to=2026-02-29",
        "/v1/bills?limit=0",
        "/v1/bills?limit=1001", "/v1/bills?limit=-1", "/v1/bills?limit=1e3", "/v1/bills?limit=",
        "/v1/receipts?kind=money",
        "/v1/receipts?value_from=x", "/v1/payments?status=settled", "/v1/bills?reached_tier=-1",
        "/v1/parties?role=banks",
        "/v1/receipts?value_to=2026-00-10", "/v1/bills?issued_from=2100-02-29", "/v1/bills?invoice=zz",
        "/v1/disputes?fingerprint=zz",
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_names_its_parameter(world: World, query: str) -> None:
    for language in ("en", "zh"):
        answer = world.problem(query, 400, **{"Accept-Language": language})
        assert answer["code"] == "bad_parameter"
        assert answer["errors"]
        assert all(error["parameter"] and error["code"] and error["detail"] for error in answer["errors"])


def test_a_misspelt_filter_never_widens_an_answer(world: World) -> None:
    for query in ("/v1/bills?detbor=x", "/v1/bills?Status=settled", "/v1/tokens?currency=CNY"):
        assert world.problem(query, 400)["code"] == "unknown_parameter", query
    for query in ("/v1/bills?at=1&at=2", "/v1/bills?status=settled&status=overdue", "/v1/bills?limit=1&limit=2",
                  f"/v1/bills?debtor={world.id('anchor')}&debtor={world.id('both')}"):  # fmt: skip
        [error] = world.problem(query, 400)["errors"]
        assert error["code"] == "parameter_twice", query
        assert f"{error['parameter']}=" in query


def test_references_are_their_initiators_own(world: World) -> None:
    """Two parties used PO-1: each finds its own, supervisors say whose, and others learn nothing."""
    s1, s2 = world.id("supplier1"), world.id("supplier2")
    for who, query, expected in (
        ("supplier1", "reference=PO-1", {"expired"}), ("supplier2", "reference=PO-1", {"rejected"}),
        ("supplier1", "reference=PO-2", {"withdrawn"}), ("supplier2", "reference=PO-2", set()),
        ("supplier1", "reference=PO-9", set()), ("supplier1", f"reference=PO-1&initiator={s1}", {"expired"}),
        ("regulator", f"reference=PO-1&initiator={s1}", {"expired"}), ("regulator", f"reference=PO-1&initiator={s2}",
        {"rejected"}),
        ("anchor", f"reference=PO-1&initiator={s1}", set()), ("supplier1", "reference=PO-1&status=settled", set()),
    ):  # fmt: skip
        found = world.get(f"/v1/bills?{query}", who)
        assert names(world, found["data"]) == expected, (who, query)
        assert found["count"] == len(expected)


def test_parties_are_read_by_their_ids(world: World) -> None:
    wanted = [world.id("supplier2"), world.id("strange"), world.id("bank1")]
    found = world.get(f"/v1/parties?id={','.join(wanted)}", "supplier3")
    assert sorted(row["id"] for row in found["data"]) == sorted(wanted)
    assert found["count"] == 3
    twice = world.get(f"/v1/parties?id={wanted[0]},{wanted[0]}")
    assert ([row["id"] for row in twice["data"]], twice["count"]) == ([wanted[0]], 1)
    for size in (1, 2):
        assert sorted(row["id"] for row in world.rows(f"/v1/parties?id={','.join(wanted)}", limit=size)) == sorted(
            wanted
        )
    assert world.problem(f"/v1/parties?id={wanted[0]},{UNKNOWN_ID}", 404)["code"] == "not_found"
    assert world.problem(f"/v1/parties?id={','.join(wanted * 100)}", 400)["code"] == "bad_parameter"
    assert world.get(f"/v1/parties?id={','.join(wanted)}&role=bank")["count"] == 1


@pytest.mark.parametrize("who", READERS)
def test_names_roles_and_status_show_to_every_registered_reader(world: World, who: str) -> None:
    everybody = world.rows("/v1/parties", who, limit=2)
    assert {row["id"] for row in everybody} == {row["id"] for row in world.rows("/v1/parties")}
    by_id = {row["id"]: row for row in everybody}
    assert by_id[world.id("strange")]["names"] == [{"en": STRANGE_EN, "zh": STRANGE_ZH, "from": "2026-09-21"}]
    assert by_id[world.id("both")]["roles"] == ["anchor", "supplier"]
    for row in everybody:
        assert row["status"] == "active"
        own = row["id"] == world.id(who)
        sponsored = who == "bank1" and row["id"] in {
            world.id(one) for one in ("anchor", "both", "supplier1", "supplier2", "supplier3", "strange")
        }
        if not own and not sponsored and who not in ("auditor", "auditor9"):
            hidden = {"sponsor", "policy", "keys", "accounts"} & set(row)
            assert not any(row[name] for name in hidden), (who, row["id"], hidden)
    for role, aliases in (("anchor", {"anchor", "both"}), ("auditor", {"auditor", "auditor9"})):
        found = world.get(f"/v1/parties?role={role}", who)
        assert {world.id(alias) for alias in aliases} <= {row["id"] for row in found["data"]}
        assert all(role in row["roles"] for row in found["data"])
    suppliers = world.get("/v1/parties?role=supplier", who)
    assert [row["id"] for row in suppliers["data"]].count(world.id("both")) == 1


@pytest.mark.parametrize(("who", "mark"), [(who, ("traded", "end")[number % 2]) for number, who in enumerate(READERS)])
def test_what_a_reader_lists_is_what_he_can_read(world: World, who: str, mark: str) -> None:
    """Lists and single addresses tell the same; counts and sums are of what shows, page by page."""
    at = f"at={world.at[mark]}"
    for path, one in (("/v1/bills", "/v1/bills"), ("/v1/tokens", "/v1/tokens")):
        mine = world.rows(f"{path}?{at}", who)
        head = world.get(f"{path}?{at}&limit=1", who)
        assert head["count"] == len({row["id"] for row in mine}) == len(mine)
        assert head["sum"] == total(mine, leaves_only=path == "/v1/tokens")
        shown = {row["id"] for row in mine}
        for row in world.rows(f"{path}?{at}"):
            status = world.ask(who, f"{one}/{row['id']}?{at}").status_code
            assert status == (200 if row["id"] in shown else 404), (who, row["id"])
    for path in ("/v1/payments", "/v1/receipts?kind=settlement", "/v1/finance/requests", "/v1/offers"):
        asked = f"{path}{'&' if '?' in path else '?'}{at}"
        mine = world.rows(asked, who, limit=2)
        head = world.get(f"{asked}&limit=1", who)
        assert (head["count"], head["sum"]) == (len(mine), total(mine)), (who, path)
        if path != "/v1/offers":  # without a party the offers made to the reader
            assert {row["id"] for row in mine} <= {row["id"] for row in world.rows(asked)}


def test_who_sees_which_bills(world: World) -> None:
    at = f"at={world.at['traded']}"
    accepted = {"main", "told", "unpaid"}
    for who, expected in (
        ("anchor", accepted | {"expired", "withdrawn"}), ("supplier1", accepted | {"expired", "withdrawn"}),
        ("supplier2", {"main", "rejected", "cancelled"}), ("supplier3", {"main"}), ("strange", {"yen", "dinar"}),
        ("both", {"yen", "dinar", "rejected", "cancelled"}), ("otherbank", {"main"}),
        ("auditor", {"main", "rejected", "cancelled"}), ("auditor9", {"told"}),
        ("bank1", accepted | {"yen", "dinar", "cancelled"}),
    ):  # fmt: skip
        found = world.get(f"/v1/bills?{at}", who)
        assert names(world, found["data"]) == expected, who
        assert found["count"] == len(expected), who


def test_what_ended_a_grant_ends_the_lists(world: World) -> None:
    """Grants are judged by the newest height, whatever height is read; what was kept is not confirmed any more."""
    path = f"/v1/bills?at={world.at['traded']}"
    kept = world.ask("auditor9", path)
    assert kept.json()["count"] == 1
    again = world.ask("auditor9", path, **{"If-None-Match": kept.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    world.two("supplier1", "audit.revoke_grant", auditor=world.id("auditor9"))
    after = world.ask("auditor9", path, **{"If-None-Match": kept.headers["etag"]})
    assert (after.status_code, after.json()["count"], after.json()["sum"]) == (200, 0, {})
    assert world.ask("auditor9", f"/v1/bills/{world.bills['told']}?at={world.at['traded']}").status_code == 404
