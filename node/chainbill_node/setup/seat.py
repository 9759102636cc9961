"""What a vote on a node's seat names: its key, whose it is, and the key's own word that it agrees."""

from __future__ import annotations

from pathlib import Path

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.genesis import genesis_from_json
from chainbill.statement import sign_statement
from chainbill_node.home.config import load_config
from chainbill_node.home.keys import load_private_key

__all__ = ["seat_of_home", "signed_seat"]


def signed_seat(key: PrivateKey, network: bytes, party: str, name: str, address: str) -> dict[str, str]:
    """The content of `validator_add` and `observer_add`: {"alg", "key", "name", "party", "address", "proof"}.

    network: the 32 bytes of the genesis hash. proof: the key's signature over the other five, purpose "seat".
    """
    seat = {"alg": "ed25519", "key": key.public.hex(), "name": name, "party": party, "address": address}
    return {**seat, "proof": sign_statement(key, network, "governance", "seat", seat).hex()}


def seat_of_home(home: Path, party: str, name: str = "", address: str = "") -> dict[str, str]:
    """The same for the node of a home, under its own name and address unless others are given.

    Raises OSError, ValueError, ConfigError and ChainbillError for a home that cannot be read.
    """
    config = load_config(home)
    genesis = genesis_from_json((home / config.files.genesis).read_bytes())
    key = load_private_key(home / config.files.validator_key)
    return signed_seat(key, genesis.hash, party, name or config.name, address or f"{config.p2p.host}:{config.p2p.port}")
