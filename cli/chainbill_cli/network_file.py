"""The description of a network (TOML) → the plan that `network init` writes out.

Members: chain_id, zone_offset_minutes, clock, public_reads, idle_interval_ms, [parameters], [[party]], [[validator]].
A member that is unknown or of the wrong type is refused: a typo is no default.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill.ids import normalise_identifier, valid_lei, valid_uscc
from chainbill_cli.causes import cause_of
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.given_files import given_text
from chainbill_cli.texts import enumerated, text

if TYPE_CHECKING:
    from chainbill_node.setup.plan import NetworkPlan, PartyPlan, ValidatorPlan

TOP = {"chain_id": str, "zone_offset_minutes": int, "clock": str, "public_reads": bool, "idle_interval_ms": int,
       "parameters": dict, "party": list, "validator": list}  # fmt: skip
PARTY = {"alias": str, "id": str, "name_zh": str, "name_en": str, "roles": list, "sponsor": str, "paying_bank": str,
         "identifiers": list, "accounts": list}  # fmt: skip
VALIDATOR = {"name": str, "party": str, "host": str, "p2p_port": int, "api_port": int, "metrics_port": int}
ACCOUNT = {"currency": str, "bank": str, "number": str}

WANTED = {bool: "network.a_bool", dict: "network.a_dict", int: "network.a_int", list: "network.a_list",
          str: "network.a_str"}  # fmt: skip

ROLES = ("anchor", "supplier", "bank", "guarantor", "regulator", "auditor")


def read_plan(path: Path, *, genesis_time_ms: int, passphrase: str) -> NetworkPlan:
    """The plan of a description. New keys are made for every party and validator; "" leaves key files plain."""
    from chainbill_node.home.config import ConsensusConfig
    from chainbill_node.setup.plan import NetworkPlan

    content = _load(path)
    _check(path, "", content, TOP, needed=("chain_id", "party", "validator"))
    parameters = {str(name): default for name, default, *_ in contract_constant("governance", "PARAMETERS") or ()}
    kinds = {name: type(default) for name, default in parameters.items()}
    _check(path, "parameters.", content.get("parameters", {}), kinds, needed=())
    consensus = ConsensusConfig(idle_interval_ms=content.get("idle_interval_ms", ConsensusConfig().idle_interval_ms))
    gap_limit_ms = content.get("parameters", {}).get("gap_limit_ms", parameters["gap_limit_ms"])
    if not 0 < 2 * consensus.idle_interval_ms <= gap_limit_ms:  # else a quiet night is a gap, and no bill falls due
        raise wrong(path, text("network.idle", idle=consensus.idle_interval_ms, most=gap_limit_ms // 2))
    return NetworkPlan(
        chain_id=content["chain_id"],
        validators=tuple(_validator(path, entry) for entry in content["validator"]),
        parties=tuple(_party(path, entry) for entry in content["party"]),
        genesis_time_ms=genesis_time_ms,
        clock=content.get("clock", "real"),
        public_reads=content.get("public_reads", False),
        zone_offset_minutes=content.get("zone_offset_minutes", 480),
        parameters=content.get("parameters", {}),
        consensus=consensus,
        passphrase=passphrase,
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(given_text(path))
    except (ValueError, RecursionError) as error:
        raise wrong(path, cause_of(error)) from error


def wrong(path: Path, why: str) -> Failure:
    """A description that cannot be used."""
    return fail(Exit.USAGE, "network.bad_file", path=str(path), why=why)


def _check(path: Path, where: str, entry: Any, known: Mapping[str, type], *, needed: tuple[str, ...]) -> None:
    if not isinstance(entry, dict):
        raise wrong(path, text("network.wrong", what=where, wanted=text(WANTED[dict])))
    for name in needed:
        if name not in entry:
            raise wrong(path, text("network.missing", what=where + name))
    for name, value in entry.items():
        if name not in known:
            raise wrong(path, text("network.setting", what=where + name, known=enumerated(known)))
        if type(value) is not known[name]:
            raise wrong(
                path, text("network.wrong", what=where + name, wanted=text(f"network.a_{known[name].__name__}"))
            )


def _validator(path: Path, entry: Any) -> ValidatorPlan:
    from chainbill_node.setup.plan import ValidatorPlan

    from chainbill.crypto.keys import PrivateKey

    _check(path, "validator.", entry, VALIDATOR, needed=("name", "party", "host", "p2p_port", "api_port"))
    return ValidatorPlan(key=PrivateKey.generate(), **entry)


def _party(path: Path, entry: Any) -> PartyPlan:
    from chainbill_node.setup.local import may_ask_for_quotes
    from chainbill_node.setup.plan import AccountPlan, PartyPlan

    from chainbill.crypto.keys import PrivateKey
    from chainbill.crypto.sealing import EncryptionKey

    _check(path, "party.", entry, PARTY, needed=("alias", "id", "name_zh", "name_en", "roles"))
    identifier = normalise_identifier(entry["id"])
    if not valid_uscc(identifier) and not valid_lei(identifier):
        raise wrong(path, text("network.bad_id", what=f"{entry['alias']}{text('root.colon')}id", value=entry["id"]))
    for role in entry["roles"]:
        if role not in ROLES:
            what = f"{entry['alias']}{text('root.colon')}{role}"
            raise wrong(path, text("network.setting", what=what, known=enumerated(ROLES)))
    accounts = entry.get("accounts", [])
    for account in accounts:
        _check(path, "party.accounts.", account, ACCOUNT, needed=tuple(ACCOUNT))
    identifiers = []
    for one in entry.get("identifiers", []):
        scheme, equals, value = str(one).partition("=")
        if not equals:
            raise wrong(path, text("network.wrong", what="party.identifiers", wanted="TYPE=VALUE"))
        identifiers.append((scheme, value))
    return PartyPlan(
        alias=entry["alias"],
        party=identifier,
        name_zh=entry["name_zh"],
        name_en=entry["name_en"],
        roles=tuple(entry["roles"]),
        key=PrivateKey.generate(),
        encryption_key=EncryptionKey.generate() if may_ask_for_quotes(entry["roles"]) else None,
        identifiers=tuple(identifiers),
        sponsor=entry.get("sponsor", ""),
        paying_bank=entry.get("paying_bank", ""),
        accounts=tuple(AccountPlan(**account) for account in accounts),
    )
