"""JSON schemas of all answers, for the OpenAPI description: one table from path to what it answers."""

from __future__ import annotations

from collections.abc import Mapping

from chainbill_contracts.declared_reads import reads

from chainbill_node.rest.schema_parts import (
    AS_OF,
    COUNT,
    HASH,
    PROBLEM,
    TOTAL,
    WIRE,
    Schema,
    answer,
    list_of,
    map_of,
    obj,
    ref,
)
from chainbill_node.rest.schema_rows import row_schema
from chainbill_node.rest.schemas_ledger import LEDGER_SCHEMAS
from chainbill_node.rest.schemas_network import NETWORK_SCHEMAS

_BY_HAND: dict[str, Schema] = {"AsOf": AS_OF, "Problem": PROBLEM, **NETWORK_SCHEMAS, **LEDGER_SCHEMAS}
_ALL: dict[str, Schema] = {
    **_BY_HAND,
    **{read.shows: row_schema(read.row.place) for read in reads().values() if read.shows not in _BY_HAND},
}

OPEN_ANSWERS = {"/health": "Health", "/ready": "Ready", "/version": "Versions"}
"""Path → schema of what is answered without a height."""

OBJECTS = {
    **{read.path: read.shows for read in reads().values() if not read.is_list},
    "/v1/network": "Network",
    "/v1/blocks/{name}": "Block",
    "/v1/blocks/{name}/certificate": "Certificate",
    "/v1/blocks/{name}/history": "History",
    "/v1/contracts/{name}": "Contract",
    "/v1/calendar/{year}": "Calendar",
    "/v1/transactions/{identifier}": "Transaction",
    "/v1/parties/{party}": "Party",
    "/v1/bills/{bill_id}/tree": "BillTree",
    "/v1/tokens/{token_id}/path": "TokenPath",
    "/v1/invoices/{fingerprint}": "InvoiceBySeller",
    "/v1/parties/{party}/open-items": "OpenItems",
}
"""Path → schema of the one thing it shows."""

_LARGER_LISTS: dict[str, Schema] = {
    "/v1/validators": list_of(ref("Validator"), {"decides": COUNT, "quorum": COUNT, "max_faulty": COUNT, "hash": HASH}),
    "/v1/receipts": list_of(ref("BankReceipt"), sum_by_kind=map_of(map_of(TOTAL))),
    "/v1/mempool": list_of(ref("Waiting"), {"bytes": COUNT}),
    "/v1/blocks/{name}/transactions": list_of(ref("TransactionInBlock"), {"height": COUNT}),
    "/v1/blocks/{name}/receipts": list_of(ref("Receipt"), {"height": COUNT, "own": COUNT, "receipts_root": HASH}),
}

LISTS = {
    **{read.path: read.shows for read in reads().values() if read.is_list and read.path not in _LARGER_LISTS},
    "/v1/peers": "Peer",
    "/v1/blocks": "BlockInList",
    "/v1/contracts": "ContractInList",
}
"""Path → schema of an entry of the list it shows."""

FORMS = {
    "/v1/trace/bills/{bill_id}": ("BillTrace", "BillGraph", "TokenPath"),
    "/v1/trace/anchors/{party}": ("AnchorTrace", "AnchorGraph"),
    "/v1/trace/parties/{party}": ("PartyTrace", "PartyGraph"),
}
"""Path → schemas of the forms it is asked for in."""

HANDED_IN: dict[str, Schema] = {
    "/v1/transactions": ref("Submitted"),
    "/v1/transactions/batch": ref("Batch"),
    "/v1/transactions/simulate": ref("Simulated"),
}
"""Path → what is answered to transactions that are handed in there."""

READS = (*OPEN_ANSWERS, *OBJECTS, *LISTS, *_LARGER_LISTS, *FORMS)
"""Every path that is read as JSON."""

WIRE_FORMS: dict[str, dict[str, Schema]] = {
    "/v1/blocks/{name}": {"height": COUNT, "id": HASH},
    "/v1/blocks/{name}/certificate": {"height": COUNT, "block_id": HASH},
    "/v1/transactions/{identifier}": {"id": HASH, "wire_id": HASH, "height": COUNT, "index": COUNT},
}
"""Path with form=wire → what stands beside the bytes where they are asked for in JSON."""


def _answer_name(name: str) -> str:
    return f"{name}Answer"


def _shown() -> set[str]:
    return {*OBJECTS.values(), *(name for names in FORMS.values() for name in names)}


SCHEMAS: dict[str, Schema] = {
    **_ALL,
    **{_answer_name(name): answer(_ALL[name]) for name in sorted(_shown())},
    **{f"{name}List": list_of(ref(name)) for name in sorted(set(LISTS.values()))},
}
"""Every named schema; an answer is the thing with `as_of`."""


def answer_schema(path: str) -> Schema:
    """Give the schema of what a reading path answers. KeyError: a route without one."""
    if path in OPEN_ANSWERS:
        return ref(OPEN_ANSWERS[path])
    if path in LISTS:
        return ref(f"{LISTS[path]}List")
    if path in _LARGER_LISTS:
        return _LARGER_LISTS[path]
    if path in FORMS:
        return {"anyOf": [ref(_answer_name(name)) for name in FORMS[path]]}
    shown = ref(_answer_name(OBJECTS[path]))
    if path in WIRE_FORMS:
        return {"anyOf": [shown, answer(obj({**WIRE, **WIRE_FORMS[path]}))]}
    return shown


def asked_schema(path: str, query: Mapping[str, str]) -> Schema:
    """Give the schema of what a reading path answers to a query that asks for one of its forms, and not in bytes."""
    if path in FORMS:
        form = 1 if query.get("format") == "graph" else 2 if "cent" in query else 0
        return ref(_answer_name(FORMS[path][form]))
    return answer_schema(path) if "form" in query or path not in OBJECTS else ref(_answer_name(OBJECTS[path]))
