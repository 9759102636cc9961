"""Signing a read: HTTP message signatures (RFC 9421) with the Ed25519 key of a party.

Pure and small, so that the command line and other clients use the very code that the tests check the node with.
Covered are ``@method @authority @path @query`` and, when a body is sent, ``content-digest`` (RFC 9530); the parameters
are ``created``, ``nonce``, ``keyid`` (the public key in hex) and ``alg="ed25519"``. The signature is over the
signature base itself: it starts with a component name in quotes and can never be one of the ledger's tagged hashes.
"""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import urlsplit

from nacl.signing import SigningKey

from chainbill.crypto.keys import PrivateKey

LABEL = "chainbill"
"""The label of the signature in both header fields."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


def sign_request(
    key: PrivateKey, method: str, url: str, *, created_s: int, nonce: bytes, body: bytes = b""
) -> dict[str, str]:
    """Give the header fields to add to a request for the absolute ``url``, exactly as it will be sent.

    ``created_s`` is Unix time in seconds (the node accepts it for 60 s), ``nonce`` at least 12 fresh random bytes.
    """
    headers: dict[str, str] = {}
    if body:
        headers["Content-Digest"] = content_digest(body)
    base, parameters = signature_base(method, url, headers, created_s=created_s, nonce=nonce, public=key.public)
    signature = SigningKey(key.seed).sign(base.encode("ascii")).signature
    headers["Signature-Input"] = f"{LABEL}={parameters}"
    headers["Signature"] = f"{LABEL}=:{base64.b64encode(signature).decode()}:"
    return headers


def signature_base(
    method: str, url: str, headers: dict[str, str], *, created_s: int, nonce: bytes, public: bytes
) -> tuple[str, str]:
    """Give the text that is signed (RFC 9421 section 2.5) and the signature parameters (2.3)."""
    parts = urlsplit(url)
    lines = [
        ('"@method"', method.upper()),
        ('"@authority"', authority_of(url)),
        ('"@path"', parts.path or "/"),
        ('"@query"', f"?{parts.query}"),
    ]
    if "Content-Digest" in headers:
        lines.append(('"content-digest"', headers["Content-Digest"]))
    covered = " ".join(name for name, _ in lines)
    parameters = f'({covered});created={created_s};nonce="{nonce.hex()}";keyid="{public.hex()}";alg="ed25519"'
    lines.append(('"@signature-params"', parameters))
    return "\n".join(f"{name}: {value}" for name, value in lines), parameters


def authority_of(url: str) -> str:
    """Give host and port as RFC 9421 section 2.2.3 normalises them: lower case, no default port."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    return host if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def content_digest(body: bytes) -> str:
    """Give the value of a Content-Digest field (RFC 9530) by SHA-256."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
