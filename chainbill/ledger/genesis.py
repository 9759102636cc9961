"""Genesis: everything that the first block builds on, in one file that all members of a network share.

The file is JSON for people to read and compare; the genesis hash H("genesis", canonical list) is the parent of block 1,
so that two networks with the same name but another beginning never take each other's blocks. The same 32 bytes are the
`network` of everything that is signed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chainbill.codec import encode
from chainbill.crypto.algorithms import SHA256, as_digest_algorithm
from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import Malformed, Reason
from chainbill.ledger.engine import ENGINE, as_engine
from chainbill.ledger.in_force import ProtocolRow
from chainbill.ledger.rules import STANDARD_RULES, Rules, check_names, rules_of_parts
from chainbill.ledger.shapes import as_int, as_list, as_map, as_text, bad_shape
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.limits import (
    FORMAT,
    MAX_CHAIN_ID_TEXT,
    MAX_CONTRACTS,
    MAX_GENESIS_BYTES,
    MAX_NAME_TEXT,
    MAX_SOURCE_CHARACTERS,
)
from chainbill.protocols import RELEASED

VERSION = FORMAT
FIRST_PROTOCOL = ProtocolRow(RELEASED.newest.version, RELEASED.newest.digest, 0)
_HEX_DIGITS = frozenset("0123456789abcdef")
CLOCKS = ("real", "adjustable")
BIDS = ("clear", "sealed")
MAX_ZONE_OFFSET_MINUTES = 14 * 60


@dataclass(frozen=True)
class Genesis:
    """The beginning of a network.

    time_ms: UTC, block 1 is later. zone_offset_minutes: the network's local time, which says what day it is.
    rules: every price and bound that decides what a block does, the currencies, and the CPython minor versions, as they
    are until a vote changes them; a file says all of them. clock: "real", or "adjustable" for demonstrations and tests.
    engine: which consensus decides the blocks; digest: the algorithm of all hashes (`hash` in the file). contracts:
    (name, source) in the order in which their @init functions run. init: contract → arguments of its @init function.
    parameters: governed values by name. protocol: the version of block 1, from height 0.
    """

    chain_id: str
    time_ms: int
    validators: ValidatorSet
    contracts: tuple[tuple[str, str], ...]
    init: dict[str, dict[str, Any]] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    zone_offset_minutes: int = 480
    clock: str = "real"
    public_reads: bool = False
    rules: Rules = STANDARD_RULES
    protocol: ProtocolRow = FIRST_PROTOCOL
    engine: str = ENGINE
    digest: str = SHA256

    def __post_init__(self) -> None:
        as_text(self.chain_id, "chain_id", at_most=MAX_CHAIN_ID_TEXT, at_least=1)
        as_int(self.time_ms, "time_ms")
        limit = MAX_ZONE_OFFSET_MINUTES
        as_int(self.zone_offset_minutes, "zone_offset_minutes", low=-limit, high=limit)
        if self.clock not in CLOCKS:
            raise bad_shape("clock", "real or adjustable")
        if type(self.public_reads) is not bool:
            raise bad_shape("public_reads", "true or false")
        if self.bids not in BIDS:
            raise bad_shape("bids", "clear or sealed")
        check_names(self.rules, self.protocol.version)
        as_engine(self.engine, "engine")
        as_digest_algorithm(self.digest, "hash")
        names = [name for name, _ in self.contracts]
        if len(names) > MAX_CONTRACTS or len(names) != len(set(names)):
            raise Malformed(Reason.GENESIS_MALFORMED, f"at most {MAX_CONTRACTS} contracts, each once")
        if not set(self.init) <= set(names):
            raise Malformed(Reason.GENESIS_MALFORMED, "init names a contract that is not there")

    @property
    def bids(self) -> str:
        """How bids are made when the network begins, as the governed parameter of that name says."""
        return str(self.parameters.get("bids", BIDS[0]))

    @cached_property
    def hash(self) -> bytes:
        """H("genesis", canonical list): the parent of block 1."""
        return tagged_hash("genesis", encode(self.fields()))

    def fields(self) -> list[Any]:
        """The canonical list."""
        return [
            VERSION,
            self.engine,
            self.digest,
            self.chain_id,
            self.time_ms,
            self.zone_offset_minutes,
            self.clock,
            self.public_reads,
            self.bids,
            dict(self.rules.values),
            dict(self.rules.currencies),
            list(self.rules.python),
            [self.protocol.version, bytes.fromhex(self.protocol.digest)],
            self.validators.fields(),
            [[name, source] for name, source in self.contracts],
            self.init,
            self.parameters,
        ]

    def to_json(self) -> str:
        """The text of the genesis file."""
        content = {
            "version": VERSION,
            "engine": self.engine,
            "hash": self.digest,
            "chain_id": self.chain_id,
            "time_ms": self.time_ms,
            "zone_offset_minutes": self.zone_offset_minutes,
            "clock": self.clock,
            "public_reads": self.public_reads,
            "bids": self.bids,
            "rules": dict(self.rules.values),
            "currencies": dict(self.rules.currencies),
            "python": list(self.rules.python),
            "protocol": {"version": self.protocol.version, "digest": self.protocol.digest},
            "validators": [
                {
                    "alg": one.alg,
                    "key": one.key.hex(),
                    "name": one.name,
                    "party": one.party,
                    "address": one.address,
                }
                for one in self.validators.validators
            ],
            "contracts": [{"name": name, "source": source} for name, source in self.contracts],
            "init": self.init,
            "parameters": self.parameters,
        }
        return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def genesis_from_json(text: str | bytes) -> Genesis:
    """Read a genesis file; Malformed says which part is wrong. Unknown members are refused: a typo is no default."""
    content = _load(text)
    if content.get("version") != VERSION or type(content["version"]) is not int:
        detail = f"the genesis was made for format {content.get('version')}, this ledger reads format {VERSION}"
        raise Malformed(Reason.FORMAT_VERSION, detail)
    known = {
        "version", "engine", "hash", "chain_id", "time_ms", "zone_offset_minutes", "python", "clock", "public_reads",
        "bids", "rules", "currencies", "protocol", "validators", "contracts", "init", "parameters",
    }  # fmt: skip
    wrong = sorted(known ^ set(content))
    if wrong:
        raise Malformed(Reason.GENESIS_MALFORMED, f"members missing or unknown: {', '.join(wrong)}")
    genesis = Genesis(
        chain_id=content["chain_id"],
        time_ms=content["time_ms"],
        zone_offset_minutes=content["zone_offset_minutes"],
        clock=as_text(content["clock"], "clock"),
        public_reads=content["public_reads"],
        rules=rules_of_parts(content["rules"], content["currencies"], content["python"]),
        protocol=_protocol(content["protocol"]),
        engine=content["engine"],
        digest=content["hash"],
        validators=ValidatorSet.of([_validator(entry) for entry in as_list(content["validators"], "validators")]),
        contracts=tuple([_contract(entry) for entry in as_list(content["contracts"], "contracts")]),
        init={name: as_map(args, "init") for name, args in as_map(content["init"], "init").items()},
        parameters=as_map(content["parameters"], "parameters"),
    )
    if content["bids"] != genesis.bids:
        raise bad_shape("bids", f"{genesis.bids}, as the parameters say")
    return genesis


def _load(text: str | bytes) -> dict[str, Any]:
    if len(text) > MAX_GENESIS_BYTES:
        raise Malformed(Reason.GENESIS_MALFORMED, f"a genesis file has at most {MAX_GENESIS_BYTES} bytes")
    try:
        content = json.loads(text, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise Malformed(Reason.GENESIS_MALFORMED, f"not JSON: {error}") from error
    return as_map(content, "genesis")


def _no_float(text: str) -> Any:
    raise Malformed(Reason.GENESIS_MALFORMED, f"numbers are integers, not {text}")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise Malformed(Reason.GENESIS_MALFORMED, "a member stands twice")
    return content


def _protocol(value: Any) -> ProtocolRow:
    entry = as_map(value, "protocol")
    if set(entry) != {"version", "digest"}:
        raise bad_shape("protocol", "a map of version and digest")
    found = ProtocolRow.from_row({**entry, "from": 0})
    if not _HEX_DIGITS.issuperset(found.digest):
        raise bad_shape("digest", "64 hexadecimal digits")
    return found


def _validator(value: Any) -> Validator:
    entry = as_map(value, "validator")
    if set(entry) != {"alg", "key", "name", "party", "address"}:
        raise bad_shape("validator", "a map of alg, key, name, party and address")
    key = as_text(entry["key"], "validator key", at_most=64, at_least=64)
    if not _HEX_DIGITS.issuperset(key):
        raise bad_shape("validator key", "64 hexadecimal digits, lower case")
    return Validator.from_fields([entry["alg"], bytes.fromhex(key), entry["name"], entry["party"], entry["address"]])


def _contract(value: Any) -> tuple[str, str]:
    entry = as_map(value, "contract")
    if set(entry) != {"name", "source"}:
        raise bad_shape("contract", "a map of name and source")
    name = as_text(entry["name"], "contract name", at_most=MAX_NAME_TEXT, at_least=1)
    return (name, as_text(entry["source"], "contract source", at_most=MAX_SOURCE_CHARACTERS, at_least=1))
