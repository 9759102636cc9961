"""The REST application: routes, gate, error documents and pages put together over one node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI

import chainbill
from chainbill_node.rest import (
    openapi,
    pages,
    problems,
    routes_bills,
    routes_blocks,
    routes_changes,
    routes_entries,
    routes_finance,
    routes_grants,
    routes_guarantees,
    routes_invoices,
    routes_joints,
    routes_labels,
    routes_legal,
    routes_mandates,
    routes_network,
    routes_operations,
    routes_parties,
    routes_payments,
    routes_pledges,
    routes_prepayments,
    routes_products,
    routes_recourse,
    routes_sales,
    routes_standing,
    routes_tokens,
    routes_trace,
    routes_transactions,
    routes_write_offs,
)
from chainbill_node.rest.cursors import CursorSeal
from chainbill_node.rest.fair_reads import FairReads
from chainbill_node.rest.fast_path import FastPath
from chainbill_node.rest.gate import Gate
from chainbill_node.rest.reading import Rest, RestOptions
from chainbill_node.rest.scope import RequestScope
from chainbill_node.rest.texts import load_texts
from chainbill_node.rest.threshold import Threshold

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from chainbill_node.rest.hosts import AllowedHosts
    from chainbill_node.rest.ports import NodePort

ROUTERS = (
    routes_operations.router,
    routes_network.router,
    routes_blocks.router,
    routes_transactions.router,
    routes_parties.router,
    routes_changes.router,
    routes_joints.router,
    routes_grants.router,
    routes_guarantees.router,
    routes_entries.router,
    routes_labels.router,
    routes_mandates.router,
    routes_payments.router,
    routes_legal.router,
    routes_pledges.router,
    routes_write_offs.router,
    routes_prepayments.router,
    routes_products.router,
    routes_recourse.router,
    routes_sales.router,
    routes_standing.router,
    routes_bills.router,
    routes_tokens.router,
    routes_finance.router,
    routes_invoices.router,
    routes_trace.router,
    pages.router,
)


def create_app(node: NodePort, options: RestOptions | None = None) -> ASGIApp:
    """Build the application over a node; it starts nothing and holds no connection of its own.

    What refuses by the headers alone stands first, then what hands in transactions; the rest is the framework's.
    """
    chosen = options or RestOptions()
    app = _framework(node, chosen, ROUTERS)
    openapi.install(app)
    return Threshold(app, FastPath(app), chosen.hosts, node.genesis.hash)


def create_operations_app(node: NodePort, hosts: AllowedHosts) -> ASGIApp:
    """Build what the operator's own address answers: how the node is, in full, and nothing of the ledger."""
    app = _framework(node, RestOptions(hosts=hosts, inside=True), (routes_operations.router,))
    return Threshold(app, app, hosts, node.genesis.hash)


def _framework(node: NodePort, chosen: RestOptions, routers: Sequence[APIRouter]) -> FastAPI:
    app = FastAPI(
        title="chainbill",
        version=chainbill.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.rest = Rest(node, Gate(node, chosen.now_ms), chosen, CursorSeal(chosen.cursor_key))
    app.state.texts = load_texts()
    for router in routers:
        app.router.routes.extend(router.routes)
    problems.install(app)
    app.add_middleware(FairReads, node=node)
    app.add_middleware(RequestScope)
    return app
