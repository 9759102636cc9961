"""Ed25519: signatures of known seeds, and edge cases with what the network's one rule says about each (`valid`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edwards import BASE, EIGHT, IDENTITY, L, P, Point, add, challenge, compress, times, x_of

from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.keys import PrivateKey

SECRET, NONCE = 0x1234567890ABCDEF1234567890ABCDEF, 0xFEDCBA0987654321FEDCBA0987654321
A, R = times(SECRET, BASE), times(NONCE, BASE)
Case = tuple[str, bool, bytes, bytes, bytes]


def digest(number: int) -> bytes:
    return tagged_hash("edge", number.to_bytes(4, "big"))


def signature(r: bytes, s: int) -> bytes:
    return r + s.to_bytes(32, "little")


def make_case(name: str, valid: bool, a: bytes, r: bytes, secret: int, nonce: int, message: bytes) -> Case:
    s = (nonce + challenge(r, a, message) * secret) % L
    return name, valid, a, message, signature(r, s)


def search(a: bytes, r: bytes, key_torsion: Point, wanted: Point) -> bytes:
    """The first message whose challenge k makes k·(torsion of the key) the wanted point."""
    return next(m for m in map(digest, range(10_000)) if times(challenge(r, a, m) % 8, key_torsion) == wanted)


def plain_cases() -> Iterator[Case]:
    a, r, message = compress(A), compress(R), digest(0)
    good = make_case("an ordinary signature", True, a, r, SECRET, NONCE, message)
    yield good
    s = int.from_bytes(good[4][32:], "little")
    yield "S + L", False, a, message, signature(r, s + L)
    yield "S + 2^255", False, a, message, signature(r, s + 2**255)
    yield "S = L", False, a, message, signature(r, L)
    yield "S = 0", False, a, message, signature(r, 0)
    yield "another message", False, a, digest(1), good[4]
    yield "a flipped bit in R", False, a, message, bytes([good[4][0] ^ 1]) + good[4][1:]
    yield "a flipped bit in S", False, a, message, good[4][:32] + bytes([good[4][32] ^ 1]) + good[4][33:]
    yield "sign bit of R", False, a, message, good[4][:31] + bytes([good[4][31] ^ 0x80]) + good[4][32:]
    yield "all zero", False, bytes(32), message, bytes(64)
    yield "A is not on the curve", False, (2).to_bytes(32, "little"), message, good[4]


def torsion_cases() -> Iterator[Case]:
    mixed_a, mixed_r = add(A, EIGHT), add(R, EIGHT)
    a, r = compress(mixed_a), compress(R)
    message = search(a, r, EIGHT, IDENTITY)
    yield make_case("A of mixed order, the cofactorless equation holds", True, a, r, SECRET, NONCE, message)
    message = search(a, r, EIGHT, times(4, EIGHT))
    yield make_case("A of mixed order, only the cofactored equation holds", False, a, r, SECRET, NONCE, message)
    r = compress(mixed_r)
    yield make_case(
        "R of mixed order, only the cofactored equation holds", False, compress(A), r, SECRET, NONCE, digest(0)
    )
    message = search(a, r, EIGHT, times(7, EIGHT))
    yield make_case("A and R of mixed order, the cofactorless equation holds", True, a, r, SECRET, NONCE, message)
    for order in range(8):
        small = compress(times(order, EIGHT))
        message = search(small, compress(R), times(order, EIGHT), IDENTITY)
        yield make_case(f"A = {order}·T of small order", False, small, compress(R), 0, NONCE, message)
        message = search(a, small, EIGHT, times(-order % 8, EIGHT))
        yield make_case(f"R = {order}·T of small order", False, a, small, SECRET, 0, message)


def non_canonical_cases() -> Iterator[Case]:
    for y in range(19):
        for sign in (0, 1):
            x = 0 if y == 1 else x_of(y, sign)
            if x is None:
                continue
            encoded = (y + P | sign << 255).to_bytes(32, "little")
            name = f"y = p + {y}, sign {sign}"
            if times(8, (x, y)) == IDENTITY:
                message = search(encoded, compress(R), (x, y), IDENTITY)
                yield make_case(f"A is not canonical: {name}", False, encoded, compress(R), 0, NONCE, message)
            else:
                yield f"A is not canonical: {name}", False, encoded, digest(0), signature(compress(R), NONCE)
            yield make_case(f"R is not canonical: {name}", False, compress(A), encoded, SECRET, 0, digest(0))
    negative_zero = (1 | 1 << 255).to_bytes(32, "little")
    yield make_case("R is minus zero", False, compress(A), negative_zero, SECRET, 0, digest(0))
    message = digest(0)
    yield make_case("A is minus zero", False, negative_zero, compress(R), 0, NONCE, message)


def signatures() -> list[dict[str, Any]]:
    found = []
    for number, (domain, message) in enumerate([("tx-sign", b""), ("vote", b"abc"), ("proposal", bytes(100))]):
        seed = bytes([number]) * 32
        key = PrivateKey.from_seed(seed)
        found.append(
            {
                "seed": seed.hex(),
                "public": key.public.hex(),
                "domain": domain,
                "message": message.hex(),
                "digest": tagged_hash(domain, message).hex(),
                "signature": key.sign(domain, message).hex(),
            }
        )
    return found


def make() -> dict[str, Any]:
    edges = [
        {
            "name": name,
            "public": public.hex(),
            "digest": message.hex(),
            "signature": signed.hex(),
            "valid": valid,
        }
        for cases in (plain_cases(), torsion_cases(), non_canonical_cases())
        for name, valid, public, message, signed in cases
    ]
    return {"signatures": signatures(), "edges": edges}
