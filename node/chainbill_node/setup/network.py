"""Writes a network: one folder a node, one a party, and the genesis that all share.

DIRECTORY/genesis.json            the same file in every home
DIRECTORY/nodes/NAME/             a node's home: node.toml, genesis.json, keys/, tls/, signer/, data/
DIRECTORY/parties/ALIAS/          a party's key, its checker's where it has one, the one that opens what is sealed to
                                  it, and what only its banks get to see of its accounts
"""

from __future__ import annotations

import datetime
import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import chainbill_contracts
import tomli_w

from chainbill import codec
from chainbill.crypto.algorithms import SHA256
from chainbill.crypto.hashing import tagged_hash
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.rules import STANDARD_RULES
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill_node.driver.signer import new_signer_file
from chainbill_node.home.config import (
    FILE_NAME,
    Address,
    FilesConfig,
    LogConfig,
    NodeConfig,
    RestConfig,
    config_content,
)
from chainbill_node.home.keys import encryption_file_name, key_file, write_secret
from chainbill_node.setup.certificates import TOLERANCE, Issued, make_own_certificate
from chainbill_node.setup.ends import end_of, place_of
from chainbill_node.setup.plan import NetworkPlan, PartyPlan, ValidatorPlan
from chainbill_node.storage.signer_file import create_signer_file

SALT_BYTES = 16
CHECKER = ("checker", "admin")
"""What a second person's key may do: with it a party has two people for acts that need maker and checker, or two
admins."""


@dataclass(frozen=True, slots=True)
class CreatedNode:
    """A node's home and where it will listen."""

    name: str
    home: Path
    api: str
    p2p: str
    node_id: str


@dataclass(frozen=True, slots=True)
class CreatedParty:
    """A party's id, its key file, and its checker's where the plan has one."""

    party: str
    key: Path
    checker: Path | None = None


@dataclass(frozen=True, slots=True)
class CreatedNetwork:
    """What was written. `parties` by alias."""

    directory: Path
    genesis: Genesis
    nodes: tuple[CreatedNode, ...]
    parties: Mapping[str, CreatedParty]


def create_network(directory: Path, plan: NetworkPlan) -> CreatedNetwork:
    """Write a whole network into `directory`. Raises FileExistsError when one is there, KeyError for a wrong alias."""
    if (directory / "genesis.json").exists():
        raise FileExistsError(directory / "genesis.json")
    directory.mkdir(parents=True, exist_ok=True)
    salts = {party.alias: secrets.token_bytes(SALT_BYTES) for party in plan.parties}
    genesis = make_genesis(plan, salts)
    (directory / "genesis.json").write_text(genesis.to_json(), encoding="utf-8")
    now = datetime.datetime.now(datetime.UTC)
    nodes = []
    for validator in plan.validators:
        ends = end_of(now, *place_of(validator.key.public.hex(), genesis))
        issued = make_own_certificate(validator.key, validator.host, now - TOLERANCE, ends)
        nodes.append(_write_node(directory / "nodes" / validator.name, plan, validator, genesis, issued))
    parties = {party.alias: _write_party(directory, plan, party, salts[party.alias]) for party in plan.parties}
    return CreatedNetwork(directory, genesis, tuple(nodes), parties)


def make_genesis(plan: NetworkPlan, salts: Mapping[str, bytes]) -> Genesis:
    """The genesis of a plan. `salts` hide the parties' accounts."""
    ids = {party.alias: party.party for party in plan.parties}
    members = [_member(party, ids, salts[party.alias]) for party in plan.parties]
    validators = ValidatorSet.of(
        Validator(one.key.public, one.name, ids[one.party], f"{one.host}:{one.p2p_port}") for one in plan.validators
    )
    return Genesis(
        chain_id=plan.chain_id,
        time_ms=plan.genesis_time_ms,
        validators=validators,
        contracts=tuple(sorted(chainbill_contracts.sources().items())),
        init=chainbill_contracts.genesis_init(members, plan.calendar),
        parameters=dict(plan.parameters),
        zone_offset_minutes=plan.zone_offset_minutes,
        rules=replace(STANDARD_RULES, python=(f"{sys.version_info.major}.{sys.version_info.minor}",)),
        clock=plan.clock,
        public_reads=plan.public_reads,
    )


def _member(party: PartyPlan, ids: Mapping[str, str], salt: bytes) -> dict[str, Any]:
    keys = [chainbill_contracts.listed_key(party.key.public.hex())]
    if party.checker is not None:
        keys.append(chainbill_contracts.listed_key(party.checker.public.hex(), CHECKER))
    sealed_to = {} if party.encryption_key is None else {"encryption_key": party.encryption_key.public.hex()}
    return {
        **sealed_to,
        "id": party.party,
        "name_zh": party.name_zh,
        "name_en": party.name_en,
        "roles": list(party.roles),
        "identifiers": [{"scheme": scheme, "value": value} for scheme, value in party.identifiers],
        "keys": keys,
        "accounts": [
            {
                "currency": one.currency,
                "bank": ids[one.bank],
                "alg": SHA256,
                "digest": account_digest(salt, one.currency, one.number),
            }
            for one in party.accounts
        ],
        "sponsor": ids[party.sponsor] if party.sponsor else "",
        "paying_bank": ids[party.paying_bank] if party.paying_bank else "",
        "policy": {"rules": []},
    }


def account_digest(salt: bytes, currency: str, number: str) -> str:
    """Hex of H("settlement-account", canonical [salt, currency, number]): what the ledger keeps of an account."""
    return tagged_hash("settlement-account", codec.encode([salt, currency, number])).hex()


def _write_party(directory: Path, plan: NetworkPlan, party: PartyPlan, salt: bytes) -> CreatedParty:
    folder = directory / "parties" / party.alias
    key = folder / "key.pem"
    write_secret(key, key_file(party.key, plan.passphrase))
    checker = folder / "checker.pem" if party.checker is not None else None
    if party.checker is not None and checker is not None:
        write_secret(checker, key_file(party.checker, plan.passphrase))
    if party.encryption_key is not None:
        pem = party.encryption_key.to_pem(plan.passphrase.encode())
        write_secret(folder / encryption_file_name(party.encryption_key.public), pem)
    accounts = [{"currency": one.currency, "bank": one.bank, "number": one.number} for one in party.accounts]
    content = {"party": party.party, "salt": salt.hex(), "accounts": accounts}
    write_secret(folder / "accounts.json", (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())
    return CreatedParty(party.party, key, checker)


def _write_node(
    home: Path, plan: NetworkPlan, validator: ValidatorPlan, genesis: Genesis, issued: Issued
) -> CreatedNode:
    files = FilesConfig()
    write_secret(home / files.validator_key, key_file(validator.key, plan.passphrase))
    write_secret(home / files.tls_certificate, issued.certificate)
    write_secret(home / files.tls_key, issued.key)
    (home / files.genesis).write_text(genesis.to_json(), encoding="utf-8")
    (home / files.signer).parent.mkdir(mode=0o700)
    create_signer_file(home / files.signer, new_signer_file(genesis.hash, validator.key.public))
    os.mkdir(home / files.data, 0o700)
    config = NodeConfig(
        name=validator.name,
        rest=RestConfig(validator.host, validator.api_port),
        p2p=Address(validator.host, validator.p2p_port),
        metrics=Address(port=validator.metrics_port),
        files=files,
        consensus=plan.consensus,
        log=LogConfig(level=plan.log_level),
    )
    (home / FILE_NAME).write_text(tomli_w.dumps(config_content(config)), encoding="utf-8")
    return CreatedNode(
        name=validator.name,
        home=home,
        api=f"http://{validator.host}:{validator.api_port}",
        p2p=f"{validator.host}:{validator.p2p_port}",
        node_id=validator.key.public.hex(),
    )
