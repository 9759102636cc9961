"""X25519 keys, and what is sealed to them: HPKE in base mode (RFC 9180) of X25519, HKDF-SHA-256 and AES-128-GCM.

Anybody seals to a public key, and nobody learns from the result who did; only the private key opens it. Each sealing
makes a key of its own, so that the same text sealed twice has nothing in common.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from chainbill.crypto.key_files import encrypted
from chainbill.errors import Malformed, Reason

KEY_BYTES = 32
OVERHEAD_BYTES = KEY_BYTES + 16
"""What is sealed is longer by this than its text: the key of this sealing, and the tag."""
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


class EncryptionKey:
    """An X25519 key pair. `public` is 32 bytes."""

    __slots__ = ("_key", "public")

    def __init__(self, private: bytes) -> None:
        if type(private) is not bytes or len(private) != KEY_BYTES:
            raise Malformed(Reason.KEY_MALFORMED, "a private key is 32 bytes")
        self._key = X25519PrivateKey.from_private_bytes(private)
        self.public: bytes = self._key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> EncryptionKey:
        """A new key from the operating system's generator."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """What was sealed to this key with this `info`. Malformed: to another, with another, or changed since."""
        try:
            return _SUITE.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError):
            raise Malformed(Reason.NOT_SEALED_SO, "not sealed to this key for this purpose") from None

    def to_pem(self, password: bytes) -> bytes:
        """PKCS#8 PEM, encrypted (see `key_files`); plain where the password is b"" (for trials)."""
        form = serialization.Encoding.DER if password else serialization.Encoding.PEM
        content = self._key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return encrypted(content, password) if password else content

    @classmethod
    def from_pem(cls, pem: bytes, password: bytes | None) -> EncryptionKey:
        """Read PKCS#8 in PEM; password None for a plain one. Malformed: another format or key, the wrong password."""
        try:
            loaded = serialization.load_pem_private_key(pem, password)
        except TypeError:
            raise Malformed(Reason.KEY_FILE_PASSWORD, "the key file is not encrypted, or no password given") from None
        except (ValueError, UnsupportedAlgorithm):
            raise Malformed(Reason.KEY_FILE_MALFORMED, "not a PKCS#8 key file, or the wrong password") from None
        if not isinstance(loaded, X25519PrivateKey):
            raise Malformed(Reason.KEY_FILE_MALFORMED, "not an X25519 key")
        return cls(loaded.private_bytes_raw())

    def __repr__(self) -> str:
        return f"EncryptionKey(public={self.public.hex()})"


def seal(public: bytes, text: bytes, info: bytes) -> bytes:
    """Seal a text to a public key of 32 bytes: longer by OVERHEAD_BYTES. Malformed: no key to which one can seal.

    info: what it is sealed for; who opens it must say the same.
    """
    try:
        return _SUITE.encrypt(text, X25519PublicKey.from_public_bytes(public), info)
    except ValueError:
        raise Malformed(Reason.KEY_MALFORMED, "no key to seal to") from None
