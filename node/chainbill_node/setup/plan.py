"""What a network is to be made of: plain data, checked by what is made from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chainbill.crypto.keys import PrivateKey
from chainbill.crypto.sealing import EncryptionKey
from chainbill_node.home.config import ConsensusConfig


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """A settlement account: currency, the alias of the bank that keeps it, and what only banks get to see."""

    currency: str
    bank: str
    number: str


@dataclass(frozen=True, slots=True)
class PartyPlan:
    """A party that is there from the beginning.

    alias: what the files of this network call it. party: USCC or LEI. sponsor, paying_bank: aliases of banks or "".
    key: its first key, with the capabilities maker, checker and admin. checker: a second person's key, with the
    capabilities checker and admin; None where the party begins with one key. encryption_key: to which banks seal their
    quotes; None for a party that asks for none.
    """

    alias: str
    party: str
    name_zh: str
    name_en: str
    roles: tuple[str, ...]
    key: PrivateKey
    checker: PrivateKey | None = None
    encryption_key: EncryptionKey | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    sponsor: str = ""
    paying_bank: str = ""
    accounts: tuple[AccountPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class ValidatorPlan:
    """One validator: its name, the alias of its party, where others reach it, and where its API listens.

    metrics_port: on the loopback interface, for the operator's own programs; 0 for none.
    """

    name: str
    party: str
    key: PrivateKey
    host: str
    p2p_port: int
    api_port: int
    metrics_port: int = 0


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """A whole network. genesis_time_ms: UTC; block 1 is later. passphrase: "" leaves key files plain (trials only)."""

    chain_id: str
    validators: tuple[ValidatorPlan, ...]
    parties: tuple[PartyPlan, ...]
    genesis_time_ms: int
    clock: str = "real"
    public_reads: bool = False
    zone_offset_minutes: int = 480
    calendar: tuple[dict[str, Any], ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    consensus: ConsensusConfig = field(default_factory=ConsensusConfig)
    log_level: str = "info"
    passphrase: str = ""
