"""Writes the home of a node that joins a running network: keys of its own, the network's genesis, a TLS certificate.

Its own key signs the certificate. Where a network still has a CA, that one can: with its folder at hand at once;
without its key a request is left for its holder (`tls/node.csr`), whose answer goes to `tls/node.pem`. What comes after
that is for a vote: docs/reference/members.md.
"""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.genesis import genesis_from_json
from chainbill_node.driver.signer import following_signer_file
from chainbill_node.home.config import (
    FILE_NAME,
    Address,
    FilesConfig,
    NodeConfig,
    RestConfig,
    SyncConfig,
    config_content,
)
from chainbill_node.home.keys import key_file, write_secret
from chainbill_node.setup.certificates import TOLERANCE, Issued, certify, make_own_certificate, make_request
from chainbill_node.setup.ends import end_of, place_of
from chainbill_node.storage.signer_file import create_signer_file

REQUEST = "tls/node.csr"


@dataclass(frozen=True, slots=True)
class JoinPlan:
    """What a home is made of.

    authority: a CA that is to sign, its key b"" where only its holder has it; None: the own key signs. peers:
    NODE-ID@HOST:PORT of nodes that are there today. passphrase: "" leaves the key file plain (trials only). trusted:
    (height, block id in hex) or (0, "").
    """

    name: str
    genesis: bytes
    authority: Issued | None
    host: str
    p2p_port: int
    api_port: int
    peers: tuple[str, ...] = ()
    passphrase: str = ""
    trusted: tuple[int, str] = (0, "")


@dataclass(frozen=True, slots=True)
class JoinedNode:
    """A home that was written; `certified`: whether its certificate is there already."""

    home: Path
    node_id: str
    api: str
    p2p: str
    certified: bool


def create_home(home: Path, plan: JoinPlan) -> JoinedNode:
    """Write the home. Raises FileExistsError when there is one, ChainbillError for a genesis that is none.

    Its signer file allows no signature until the peers have shown a safe height, whatever the key signed before.
    """
    if (home / FILE_NAME).exists():
        raise FileExistsError(home / FILE_NAME)
    genesis = genesis_from_json(plan.genesis)
    files = FilesConfig()
    key = PrivateKey.generate()
    node_id = key.public.hex()
    write_secret(home / files.validator_key, key_file(key, plan.passphrase))
    now = datetime.datetime.now(datetime.UTC)
    if plan.authority is None:
        made = make_own_certificate(key, plan.host, now - TOLERANCE, end_of(now, *place_of(node_id, genesis)))
        write_secret(home / files.tls_key, made.key)
        write_secret(home / files.tls_certificate, made.certificate)
    else:
        request = make_request(node_id, plan.host)
        write_secret(home / files.tls_key, request.key)
        write_secret(home / files.tls_ca, plan.authority.certificate)
        if plan.authority.key:
            write_secret(home / files.tls_certificate, certify(plan.authority, request.certificate, now))
        else:
            write_secret(home / REQUEST, request.certificate)
    (home / files.genesis).write_bytes(plan.genesis)
    (home / files.signer).parent.mkdir(mode=0o700)
    create_signer_file(home / files.signer, following_signer_file(genesis.hash, key.public, 0))
    os.mkdir(home / files.data, 0o700)
    config = NodeConfig(
        name=plan.name,
        rest=RestConfig(plan.host, plan.api_port),
        p2p=Address(plan.host, plan.p2p_port),
        sync=SyncConfig(
            from_snapshot=True,
            peers=", ".join(plan.peers),
            trusted_height=plan.trusted[0],
            trusted_block=plan.trusted[1],
        ),
    )
    (home / FILE_NAME).write_text(tomli_w.dumps(config_content(config)), encoding="utf-8")
    return JoinedNode(
        home=home,
        node_id=node_id,
        api=f"http://{plan.host}:{plan.api_port}",
        p2p=f"{plan.host}:{plan.p2p_port}",
        certified=plan.authority is None or bool(plan.authority.key),
    )
