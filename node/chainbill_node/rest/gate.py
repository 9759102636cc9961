"""The gate that every read goes through: it finds out who asks.

Where the genesis opens reads, everybody sees everything. Elsewhere the request must be signed (RFC 9421) with a key
that the ledger knows; what its party may see is decided in ``rest.access``. Keys, roles and grants are those of the
newest height, whatever height is read: a revoked key reads nothing, not even the past.

The field's word: access control.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from starlette.requests import Request

from chainbill.dates import date_of
from chainbill_node.rest.access import OPEN_VIEWER, Viewer, viewer_of
from chainbill_node.rest.grants import grants_in_force
from chainbill_node.rest.ports import NodePort
from chainbill_node.rest.problems import Problem
from chainbill_node.rest.request_verifying import HeaderLines, ReplayGuard, SignedMessage, verify_request
from chainbill_node.rest.scope import method_of

logger = logging.getLogger("chainbill.rest.access")

VERIFIED = "chainbill_verified"
"""Stands in the scope of a request whose signature was good: its key, for when the read begins again elsewhere."""

_REFUSALS = {
    "key_not_registered": (401, "reader_key_unknown"),
    "key_not_active": (401, "reader_key_inactive"),
    "party_may_not_read": (403, "party_may_not_read"),
}


class Gate:
    """Admits readers; one for each app."""

    def __init__(self, node: NodePort, now_ms: Callable[[], int]) -> None:
        self._node = node
        self._now_ms = now_ms
        self._replay = ReplayGuard()

    @property
    def open(self) -> bool:
        """Say whether the network opens reads to everybody."""
        return self._node.genesis.public_reads

    def admit(self, request: Request, body: bytes = b"") -> Viewer:
        """Give who asks. Problem 401 or 403, SignatureRefused (401, 429)."""
        if self.open:
            return OPEN_VIEWER
        if VERIFIED in request.scope:
            return self._viewer(request.scope[VERIFIED])
        if "signature-input" not in request.headers:
            raise Problem(401, "signature_required")
        now_s = self._now_ms() // 1000
        lines = HeaderLines((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        signed = verify_request(SignedMessage(method_of(request), _signed_url(request), lines), now_s, body)
        viewer = self._viewer(signed.key.hex())
        self._replay.use(signed, now_s, viewer.party)
        request.scope[VERIFIED] = viewer.key
        if viewer.logged:
            path = request.url.path
            method, query = method_of(request), request.url.query
            logger.info("party=%s key=%s %s %s?%s", viewer.party, viewer.key, method, path, query)
        return viewer

    def sender(self, party: str) -> Viewer:
        """Give a party as it reads, for an answer to who hands in what it signed."""
        if self.open:
            return OPEN_VIEWER
        row = self._node.reader(None).get("party", "party", party) or {}
        roles = frozenset(str(role) for role in row.get("roles", ()))
        return Viewer(party, "", roles, "regulator" in roles)

    def _viewer(self, key: str) -> Viewer:
        reader = self._node.reader(None)
        key_row = reader.get("party", "key", key)
        party = str(key_row["party"]) if key_row else ""
        party_row = reader.get("party", "party", party) if party else None
        today = date_of(self._now_ms(), self._node.genesis.zone_offset_minutes)
        found = viewer_of(key, key_row, party_row, grants_in_force(reader, party, today) if party else ())
        if isinstance(found, Viewer):
            return found
        status, code = _REFUSALS[found]
        raise Problem(status, code, fields={"key": key, "party": party})


def _signed_url(request: Request) -> str:
    """Give the URL as the client sent it: the raw path, since a decoded one is other bytes."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    path = raw.decode("latin-1").partition("?")[0]
    query = request.scope.get("query_string", b"").decode("latin-1")
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}{path}" + (f"?{query}" if query else "")
