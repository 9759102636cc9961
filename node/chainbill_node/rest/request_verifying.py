"""Checking the signature of a read (RFC 9421), and that each signed request is used once.

The library parses the fields and builds the signature base; the time, the key rule (the one Ed25519 rule of the
network) and the replay check are ours. Accepted for 60 seconds after ``created``, and 5 seconds before it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from http_message_signatures import (  # type: ignore[attr-defined, unused-ignore]
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)

from chainbill.crypto.signing import verify_digest

VALIDITY_S = 60
"""How long after its creation a signed request is accepted."""

SKEW_S = 5
"""How far a client's clock may be ahead."""

MAX_NONCES = 50_000
"""Signed requests remembered at a time, of one party as many as are left; more within the validity are refused."""

MIN_NONCE_CHARACTERS = 16
MAX_NONCE_CHARACTERS = 128
MAX_FIELD_CHARACTERS = 4_096


class HeaderLines:
    """Header fields in order, a field may come more than once; names in lower case."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        self._lines = tuple((name.lower(), value) for name, value in lines)

    def items(self) -> Sequence[tuple[str, str]]:
        """Give (name, value) of every line."""
        return self._lines


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A request as the library wants it: method, absolute URL, header fields in order."""

    method: str
    url: str
    headers: HeaderLines


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """A good signature: by which key, over what, with which nonce."""

    key: bytes
    covered: frozenset[str]
    nonce: str


class SignatureRefused(Exception):  # noqa: N818 - an outcome a client is told about
    """The signature is not acceptable; ``code`` names why, ``detail`` says it in English for people."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class _Ed25519(HTTPSignatureAlgorithm):  # type: ignore[misc, unused-ignore]
    algorithm_id = "ed25519"

    def __init__(self, public_key: Any = None, **_unused: Any) -> None:
        self.public = public_key

    def sign(self, message: bytes) -> bytes:
        raise NotImplementedError("a node verifies only")

    def verify(self, signature: bytes, message: bytes) -> None:
        if not verify_digest(self.public, message, signature):
            raise InvalidSignature("the signature does not fit")


class _HexKeys(HTTPSignatureKeyResolver):  # type: ignore[misc, unused-ignore]
    def resolve_public_key(self, key_id: str) -> bytes | None:
        try:
            return bytes.fromhex(key_id) if len(key_id) == 64 else None
        except ValueError:
            return None

    def resolve_private_key(self, key_id: str) -> bytes:
        raise NotImplementedError("a node verifies only")


class _Verifier(HTTPMessageVerifier):  # type: ignore[misc, unused-ignore]
    def __init__(self, now_s: int) -> None:
        super().__init__(signature_algorithm=_Ed25519, key_resolver=_HexKeys())
        self.now_s = now_s

    def validate_created_and_expires(self, sig_input: Any, max_age: object = None) -> None:  # noqa: ARG002
        """Check the times against the clock that was given and not the machine's."""
        created, expires = sig_input.params.get("created"), sig_input.params.get("expires")
        if type(created) is not int:
            raise SignatureRefused("signature_without_created")
        if not self.now_s - VALIDITY_S <= created <= self.now_s + SKEW_S:
            raise SignatureRefused("signature_time", f"created {created}, the node's clock says {self.now_s}")
        if expires is not None and (type(expires) is not int or expires < self.now_s):
            raise SignatureRefused("signature_time", f"expires {expires}, the node's clock says {self.now_s}")


def verify_request(message: SignedMessage, now_s: int, body: bytes = b"") -> VerifiedRequest:
    """Check the one signature of a request; raises SignatureRefused.

    It must cover ``@method`` and either ``@target-uri`` or both ``@path`` and ``@query``, and carry ``created``,
    ``keyid`` and ``nonce``. With a body it must cover a Content-Digest, which must fit.
    """
    fields = [value for name, value in message.headers.items() if name.startswith("signature")]
    if any(len(value) > MAX_FIELD_CHARACTERS for value in fields):
        raise SignatureRefused("request_signature_invalid", "the signature fields are too long")
    try:
        [result] = _Verifier(now_s).verify(message, max_age=None)
        covered = frozenset(str(name).strip('"') for name in result.covered_components)
        if "content-digest" in covered:
            _Verifier(now_s).verify_body(message, [result], body)
    except SignatureRefused:
        raise
    except (HTTPMessageSignaturesException, ValueError, KeyError, TypeError) as error:
        raise SignatureRefused("request_signature_invalid", str(error)[:200]) from error
    whole = "@target-uri" in covered or {"@path", "@query"} <= covered
    if "@method" not in covered or not whole or (body and "content-digest" not in covered):
        raise SignatureRefused("signature_coverage")
    nonce = result.parameters.get("nonce")
    if not isinstance(nonce, str) or not MIN_NONCE_CHARACTERS <= len(nonce) <= MAX_NONCE_CHARACTERS:
        raise SignatureRefused("signature_without_nonce")
    return VerifiedRequest(bytes.fromhex(str(result.parameters["keyid"])), covered, nonce)


class ReplayGuard:
    """Remembers the nonces of accepted requests for as long as their signature could be used again.

    A party may hold as many as are left, so that none takes the place of all others: alone half of them, and when one
    does, the next party half of the rest.
    """

    def __init__(self, capacity: int = MAX_NONCES) -> None:
        self._capacity = capacity
        self._seen: OrderedDict[tuple[bytes, str], tuple[int, str]] = OrderedDict()  # until when, and whose
        self._held: dict[str, int] = {}
        self._lock = threading.Lock()

    def use(self, request: VerifiedRequest, now_s: int, party: str) -> None:
        """Note a request of a party; SignatureRefused when it was used before or too many are remembered."""
        with self._lock:
            while self._seen and next(iter(self._seen.values()))[0] < now_s:
                self._forget_oldest()
            place = (request.key, request.nonce)
            if place in self._seen:
                raise SignatureRefused("signature_replayed")
            held = self._held.get(party, 0)
            if held >= self._capacity - len(self._seen):
                raise SignatureRefused("too_many_requests")
            self._seen[place] = now_s + VALIDITY_S + SKEW_S, party
            self._held[party] = held + 1

    def _forget_oldest(self) -> None:
        _, (_, party) = self._seen.popitem(last=False)
        self._held[party] -= 1
        if not self._held[party]:
            del self._held[party]
