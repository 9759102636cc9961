"""Ed25519 private keys: made, derived from a seed, and carried in encrypted PKCS#8 PEM files.

The bytes of a file come and go as values; where they are stored, and with which file mode, is the shell's business.
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.signing import SigningKey

from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.key_files import encrypted
from chainbill.errors import Malformed, Reason

SEED_BYTES = 32


class PrivateKey:
    """An Ed25519 key pair. `public` is 32 bytes; signatures are 64 bytes over H(domain, message)."""

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes) -> None:
        if type(seed) is not bytes or len(seed) != SEED_BYTES:
            raise Malformed(Reason.KEY_MALFORMED, "a private key is a seed of 32 bytes")
        self._key = SigningKey(seed)
        self.public: bytes = bytes(self._key.verify_key)

    @classmethod
    def generate(cls) -> PrivateKey:
        """A new key from the operating system's generator."""
        return cls(bytes(SigningKey.generate()))

    @classmethod
    def from_seed(cls, seed: bytes) -> PrivateKey:
        """The key of a 32-byte seed (RFC 8032, 5.1.5): the same seed gives the same key."""
        return cls(seed)

    @property
    def seed(self) -> bytes:
        """The 32 secret bytes."""
        return bytes(self._key)

    def sign(self, domain: str, message: bytes) -> bytes:
        """64 bytes over H(domain, message); deterministic (RFC 8032)."""
        return self._key.sign(tagged_hash(domain, message)).signature

    def to_pem(self, password: bytes) -> bytes:
        """Encrypted PKCS#8 PEM (see `key_files`); an empty password is refused."""
        if not password:
            raise Malformed(Reason.KEY_FILE_PASSWORD, "a key file needs a password")
        plain = Ed25519PrivateKey.from_private_bytes(self.seed).private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return encrypted(plain, password)

    @classmethod
    def from_pem(cls, pem: bytes, password: bytes) -> PrivateKey:
        """Read any PKCS#8 in PEM. Malformed: another format, another key type, or the wrong password."""
        try:
            loaded = serialization.load_pem_private_key(pem, password)
        except TypeError:
            raise Malformed(Reason.KEY_FILE_PASSWORD, "the key file is not encrypted, or no password given") from None
        except (ValueError, UnsupportedAlgorithm):
            raise Malformed(Reason.KEY_FILE_MALFORMED, "not a PKCS#8 key file, or the wrong password") from None
        if not isinstance(loaded, Ed25519PrivateKey):
            raise Malformed(Reason.KEY_FILE_MALFORMED, "not an Ed25519 key")
        return cls(loaded.private_bytes_raw())

    def __repr__(self) -> str:
        return f"PrivateKey(public={self.public.hex()})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PrivateKey) and other.public == self.public

    def __hash__(self) -> int:
        return hash(self.public)
