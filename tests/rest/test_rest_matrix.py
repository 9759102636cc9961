"""Closed reads: every route of the OpenAPI × every role × own and foreign objects, each cell written down.

A cell is the status; with + the object of that side is in the answer, with - it is not. `own` is what SUPPLIER3 (the
owner) has a part in: other is a supplier without any, anchor the debtor of its bill, bank the one asked for financing,
rival a bank that holds another token of the same bill; `foreign`: a bill, token, request … of none of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rest.matrix_world import ROLES, World

pytestmark = pytest.mark.untraced

MATRIX = """
#                                                mark        side    anon own  oth  anch bank riv  reg  aud  aud+grant
GET  /health                              .           own     200  200  200  200  200  200  200  200  200
GET  /metrics                             .           own     401  200  200  200  200  200  200  200  200
GET  /ready                               .           own     200  200  200  200  200  200  200  200  200
GET  /v1/bills                            bill_id     own     401  200+ 200- 200+ 200+ 200+ 200+ 200- 200+
GET  /v1/bills                            bill_id     foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/bills/{bill_id}                  bill_id     own     401  200+ 404  200+ 200+ 200+ 200+ 404  200+
GET  /v1/bills/{bill_id}                  bill_id     foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/bills/{bill_id}/history          bill_id     own     401  200+ 404  200+ 200+ 200+ 200+ 404  200+
GET  /v1/bills/{bill_id}/history          bill_id     foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/bills/{bill_id}/tokens           bill_id     own     401  200+ 404  200+ 200+ 200+ 200+ 404  200+
GET  /v1/bills/{bill_id}/tokens           bill_id     foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/bills/{bill_id}/tree             bill_id     own     401  200+ 404  200+ 200+ 200+ 200+ 404  200+
GET  /v1/bills/{bill_id}/tree             bill_id     foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/blocks                           .           own     401  200  200  200  200  200  200  200  200
GET  /v1/blocks/{name}                    .           own     401  200  200  200  200  200  200  200  200
GET  /v1/blocks/{name}/certificate        .           own     401  200  200  200  200  200  200  200  200
GET  /v1/blocks/{name}/history            .           own     401  200  200  200  200  200  200  200  200
GET  /v1/blocks/{name}/receipts           receipt     own     401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/blocks/{name}/receipts           receipt     foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/blocks/{name}/transactions       party       own     401  200+ 200- 200- 200- 200- 200+ 200- 200+
GET  /v1/blocks/{name}/transactions       party       foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/calendar/{year}                  .           own     401  200  200  200  200  200  200  200  200
GET  /v1/contracts                        .           own     401  200  200  200  200  200  200  200  200
GET  /v1/contracts/{name}                 .           own     401  200  200  200  200  200  200  200  200
GET  /v1/disputes                         dispute_id  own     401  200+ 200- 200+ 200+ 200+ 200+ 200- 200+
GET  /v1/disputes                         dispute_id  foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/disputes/{dispute_id}            dispute_id  own     401  200+ 404  200+ 200+ 200+ 200+ 404  200+
GET  /v1/disputes/{dispute_id}            dispute_id  foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/finance/quotes/{quote_id}        quote_id    own     401  200+ 404  404  200+ 404  200+ 404  200+
GET  /v1/finance/quotes/{quote_id}        quote_id    foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/finance/requests                 request_id  own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/finance/requests                 request_id  foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/finance/requests/{request_id}    request_id  own     401  200+ 404  404  200+ 404  200+ 404  200+
GET  /v1/finance/requests/{request_id}    request_id  foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/governance/proposals             .           own     401  200  200  200  200  200  200  200  200
GET  /v1/invoices                         fingerprint own     401  200+ 200- 200+ 200+ 200+ 200+ 200- 200+
GET  /v1/invoices                         fingerprint foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/invoices/{fingerprint}           fingerprint own     401  200+ 404  200+ 200+ 200+ 200+ 404  200+
GET  /v1/invoices/{fingerprint}           fingerprint foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/demands                          demanded    own     401  200+ 200- 200- 200- 200- 200+ 200- 200+
GET  /v1/demands                          demanded    foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/guarantees                       guarantor   own     401  200+ 200- 200+ 200+ 200+ 200+ 200- 200+
GET  /v1/guarantees                       guarantor   foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/joints                           joint_id    own     401  200+ 200- 200+ 200- 200- 200+ 200- 200+
GET  /v1/joints                           joint_id    foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/joints/{joint_id}                joint_id    own     401  200+ 404  200+ 404  404  200+ 404  200+
GET  /v1/joints/{joint_id}                joint_id    foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/label-schemes                    .           own     401  200  200  200  200  200  200  200  200
GET  /v1/labels                           label       own     401  200+ 200- 200+ 200+ 200+ 200+ 200- 200+
GET  /v1/labels                           label       foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/mempool                          .           own     401  200  200  200  200  200  200  200  200
GET  /v1/network                          .           own     401  200  200  200  200  200  200  200  200
GET  /v1/offers                           offer       own     401  200+ 200- 200- 200- 200- 200- 200- 200-
GET  /v1/offers                           offer       foreign 401  200- 200- 200- 200- 200- 200- 200- 200-
GET  /v1/parties                          party       own     401  200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+
GET  /v1/parties                          party       foreign 401  200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+
GET  /v1/parties/{party}                  party       own     401  200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+
GET  /v1/parties/{party}                  party       foreign 401  200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+
GET  /v1/parties/{party}/bills            bill_id     own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/parties/{party}/bills            bill_id     foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/parties/{party}/changes          change      own     401  200+ 200- 200- 200- 200- 200+ 200- 200+
GET  /v1/parties/{party}/changes          change      foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/parties/{party}/grants           party       own     401  200+ 200- 200- 200- 200- 200+ 200- 200+
GET  /v1/parties/{party}/grants           party       foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/parties/{party}/mandates         party       own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/parties/{party}/mandates         party       foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/parties/{party}/recoveries       recovery    own     401  200+ 200- 200- 200- 200- 200+ 200- 200+
GET  /v1/parties/{party}/recoveries       recovery    foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/parties/{party}/open-items       party       own     401  200+ 404  404  404  404  200+ 404  200+
GET  /v1/parties/{party}/open-items       party       foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/parties/{party}/tokens           token_id    own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/parties/{party}/tokens           token_id    foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/payments                         payment     own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/payments                         payment     foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/peers                            .           own     401  200  200  200  200  200  200  200  200
GET  /v1/production-events                event_id    own     401  200- 200- 200+ 200- 200- 200+ 200- 200-
GET  /v1/production-events                event_id    foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/production-events/{event_id}     event_id    own     401  404  404  200+ 404  404  200+ 404  404
GET  /v1/production-events/{event_id}     event_id    foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/orders                           court_order_id own  401  200+ 200- 200- 200- 200- 200+ 200- 200+
GET  /v1/orders                           court_order_id foreign 401  200- 200- 200- 200+ 200+ 200+ 200- 200-
GET  /v1/orders/{court_order_id}          court_order_id own  401  200+ 404  404  404  404  200+ 404  200+
GET  /v1/orders/{court_order_id}          court_order_id foreign 401  404  404  404  200+ 200+ 200+ 404  404
GET  /v1/freezes                          freeze_id   own     401  200+ 200- 200- 200- 200- 200+ 200- 200+
GET  /v1/freezes                          freeze_id   foreign 401  200- 200- 200- 200+ 200+ 200+ 200- 200-
GET  /v1/freezes/{freeze_id}              freeze_id   own     401  200+ 404  404  404  404  200+ 404  200+
GET  /v1/freezes/{freeze_id}              freeze_id   foreign 401  404  404  404  200+ 200+ 200+ 404  404
GET  /v1/defaults                         party       own     401  200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+
GET  /v1/defaults                         party       foreign 401  200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+
GET  /v1/entries                          entry_id    own     401  200+ 200- 200- 200- 200- 200+ 200- 200+
GET  /v1/entries                          entry_id    foreign 401  200- 200- 200- 200+ 200+ 200+ 200- 200-
GET  /v1/entries/{entry_id}               entry_id    own     401  200+ 404  404  404  404  200+ 404  200+
GET  /v1/entries/{entry_id}               entry_id    foreign 401  404  404  404  200+ 200+ 200+ 404  404
GET  /v1/examinations                     bill_id     own     401  200- 200- 200- 200+ 200- 200+ 200- 200-
GET  /v1/examinations                     bill_id     foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/sales                            token_id    own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/sales                            token_id    foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/sales/{token_id}                 token_id    own     401  200+ 404  404  200+ 404  200+ 404  200+
GET  /v1/sales/{token_id}                 token_id    foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/prepayments                      token_id    own     401  200+ 200- 200+ 200- 200- 200+ 200- 200+
GET  /v1/prepayments                      token_id    foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/prepayments/{token_id}           token_id    own     401  200+ 404  200+ 404  404  200+ 404  200+
GET  /v1/prepayments/{token_id}           token_id    foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/claims                           token_id    own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/claims                           token_id    foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/claims/{token_id}                token_id    own     401  200+ 404  404  200+ 404  200+ 404  200+
GET  /v1/claims/{token_id}                token_id    foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/pledges                          pledge_id   own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/pledges                          pledge_id   foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/pledges/{pledge_id}              pledge_id   own     401  200+ 404  404  200+ 404  200+ 404  200+
GET  /v1/pledges/{pledge_id}              pledge_id   foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/products                         product_id  own     401  200+ 200- 200+ 200- 200- 200+ 200- 200+
GET  /v1/products                         product_id  foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/products/{product_id}            product_id  own     401  200+ 404  200+ 404  404  200+ 404  200+
GET  /v1/products/{product_id}            product_id  foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/receipts                         bank_receipt own    401  200+ 200- 200+ 200- 200- 200+ 200- 200+
GET  /v1/receipts                         bank_receipt foreign 401 200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/status-orders                    order_id    own     401  200+ 200- 200- 200- 200- 200+ 200- 200+
GET  /v1/status-orders                    order_id    foreign 401  200- 200- 200- 200+ 200+ 200+ 200- 200-
GET  /v1/status-orders/{order_id}         order_id    own     401  200+ 404  404  404  404  200+ 404  200+
GET  /v1/status-orders/{order_id}         order_id    foreign 401  404  404  404  200+ 200+ 200+ 404  404
GET  /v1/tokens                           token_id    own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/tokens                           token_id    foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/tokens/{token_id}                token_id    own     401  200+ 404  404  200+ 404  200+ 404  200+
GET  /v1/tokens/{token_id}                token_id    foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/tokens/{token_id}/path           token_id    own     401  200+ 404  404  200+ 404  200+ 404  200+
GET  /v1/tokens/{token_id}/path           token_id    foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/trace/anchors/{party}            graph       own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/trace/anchors/{party}            graph       foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /v1/trace/bills/{bill_id}            bill_id     own     401  200+ 404  200+ 200+ 200+ 200+ 404  200+
GET  /v1/trace/bills/{bill_id}            bill_id     foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/trace/parties/{party}            giver       own     401  200+ 200- 200- 200+ 200- 200+ 200- 200+
GET  /v1/trace/parties/{party}            giver       foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
POST /v1/transactions                     .           own     200  200  200  200  200  200  200  200  200
POST /v1/transactions                     .           foreign 200  200  200  200  200  200  200  200  200
POST /v1/transactions/batch               .           own     200  200  200  200  200  200  200  200  200
POST /v1/transactions/batch               .           foreign 200  200  200  200  200  200  200  200  200
POST /v1/transactions/simulate            .           own     401  200  403  403  403  403  200  403  403
POST /v1/transactions/simulate            .           foreign 401  403  403  403  403  403  200  403  403
GET  /v1/transactions/{identifier}        identifier  own     401  200+ 404  404  404  404  200+ 404  200+
GET  /v1/transactions/{identifier}        identifier  foreign 401  404  404  404  404  404  200+ 404  404
GET  /v1/validators                       .           own     401  200  200  200  200  200  200  200  200
GET  /v1/write-offs                       mark        own     401  200+ 200- 200- 200- 200- 200+ 200- 200+
GET  /v1/write-offs                       mark        foreign 401  200- 200- 200- 200- 200- 200+ 200- 200-
GET  /version                             .           own     200  200  200  200  200  200  200  200  200
"""
ROWS = [line.split() for line in MATRIX.splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def worlds() -> Iterator[dict[bool, World]]:
    made = {granted: World(granted=granted) for granted in (False, True)}
    yield made
    for one in made.values():
        one.close()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]} {row[3]}")
def test_each_cell(worlds: dict[bool, World], row: list[str]) -> None:
    method, route, mark, whose, *expected = row
    assert len(expected) == len(ROLES)
    found = [
        worlds[role == "auditor+grant"].cell(role, method, route, whose, "" if mark == "." else mark) for role in ROLES
    ]
    assert dict(zip(ROLES, found, strict=True)) == dict(zip(ROLES, expected, strict=True))


def test_every_route_has_its_rows(worlds: dict[bool, World]) -> None:
    document = worlds[False].client.get("/openapi.json").json()
    routes = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    assert {(row[0], row[1]) for row in ROWS} == routes, "a route needs rows: who sees what? (matrix_world.py)"
    for method, route in routes:
        sides = {row[3] for row in ROWS if (row[0], row[1]) == (method, route)}
        concerned = any(row[2] != "." for row in ROWS if row[1] == route) or method == "POST"
        assert sides == ({"own", "foreign"} if concerned else {"own"}), route


def test_nothing_foreign_shows_to_anybody_but_the_regulator() -> None:
    """What the matrix says as a whole: the directory of names is all that is shown of strangers.

    But for an order on a status, of a court, or an entry of a bank that waits: any bank may be the second one, so every
    bank reads it.
    """
    for row in ROWS:
        if row[3] == "foreign" and row[2] not in (".", "party"):
            seen = {role for role, cell in zip(ROLES, row[4:], strict=True) if cell.endswith("+")}
            banks = {"bank", "rival"} if row[2] in ("order_id", "court_order_id", "freeze_id", "entry_id") else set()
            assert seen <= {"regulator"} | banks, row
