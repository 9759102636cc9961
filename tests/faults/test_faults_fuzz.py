"""Every decoder of every wire and file format: 20,000 inputs in all; a whole value in its one form, or the refusal.

Three kinds of input in equal parts: noise, good samples with damaged bytes, and good samples in which one node of the
decoded value was replaced, so that the damage passes the outer checks. Nothing but the named errors may come out.
"""

from __future__ import annotations

import os
import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest
import tomli_w
from chainbill_cli.failure import Failure
from chainbill_cli.invoice import parse_invoice
from chainbill_node import wire
from chainbill_node.consensus.signer_frames import SignerFileError, frames, recover
from chainbill_node.consensus.signer_memory import recover_memory
from chainbill_node.driver.signer import new_signer_file
from chainbill_node.home.config import ConfigError, NodeConfig, config_content, parse_config
from consensus.consensus_kit import KEYS, NETWORK, PREVOTE, block, certificate, vote
from consensus.test_signer_file import signed_round
from consensus.test_wire import SAMPLES
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ledger.ledger_kit import key, validators
from ledger.ledger_kit import wire as transaction_wire

from chainbill import codec
from chainbill.errors import ChainbillError, Malformed
from chainbill.ledger.block import decode_block
from chainbill.ledger.certificate import decode_certificate
from chainbill.ledger.evidence import DuplicateVote, decode_evidence
from chainbill.ledger.genesis import Genesis, genesis_from_json
from chainbill.ledger.receipt import Receipt, decode_receipt
from chainbill.ledger.transaction import assemble, decode_transaction
from chainbill.state.proof import StateProof

pytestmark = pytest.mark.untraced

TOTAL = int(os.environ.get("CHAINBILL_FUZZ", "20000"))
A = block(b"A")
PUBLIC = KEYS[0].public
EXAMPLES = files("chainbill_cli.demo").joinpath("examples")


@dataclass(frozen=True)
class Format:
    """`decode` gives what encodes back to the very input, or None where the format has more than one form."""

    name: str
    decode: Callable[[bytes], bytes | None]
    samples: tuple[bytes, ...]
    refusals: tuple[type[Exception], ...] = (Malformed,)
    canonical: bool = True


def genesis() -> bytes:
    small = Genesis("fuzz-1", 1, validators(4), (("tiny", "x = 1\n"),), {"tiny": {"a": [1, "b"]}}, {"limit": 5})
    return small.to_json().encode()


def read_genesis(data: bytes) -> None:
    assert genesis_from_json(genesis_from_json(data).to_json()) == genesis_from_json(data)


def read_config(data: bytes) -> None:
    parse_config(tomllib.loads(data.decode("utf-8")), "fuzz")


def read_signer(data: bytes) -> bytes | None:
    """What was kept of a file is a part of it that says the same by itself."""
    said = recover_memory(data, NETWORK, PUBLIC)
    again = recover_memory(data[: said.whole_bytes], NETWORK, PUBLIC)
    assert again == said
    assert all(type(one) is bytes for one in said.messages.values())
    assert type(said.height) is type(said.sign_from) is int
    return None


def framed(data: bytes) -> bytes | None:
    """Records inside good frames, so that what stands in them is reached."""
    return read_signer(frames([*recover(new_signer_file(NETWORK, PUBLIC))[0], data])[0])


SIGNER_RECORDS = tuple(recover(signed_round().data)[0][1:])
DUPLICATE = DuplicateVote.of(vote(0, PREVOTE, 0, A), vote(0, PREVOTE, 0, None))
RECEIPT = Receipt(
    "transaction", bytes(32), bytes(32), "refused", "not_yours", {"token": "T1"}, [],
    [["token", "moved", {"to": "B"}]], 5,
)  # fmt: skip
PROOF = StateProof(bytes(range(64)), (bytes(32),) * 18)
TRANSACTION = transaction_wire(("token", "accept", {"token": "T1", "list": [1, {"a": b"x"}]}), keys=(key(1), key(2)))
CALLS = codec.decode(codec.decode(TRANSACTION)[0])


def body_of(data: bytes) -> bytes:
    """A damaged body inside a well-formed transaction."""
    signatures = [tuple(one) for one in codec.decode(TRANSACTION)[1]]
    return codec.decode(decode_transaction(assemble(data, signatures)).wire)[0]


FORMATS = (
    Format("canonical value", lambda data: codec.encode(codec.decode(data)), (codec.encode({"a": [1, "b", b"c"]}),)),
    Format("message", lambda data: wire.encode(wire.decode(data)), tuple(map(wire.encode, SAMPLES)), (ChainbillError,)),
    Format("transaction", lambda data: decode_transaction(data).wire, (TRANSACTION,)),
    Format("transaction body", body_of, (codec.encode(CALLS),)),
    Format("block", lambda data: decode_block(data).encoded, (A.encoded,)),
    Format("certificate", lambda data: decode_certificate(data).encode(), (certificate(A).encode(),)),
    Format("evidence", lambda data: decode_evidence(data).encode(), (DUPLICATE.encode(),)),
    Format("receipt", lambda data: decode_receipt(data).encode(), (RECEIPT.encode(),)),
    Format(
        "state proof",
        lambda data: codec.encode(StateProof.from_value(codec.decode(data)).to_value()),
        (codec.encode(PROOF.to_value()),),
    ),
    Format("signer file", read_signer, (signed_round().data,), (SignerFileError,)),
    Format("signer record", framed, SIGNER_RECORDS, (SignerFileError,)),
    Format("genesis.json", read_genesis, (genesis(),), (ChainbillError,)),
    Format(
        "node.toml",
        read_config,
        (tomli_w.dumps(config_content(NodeConfig("bank1"))).encode(),),
        (ConfigError, ValueError),  # what `load_config` takes for a file that cannot be read
    ),
    Format(
        "invoice",
        lambda data: parse_invoice(data) and None,
        tuple(EXAMPLES.joinpath(name).read_bytes() for name in ("ubl-invoice.xml", "einvoice.xml")),
        (Failure,),
    ),
)

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**63, 2**64 - 1, -(2**63), "", "é", "\x00", "x" * 300, b"", b"\0" * 32, b"\xff" * 33,
    [], {}, [[]], {"": None}, [0] * 70,
)  # fmt: skip


def damaged(sample: bytes, seed: int) -> bytes:
    """One to four edits: a bit, a byte, a piece gone, doubled or moved, a length made large."""
    chance = random.Random(seed)
    data = bytearray(sample)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        piece = bytes(data[at : at + chance.choice((1, 2, 4, 33, 200))])
        match chance.randrange(6):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(data):
                data[at] = chance.choice((0, 0x7F, 0x80, 0x90, 0xC0, 0xC4, 0xC6, 0xDC, 0xDF, 0xFF))
            case 2:
                del data[at : at + len(piece)]
            case 3:
                data[at:at] = piece
            case 4:
                data[at:at] = chance.randbytes(chance.choice((1, 2, 5)))
            case _:
                data[at:at] = chance.choice((b"\xc6\xff\xff\xff\xff", b"\xdd\x7f\xff\xff\xff", b"\xdf\x00\x10\x00\x00"))
    return bytes(data)


def transplanted(sample: bytes, seed: int) -> bytes:
    """The sample's value with one node replaced, dropped or doubled, in canonical form again."""
    chance = random.Random(seed)
    try:
        value = codec.decode(sample)
    except Malformed:
        return damaged(sample, seed)
    try:
        return codec.encode(_replaced(value, chance))
    except Malformed:
        return b""


def _replaced(value: Any, chance: random.Random) -> Any:
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        match chance.randrange(10):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return [*value[:at], value[at], *value[at:]]
            case _:
                return [*value[:at], _replaced(value[at], chance), *value[at + 1 :]]
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(sorted(value))
        return {**value, name: _replaced(value[name], chance)}
    if isinstance(value, bytes) and len(value) > 40 and chance.random() < 0.7:
        return transplanted(value, chance.randrange(2**32))
    if isinstance(value, int) and chance.random() < 0.5:
        return value + chance.choice((-1, 1, 2**31, 2**62))
    return chance.choice(STRANGE)


def holds(fmt: Format, data: bytes) -> None:
    """The promise of a decoder."""
    try:
        again = fmt.decode(data)
    except fmt.refusals:
        return
    assert again is None or again == data, "two byte strings that mean the same"


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_a_whole_value_or_a_refusal(fmt: Format) -> None:
    counted = [0]

    @settings(
        max_examples=TOTAL // len(FORMATS) + 1, deadline=None, print_blob=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        st.one_of(
            st.binary(max_size=300),
            st.builds(damaged, st.sampled_from(fmt.samples), st.integers(0, 2**48)),
            st.builds(transplanted, st.sampled_from(fmt.samples), st.integers(0, 2**48)),
        )
    )
    @example(b"")
    def run(data: bytes) -> None:
        counted[0] += 1
        holds(fmt, data)

    run()
    print(f"{fmt.name}: {counted[0]} inputs")
    assert counted[0] >= TOTAL // len(FORMATS) // 2, "so many different inputs there are"


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_the_samples_are_good_and_damage_is_deep(fmt: Format) -> None:
    """Samples pass; some damage passes too where the format has room, and most is refused."""
    for sample in fmt.samples:
        assert fmt.decode(sample) in (None, sample)
    refused = 0
    for seed in range(200):
        try:
            fmt.decode(transplanted(fmt.samples[0], seed))
        except fmt.refusals:
            refused += 1
    assert refused > 20 or fmt.name == "canonical value", "any value is one"


def test_the_fuzzer_can_fail() -> None:
    """A decoder without the canonical check takes two byte strings for one value; the fuzzer finds it."""
    import msgspec

    lax = Format(
        "lax",
        lambda data: codec.encode(msgspec.msgpack.decode(data)),
        (codec.encode(list(range(100, 200))),),
        (Exception,),
    )
    with pytest.raises(AssertionError, match="mean the same"):
        holds(lax, b"\x92\xcd\x00\x01\xa1a")
    found = 0
    for seed in range(3_000):
        try:
            holds(lax, damaged(lax.samples[0], seed))
        except AssertionError:
            found += 1
    assert found
