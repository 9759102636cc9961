"""The wire of a transaction: form, ids, signatures. Written from transactions.md, "Form" and "Who may send"."""

from __future__ import annotations

from dataclasses import dataclass

from second import ed25519
from second.codec import decode, encode
from second.hashing import tagged
from second.refused import must
from second.shapes import MAX_63, ascending, integer, items, mapping, octets, of_format, text

MAX_BYTES = 65_536
MAX_ITEMS = 2_000
MAX_MEMO = 256
MAX_CALLS = 100
MAX_KEYS = 16
MAX_NAME = 40
DAY_MS = 86_400_000

Call = tuple[str, str, dict[str, object]]


@dataclass(frozen=True)
class Transaction:
    """What a wire says."""

    network: bytes
    party: str
    valid_until_ms: int
    nonce: bytes
    threshold: int
    keys: list[tuple[str, bytes]]
    calls: list[Call]
    memo: str
    signatures: list[tuple[int, bytes]]
    body: bytes
    wire: bytes

    @property
    def id(self) -> bytes:
        """What people quote; which of the keys signed is not in it."""
        return tagged("tx-body", self.body)

    @property
    def wire_id(self) -> bytes:
        """The leaf of tx_root; it covers the signatures."""
        return wire_id(self.wire)

    @property
    def signers(self) -> list[bytes]:
        """The keys that signed, in the order of the list."""
        return [self.keys[i][1] for i, _ in self.signatures]


def wire_id(wire: bytes) -> bytes:
    """H("tx-wire", wire)."""
    return tagged("tx-wire", wire)


def read_call(value: object) -> Call:
    """[contract, function, {argument: value}]."""
    contract, function, arguments = items(value, 3)
    return text(contract, 1, MAX_NAME), text(function, 1, MAX_NAME), mapping(arguments)


def _read_key(value: object) -> tuple[str, bytes]:
    algorithm, key = items(value, 2)
    must(text(algorithm) == "ed25519", "algorithm_unknown", str(algorithm))
    return text(algorithm), octets(key)


def _counts(memo: object, keys: object) -> None:
    """What is looked at before the rest: how long the memo, how many keys."""
    must(len(text(memo, 0, MAX_MEMO * 4).encode()) <= MAX_MEMO, "transaction_memo", "256 bytes")
    threshold, listed = items(keys, 2)
    must(1 <= len(items(listed)) <= MAX_KEYS, "transaction_keys", "1 to 16 keys")
    integer(threshold, 1, len(items(listed)), "transaction_keys")


def read(wire: bytes) -> Transaction:
    """The form of a transaction; signatures are looked at by `check_signatures`."""
    outer = items(decode(wire, MAX_BYTES, max_items=MAX_ITEMS), 2)
    body = octets(outer[0], None)
    _, network, party, until, nonce, keyed, calls, memo = of_format(decode(body, MAX_BYTES, max_items=MAX_ITEMS), 8)
    _counts(memo, keyed)
    threshold, listed = items(keyed, 2)
    octets(network)
    text(party, 1, 200)
    integer(until, 0, MAX_63)
    octets(nonce, 16)
    keys = [_read_key(pair) for pair in items(listed)]
    order = [(algorithm.encode(), key) for algorithm, key in keys]
    must(ascending(order), "transaction_keys", "keys ascend, each once")
    signatures = _read_signatures(outer[1], integer(threshold, 1, len(keys)), len(keys))
    must(1 <= len(items(calls)) <= MAX_CALLS, "transaction_calls", "1 to 100 calls")
    read_calls = [read_call(call) for call in items(calls)]
    return Transaction(
        octets(network),
        text(party),
        integer(until, 0, MAX_63),
        octets(nonce, 16),
        integer(threshold, 1, len(keys)),
        keys,
        read_calls,
        text(memo, 0, MAX_MEMO),
        signatures,
        body,
        wire,
    )


def _read_signatures(value: object, threshold: int, keys: int) -> list[tuple[int, bytes]]:
    must(len(items(value)) == threshold, "transaction_signatures", "exactly m")
    found: list[tuple[int, bytes]] = []
    for pair in items(value):
        index, signature = items(pair, 2)
        place = integer(index, 0, keys - 1, "transaction_signatures")
        must(not found or found[-1][0] < place, "transaction_signatures", "ascending, each once")
        found.append((place, octets(signature, 64)))
    return found


def check_signatures(transaction: Transaction) -> None:
    """Every signature is good, over H("tx-sign", body)."""
    digest = tagged("tx-sign", transaction.body)
    for place, signature in transaction.signatures:
        must(ed25519.verifies(transaction.keys[place][1], digest, signature), "signature_invalid", f"of key {place}")


def check_time(transaction: Transaction, time_ms: int, window_ms: int = DAY_MS) -> None:
    """t ≤ valid_until_ms < t + the window, t being the time of the block."""
    must(time_ms <= transaction.valid_until_ms, "transaction_expired")
    must(transaction.valid_until_ms < time_ms + window_ms, "transaction_too_early")


def body_of(
    network: bytes,
    party: str,
    valid_until_ms: int,
    nonce: bytes,
    threshold: int,
    keys: list[list[object]],
    calls: list[object],
    memo: str,
) -> bytes:
    """The body that says this, to compare with what was read."""
    return encode([2, network, party, valid_until_ms, nonce, [threshold, keys], calls, memo])
