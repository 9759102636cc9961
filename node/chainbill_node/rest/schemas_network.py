"""JSON schemas of what tells of the network: nodes, validators, blocks, receipts, contracts, governance."""

from __future__ import annotations

from dataclasses import fields

from chainbill.ledger.block import Header
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.receipt import Kind, Status
from chainbill_node.rest.schema_parts import (
    ANYTHING,
    BASE64,
    BOOLEAN,
    COUNT,
    DATE,
    HASH,
    HEX,
    INTEGER,
    MAYBE_INTEGER,
    MAYBE_TEXT,
    TEXT,
    TIME,
    TIME_MS,
    Schema,
    array,
    map_of,
    maybe,
    obj,
    ref,
    row,
    same,
    words,
)
from chainbill_node.rest.schema_rows import row_schema

_OF_TYPE: dict[str, Schema] = {"bytes": HASH, "int": COUNT, "str": TEXT}
_PROTOCOL = obj({"version": COUNT, "digest": HASH, "from": COUNT})
VERSIONS = obj(same(TEXT, "chainbill", "api", "python"))


def _fields_of(kind: type) -> dict[str, Schema]:
    """Each field of a structure under its name; bytes are shown in hexadecimal digits."""
    shown = {field.name: _OF_TYPE.get(str(field.type), ANYTHING) for field in fields(kind)}
    return shown | ({"time_ms": TIME_MS} if "time_ms" in shown else {})


_HEADER = {**_fields_of(Header), "id": HASH, "time": TIME, "date": DATE, "proposer_name": MAYBE_TEXT}
_EVENT = obj({"contract": TEXT, "topic": TEXT, "fields": map_of(ANYTHING)})
_SHOWN_RECEIPT = {
    "status": words(*Status), "reason": TEXT, "details": map_of(ANYTHING), "results": array(ANYTHING),
    "events": array(_EVENT), "gas": COUNT, "salt": HASH, "receipt": BASE64, "partial": BOOLEAN,
}  # fmt: skip
_WARNING = obj({"key": TEXT, "text": TEXT, "mend": TEXT}, fields=map_of(ANYTHING))
_OUTCOME = {
    "result": ANYTHING, "results": array(ANYTHING), "events": array(_EVENT), "gas": COUNT,
}  # fmt: skip
_REFUSAL: dict[str, Schema] = {
    **same(TEXT, "code", "reason", "title", "detail", "hint"), "details": map_of(ANYTHING),
    "outcome": words("refused", "fault", "out_of_gas"),
}  # fmt: skip
_CALL = obj({"contract": TEXT, "function": TEXT, "args": map_of(ANYTHING)})

_PARAMETER = obj({"name": TEXT, **same(array(TEXT), "kinds", "words", "members", "row_of", "checks")})
_FUNCTION = row({
    "name": TEXT, "kind": words("call", "internal", "view", "init", "each_day", "migrate"), "for": array(TEXT),
    "arguments": array(TEXT), "parameters": array(_PARAMETER), "results": {"type": ["array", "null"], "items": TEXT},
    "docstring": TEXT, **same(array(TEXT), "reasons", "topics", "invokes"),
})  # fmt: skip

NETWORK_SCHEMAS: dict[str, Schema] = {
    "Versions": VERSIONS,
    "Health": obj({"status": words("ok", "failed"), "failed": MAYBE_TEXT}),
    "Ready": obj(  # what may be left out is told to everybody where reads are open, else to signed requests
        {"ready": BOOLEAN, "reason": TEXT},
        name=TEXT, height=COUNT, round=COUNT, step=TEXT, waiting_for=array(TEXT), since=TIME, app_hash=HASH,
        warnings=array(_WARNING), syncing=BOOLEAN,
        lowest_height=COUNT, upgrade_needed=MAYBE_TEXT, peers=obj(same(COUNT, "connected", "known")),
        mempool=obj(same(COUNT, "transactions", "bytes")), validator_key=HEX,
    ),
    "Network": row(
        {
            "chain_id": TEXT, "network": HASH, "genesis_time": TIME, "clock": words("real", "adjustable"),
            "clock_offset_ms": INTEGER, "zone_offset_minutes": INTEGER, "date": DATE, "public_reads": BOOLEAN,
            "protocol": obj({"active": maybe(_PROTOCOL), "next": maybe(_PROTOCOL)}), "rules": map_of(INTEGER),
            "currencies": map_of(COUNT), "withdrawn": map_of(COUNT), "python": array(TEXT),
            "bids": TEXT, "validators": COUNT, "quorum": COUNT, "versions": ref("Versions"), "lowest_height": COUNT,
        }
    ),
    "Validator": obj({"alg": TEXT, "key": HASH, **same(TEXT, "name", "party", "address")}),
    "Peer": obj(
        {
            **same(TEXT, "id", "name", "address"), "connected": BOOLEAN, "height": COUNT,
            "lowest_height": MAYBE_INTEGER, "since": maybe(TIME),
        }
    ),
    "Waiting": obj({"id": HASH}),
    "BlockInList": obj({**_HEADER, "transactions": COUNT}),
    "Block": obj(
        {
            **_HEADER, "transactions": array(HASH), "wire_ids": array(HASH), "evidence": array(HEX),
            "certificate": maybe(ref("Certificate")),
        }
    ),
    "Certificate": obj(
        {
            **_fields_of(Certificate), "signatures": array(obj({"key": HASH, "signature": HEX})), "hash": HASH,
            "agreed": BOOLEAN,
        }
    ),
    "History": obj(
        {
            "height": COUNT, "id": maybe(HASH), "under": COUNT, "index": COUNT, "size": COUNT, "history_root": HASH,
            "inclusion": array(HASH), "consistency": array(HASH),
        }
    ),
    "TransactionInBlock": obj(
        {"id": HASH, "wire_id": HASH, "index": COUNT},
        party=TEXT, calls=array(TEXT), memo=TEXT, status=words(*Status), reason=TEXT, hidden=BOOLEAN,
    ),
    "Receipt": obj({"index": COUNT, "kind": words(*Kind), "id": HASH, "leaf": HASH}, **_SHOWN_RECEIPT, hidden=BOOLEAN),
    "Event": _EVENT,
    "Transaction": obj(
        {"id": HASH, "status": words("committed", "refused", "pending")},
        wire_id=HASH, height=COUNT, index=COUNT, party=TEXT, valid_until=TIME, memo=TEXT, calls=array(_CALL),
        signers=array(HASH), threshold=COUNT, keys=array(obj({"alg": TEXT, "key": HASH})),
        **_OUTCOME, **{name: one for name, one in _REFUSAL.items() if name != "title"},
    ),
    "Submitted": obj(
        {"id": HASH, "status": words("committed", "pending")},
        height=COUNT, index=COUNT, **_OUTCOME, repeated=BOOLEAN,
    ),
    "Batch": obj({
        "data": array({"anyOf": [ref("Submitted"), ref("Problem")]}), "count": COUNT, "refused": COUNT,
    }),
    "Simulated": obj({"id": HASH, "status": words("ok", "refused"), **_OUTCOME}, **_REFUSAL),
    "ContractInList": row({"name": TEXT, "hash": TEXT}),
    "Contract": row({"name": TEXT, "hash": TEXT, "source": TEXT, "description": ref("ContractDescription")}),
    "ContractDescription": row(
        {
            "name": TEXT, "docstring": TEXT, "functions": array(_FUNCTION), "constants": map_of(ANYTHING),
            **same(array(TEXT), "tables", "reads", "reasons", "topics"),
        }
    ),
    "Calendar": row(
        {"year": INTEGER, "holidays": array(DATE), "workdays": array(DATE), "published": BOOLEAN}
    ),
    "Proposal": row_schema("governance/proposal", votes=map_of(words("yes", "no"))),
}  # fmt: skip
