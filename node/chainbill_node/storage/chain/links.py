"""Chain of trust as it is stored: the headers that changed the validator set, and what certifies each."""

from __future__ import annotations

from chainbill.codec import decode_trusted
from chainbill.ledger.block import Header, header_of
from chainbill.ledger.certificate import Certificate, decode_certificate
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.layout import height_key
from chainbill_node.storage.chain.records import decode_validators
from chainbill_node.storage.store import Readable
from chainbill_node.sync.manifest import Link


def links_of(source: Readable, up_to: int) -> tuple[Link, ...]:
    """Every change of the validator set that acts from `up_to` or before, with what certifies it."""
    links = []
    stop = height_key(layout.VALIDATORS, up_to + 1)
    for key, raw in source.range(height_key(layout.VALIDATORS, 2), stop):
        start = int.from_bytes(key[1:], "big")
        found = certified(source, start - 1)
        if found is None:
            kept = source.get(height_key(layout.LINK, start))
            if kept is None:
                continue
            header, certificate = decode_trusted(kept)
            found = Header.from_fields(header), Certificate.from_fields(certificate)
        links.append(Link(*found, decode_validators(raw)))
    return tuple(links)


def certified(source: Readable, height: int) -> tuple[Header, Certificate] | None:
    """The header of a height and its certificate, None where they are not here."""
    block = source.get(height_key(layout.BLOCK, height))
    certificate = source.get(height_key(layout.CERTIFICATE, height))
    return None if block is None or certificate is None else (header_of(block), decode_certificate(certificate))
