"""The parties and nodes of a network for trying things out: an anchor, three suppliers, banks, a regulator, an auditor.

Their USCCs are made up from their names: well-formed, with right check characters, and nobody's.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.keys import PrivateKey
from chainbill.crypto.sealing import EncryptionKey
from chainbill.ids import make_test_uscc
from chainbill_node.home.config import ConsensusConfig
from chainbill_node.setup.network import CreatedNetwork, create_network
from chainbill_node.setup.plan import AccountPlan, NetworkPlan, PartyPlan, ValidatorPlan
from chainbill_node.setup.ports import LOOPBACK, free_ports

CURRENCIES = ("CNY", "EUR", "USD")


def local_parties(validators: int, *, currencies: Sequence[str] = CURRENCIES) -> tuple[PartyPlan, ...]:
    """Anchor, supplier1 to supplier3, one bank a validator (bank1 and bank2 always), regulator and auditor.

    Banks come first. Everyone but banks has an account for each currency: odd suppliers and the anchor at bank1,
    supplier2 at bank2; the anchor's paying bank is bank1. Everyone has two keys, the second a checker's. No policy
    needs a checker.
    """
    banks = [
        _party(f"bank{number}", f"第{number}银行", f"Bank {number}", ("bank",))
        for number in range(1, max(2, validators) + 1)
    ]
    others = [
        _party("anchor", "核心制造有限公司", "Anchor Manufacturing", ("anchor",), bank="bank1", currencies=currencies),
        _party("supplier1", "一级供应有限公司", "Supplier One", ("supplier",), bank="bank1", currencies=currencies),
        _party("supplier2", "二级供应有限公司", "Supplier Two", ("supplier",), bank="bank2", currencies=currencies),
        _party(
            "supplier3",
            "三级供应有限公司",
            "Supplier Three",
            ("supplier", "guarantor"),
            bank="bank1",
            currencies=currencies,
        ),
        _party("regulator", "监管机构", "Regulator", ("regulator",)),
        _party("auditor", "会计师事务所", "Auditor", ("auditor",)),
    ]
    return (*banks, *others)


def _party(
    alias: str,
    name_zh: str,
    name_en: str,
    roles: tuple[str, ...],
    *,
    bank: str = "",
    currencies: Sequence[str] = (),
) -> PartyPlan:
    return PartyPlan(
        alias=alias,
        party=make_test_uscc(alias.encode()),
        name_zh=name_zh,
        name_en=name_en,
        roles=roles,
        key=PrivateKey.generate(),
        checker=PrivateKey.generate(),
        encryption_key=EncryptionKey.generate() if may_ask_for_quotes(roles) else None,
        sponsor=bank,
        paying_bank=bank if "anchor" in roles else "",
        accounts=tuple(account_for(alias, bank, currency) for currency in currencies),
    )


def may_ask_for_quotes(roles: Iterable[str]) -> bool:
    """Whether a party of these roles can hold tokens and ask for money on them, so that banks seal quotes to it."""
    return not {"anchor", "supplier"}.isdisjoint(roles)


def account_for(alias: str, bank: str, currency: str) -> AccountPlan:
    """A made-up account of one party at one bank."""
    number = int.from_bytes(tagged_hash("made-up-account", f"{alias} {bank} {currency}".encode())[:7], "big")
    return AccountPlan(currency, bank, f"62{number % 10**16:016d}")


def own_name(kind: str) -> str:
    """A chain id that no other network on this machine has: `kind`, "-" and six random hexadecimal digits.

    Nothing that is signed rests on it, but people, profiles and logs tell networks apart by it.
    """
    return f"{kind}-{secrets.token_hex(3)}"


def local_plan(
    *,
    chain_id: str = "",
    validators: int = 4,
    base_port: int = 0,
    clock: str = "adjustable",
    public_reads: bool = True,
    extra_parties: Iterable[PartyPlan] = (),
    genesis_time_ms: int | None = None,
    consensus: ConsensusConfig | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> NetworkPlan:
    """A network of `validators` banks on this machine.

    chain_id "": `own_name("local")`. base_port: node i has API port base + 2i, p2p port one more; 0 takes free ports.
    genesis_time_ms: now, unless given. parameters: governed ones that are not to have their defaults.
    """
    ports = list(range(base_port, base_port + 2 * validators)) if base_port else free_ports(2 * validators)
    return NetworkPlan(
        chain_id=chain_id or own_name("local"),
        validators=tuple(
            ValidatorPlan(
                name=f"bank{number + 1}",
                party=f"bank{number + 1}",
                key=PrivateKey.generate(),
                host=LOOPBACK,
                p2p_port=ports[2 * number + 1],
                api_port=ports[2 * number],
            )
            for number in range(validators)
        ),
        parties=(*local_parties(validators), *extra_parties),
        genesis_time_ms=time.time_ns() // 1_000_000 if genesis_time_ms is None else genesis_time_ms,
        clock=clock,
        public_reads=public_reads,
        consensus=consensus or ConsensusConfig(),
        parameters=dict(parameters or {}),
    )


def create_local_network(directory: Path, **options: object) -> CreatedNetwork:
    """`local_plan` with these options, written into `directory`."""
    return create_network(directory, local_plan(**options))  # type: ignore[arg-type]
