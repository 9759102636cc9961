"""Encrypted key files: PKCS#8 in PEM (RFC 5958), PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018, appendix A).

Written here and not by the library, whose PKCS#8 has 2,048 rounds and cannot be told otherwise; its PKCS#12 takes a
number for the key but checks the same password by a MAC of 2,048, which is then what a thief tries. What is written is
read by the library and by openssl.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from nacl.utils import random

KDF_ROUNDS = 600_000
"""OWASP's figure for PBKDF2-HMAC-SHA-256 (2023). One guess costs 0.07 s of a processor; with 2,048 it was 0.0003 s."""
SALT_BYTES = 16
BLOCK_BITS = 128
PBES2 = bytes.fromhex("2a864886f70d01050d")
PBKDF2 = bytes.fromhex("2a864886f70d01050c")
HMAC_SHA256 = bytes.fromhex("2a864886f70d0209")
AES_256_CBC = bytes.fromhex("60864801650304012a")
BEGIN, END = b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"-----END ENCRYPTED PRIVATE KEY-----"
INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30


def encrypted(pkcs8: bytes, password: bytes) -> bytes:
    """PEM of a private key (PKCS#8, DER), encrypted under a password with KDF_ROUNDS rounds and a fresh salt."""
    salt, start = random(SALT_BYTES), random(BLOCK_BITS // 8)
    key = PBKDF2HMAC(SHA256(), 32, salt, KDF_ROUNDS).derive(password)
    padder, cipher = PKCS7(BLOCK_BITS).padder(), Cipher(AES(key), CBC(start)).encryptor()
    hidden = cipher.update(padder.update(pkcs8) + padder.finalize()) + cipher.finalize()
    rounds = _der(INTEGER, KDF_ROUNDS.to_bytes(3, "big"))
    function = _der(SEQUENCE, _der(OID, HMAC_SHA256), _der(NULL))
    derivation = _der(SEQUENCE, _der(OID, PBKDF2), _der(SEQUENCE, _der(OCTETS, salt), rounds, function))
    scheme = _der(SEQUENCE, _der(OID, AES_256_CBC), _der(OCTETS, start))
    algorithm = _der(SEQUENCE, _der(OID, PBES2), _der(SEQUENCE, derivation, scheme))
    return _pem(_der(SEQUENCE, algorithm, _der(OCTETS, hidden)))


def rounds_of(pem: bytes) -> int | None:
    """The rounds of PBKDF2 in an encrypted key file; None where it has no PBKDF2 or cannot be read.

    Example: 600_000 for what `encrypted` writes, 2_048 for what openssl writes when it is not asked for more.
    """
    if BEGIN not in pem:
        return None
    body = pem.partition(BEGIN)[2].partition(END)[0]
    try:
        whole = _only(_items(base64.b64decode(b"".join(body.split()), validate=True)), SEQUENCE)
        scheme, parameters = _items(_only(_items(whole), SEQUENCE))
        if scheme != (OID, PBES2):
            return None
        derivation = _only(_items(parameters[1]), SEQUENCE)
        name, given = _items(derivation)
        if name != (OID, PBKDF2):
            return None
        return next(int.from_bytes(value, "big") for tag, value in _items(given[1]) if tag == INTEGER)
    except (ValueError, binascii.Error, StopIteration):
        return None


def _only(items: Iterator[tuple[int, bytes]], tag: int) -> bytes:
    """The content of the first item, which must have this tag."""
    found, content = next(items)
    if found != tag:
        raise ValueError(f"tag {found}, not {tag}")
    return content


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each DER item in a row; lengths up to 65,535. ValueError where one is cut off."""
    while data:
        if len(data) < 2:
            raise ValueError("an item is cut off")
        tag, size, at = data[0], data[1], 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
            if not 1 <= count <= 2:
                raise ValueError("a length of another form")
        if at + size > len(data):
            raise ValueError("an item is cut off")
        yield tag, data[at : at + size]
        data = data[at + size :]


def _der(tag: int, *parts: bytes) -> bytes:
    """One DER item of up to 255 bytes."""
    content = b"".join(parts)
    length = bytes([len(content)]) if len(content) < 0x80 else bytes([0x81, len(content)])
    return bytes([tag]) + length + content


def _pem(der: bytes) -> bytes:
    text = base64.b64encode(der)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return b"\n".join([BEGIN, *lines, END, b""])
