"""Ed25519 by the one rule, in integers. Written from hashing-and-signing.md, "Ed25519: one rule", and RFC 8032."""

from __future__ import annotations

from functools import cache
from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]  # extended coordinates X, Y, Z, T: x = X/Z, y = Y/Z, xy = T/Z
ZERO: Point = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    """The sum of two points, which may be the same."""
    u = (a[1] - a[0]) * (b[1] - b[0]) % P
    v = (a[1] + a[0]) * (b[1] + b[0]) % P
    w = 2 * D * a[3] * b[3] % P
    z = 2 * a[2] * b[2] % P
    e, f, g, h = v - u, z - w, z + w, v + u
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """The multiple of a point."""
    found = ZERO
    for bit in bin(number)[2:]:
        found = add(found, found)
        if bit == "1":
            found = add(found, point)
    return found


def same(a: Point, b: Point) -> bool:
    """Whether two triples name one point."""
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def negated(a: Point) -> Point:
    """The point that adds up to zero with this one."""
    return -a[0] % P, a[1], a[2], -a[3] % P


def point_of(data: bytes) -> Point | None:
    """The point of a canonical encoding: y below p, and no sign bit where x is 0; anything else is none."""
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if len(data) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encoded(point: Point) -> bytes:
    """The 32 bytes of a point."""
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


@cache
def base() -> Point:
    """The base point of RFC 8032: y = 4/5, x even."""
    point = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    assert point is not None
    return point


def verifies(public: bytes, digest: bytes, signature: bytes) -> bool:
    """Rules 1 to 4 of the document, over the 32 bytes that were signed."""
    if len(public) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    a, r = point_of(public), point_of(signature[:32])
    if s >= L or a is None or r is None:
        return False
    if same(times(8, a), ZERO) or same(times(8, r), ZERO):
        return False
    k = int.from_bytes(sha512(signature[:32] + public + digest).digest(), "little") % L
    return same(_two_multiples(s, base(), k, negated(a)), r)


def _two_multiples(m: int, a: Point, n: int, b: Point) -> Point:
    """m·a + n·b in one pass over the bits."""
    both = add(a, b)
    found = ZERO
    for bit in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        found = add(found, found)
        which = (m >> bit & 1) | (n >> bit & 1) << 1
        if which:
            found = add(found, (a, b, both)[which - 1])
    return found


def _secret(seed: bytes) -> tuple[int, bytes]:
    hashed = sha512(seed).digest()
    return int.from_bytes(hashed[:32], "little") & (2**254 - 8) | 2**254, hashed[32:]


def public_of(seed: bytes) -> bytes:
    """The public key of a 32-byte seed (RFC 8032, 5.1.5)."""
    return encoded(times(_secret(seed)[0], base()))


def sign(seed: bytes, digest: bytes) -> bytes:
    """The signature over a digest (RFC 8032, 5.1.6), to compare with those of the vectors."""
    secret, prefix = _secret(seed)
    public = public_of(seed)
    r = int.from_bytes(sha512(prefix + digest).digest(), "little") % L
    point = encoded(times(r, base()))
    k = int.from_bytes(sha512(point + public + digest).digest(), "little") % L
    return point + ((r + k * secret) % L).to_bytes(32, "little")
