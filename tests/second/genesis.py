"""The genesis file, its form and its hash. Written from blocks-and-certificates.md, "Genesis"."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from second.certificate import ENGINE
from second.codec import encode
from second.hashing import tagged
from second.refused import RefusedError, must
from second.rules import check_members
from second.shapes import FORMAT, MAX_63, integer
from second.shapes import text as text_of
from second.validators import Validator, ValidatorSet

MALFORMED = "genesis_malformed"
MAX_BYTES = 8_388_608
MEMBERS = {
    "version": int,
    "engine": str,
    "hash": str,
    "chain_id": str,
    "time_ms": int,
    "zone_offset_minutes": int,
    "protocol": dict,
    "rules": dict,
    "currencies": dict,
    "python": list,
    "clock": str,
    "public_reads": bool,
    "bids": str,
    "validators": list,
    "contracts": list,
    "init": dict,
    "parameters": dict,
}
HEX_64 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def _no_float(text: str) -> NoReturn:
    raise RefusedError(MALFORMED, f"{text} is no integer")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    must(len({name for name, _ in pairs}) == len(pairs), MALFORMED, "a member twice")
    return dict(pairs)


def _exactly(value: object, names: set[str], reason: str = "shape_wrong") -> dict[str, object]:
    must(isinstance(value, dict), "shape_wrong", "a map")
    assert isinstance(value, dict)
    must(set(value) == names, reason, f"members {sorted(names)}")
    return value


class Genesis:
    """What all nodes of a network share."""

    def __init__(self, text: str) -> None:
        must(len(text.encode()) <= MAX_BYTES, MALFORMED, "8 MiB")
        try:
            file = json.loads(text, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_once)
        except json.JSONDecodeError as error:
            raise RefusedError(MALFORMED, "no JSON") from error
        must(isinstance(file, dict), "shape_wrong")
        must(file.get("version") == FORMAT, "format_version", repr(file.get("version")))
        self.file = _exactly(file, set(MEMBERS), MALFORMED)
        must(file["hash"] == "sha256", "algorithm_unknown", str(file["hash"]))
        for name, kind in MEMBERS.items():
            must(type(self.file[name]) is kind, "shape_wrong", name)
        must(ENGINE.fullmatch(file["engine"]), "shape_wrong", "engine")
        must(1 <= len(file["chain_id"]) <= 64, "shape_wrong", "chain_id")
        integer(file["time_ms"], 0, MAX_63)
        integer(file["zone_offset_minutes"], -840, 840)
        must(file["clock"] in ("real", "adjustable"), "shape_wrong", "clock")
        must(file["bids"] in ("clear", "sealed"), "shape_wrong", "bids")
        must(file["bids"] == file["parameters"].get("bids", "clear"), "shape_wrong", "bids and the parameter bids")
        check_members(file)
        self.protocol = _exactly(file["protocol"], {"version", "digest"})
        integer(self.protocol["version"], 1, MAX_63)
        must(HEX_64.fullmatch(str(self.protocol["digest"])), "shape_wrong", "protocol")
        self.validators = ValidatorSet(sorted((_validator(v) for v in file["validators"]), key=lambda v: v.key))
        self.contracts = [_exactly(contract, {"name", "source"}) for contract in file["contracts"]]
        names = [text_of(contract["name"], 1, 40) for contract in self.contracts]
        must(len(names) <= 64 and len(set(names)) == len(names), MALFORMED, "at most 64 contracts, each once")
        must(set(file["init"]) <= set(names), MALFORMED, "init")

    @property
    def hash(self) -> bytes:
        """The network."""
        file, protocol = self.file, self.protocol
        names = ["engine", "hash", "chain_id", "time_ms", "zone_offset_minutes", "clock", "public_reads", "bids"]
        content: list[object] = [FORMAT, *(file[name] for name in [*names, "rules", "currencies", "python"])]
        content.append([protocol["version"], bytes.fromhex(str(protocol["digest"]))])
        content.append([list(validator) for validator in self.validators.validators])
        content.append([[contract["name"], contract["source"]] for contract in self.contracts])
        return tagged("genesis", encode([*content, file["init"], file["parameters"]]))


def _validator(value: object) -> Validator:
    fields = _exactly(value, set(Validator._fields))
    must(HEX_64.fullmatch(text_of(fields["key"])), "shape_wrong", "a key")
    must(fields["alg"] == "ed25519", "algorithm_unknown", str(fields["alg"]))
    for name in ("name", "party", "address"):
        text_of(fields[name])
    alg, key, name, party, address = (str(fields[field]) for field in Validator._fields)
    return Validator(alg, bytes.fromhex(key), name, party, address)
