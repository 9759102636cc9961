"""HTTP/JSON interface of a node: reads of one height behind one gate, and the submission of signed transactions.

Rules: every read goes through the gate (``rest.gate``), which knows who asks and what they may see; every answer
names the height it is true at; every error is a problem document (RFC 9457) with a stable code. The interface
decides nothing about the ledger: what may happen is decided by the contracts, and nothing is written from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chainbill_node.rest.app import create_app
    from chainbill_node.rest.reading import RestOptions

__all__ = ["RestOptions", "create_app"]


def __getattr__(name: str) -> Any:
    """Import the framework only when the application is asked for: clients use the signing helper alone."""
    if name == "create_app":
        from chainbill_node.rest.app import create_app

        return create_app
    if name == "RestOptions":
        from chainbill_node.rest.reading import RestOptions

        return RestOptions
    raise AttributeError(name)
