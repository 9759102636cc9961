"""Signing and verifying reads: our signer against the library, RFC 9421's own vector, and every way to be refused."""

from __future__ import annotations

import base64
import datetime

import pytest
from chainbill_node.rest.request_signing import authority_of, sign_request
from chainbill_node.rest.request_verifying import (
    HeaderLines,
    ReplayGuard,
    SignatureRefused,
    SignedMessage,
    VerifiedRequest,
    verify_request,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
)

from chainbill.crypto.keys import PrivateKey
from chainbill.crypto.signing import verify_digest

KEY = PrivateKey.from_seed(bytes(range(32)))
INVALID = "request_signature_invalid"
URL = "http://node.test:8080/v1/bills?debtor=A&at=2026-01-01"
NOW = 1_800_000_000
NONCE = bytes(12)


def message(headers: dict[str, str], method: str = "GET", url: str = URL) -> SignedMessage:
    return SignedMessage(method, url, HeaderLines(headers.items()))


def refused(headers: dict[str, str], now: int = NOW, method: str = "GET", url: str = URL, body: bytes = b"") -> str:
    with pytest.raises(SignatureRefused) as caught:
        verify_request(message(headers, method, url), now, body)
    return caught.value.code


def library_signed(covered: tuple[str, ...], **options: object) -> dict[str, str]:
    """Sign with the library and the system's Ed25519, as a client in another language would."""

    class Message:
        method, url = "GET", URL
        headers: dict[str, str] = {}  # noqa: RUF012

    made = Message()
    made.headers = {}
    private = Ed25519PrivateKey.from_private_bytes(KEY.seed)
    resolver = MappingKeyResolver(public_keys={}, private_keys={KEY.public.hex(): private})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
    signer.sign(
        made, key_id=KEY.public.hex(), created=datetime.datetime.fromtimestamp(NOW, datetime.UTC),
        covered_component_ids=covered, **{"nonce": "0123456789abcdef", **options},
    )  # fmt: skip
    return made.headers


@pytest.mark.parametrize(
    "url", [URL, "http://node.test/", "https://NODE.test:443/v1/x", "http://[::1]:99/v1?q=%E4%B8%AD"]
)
def test_what_we_sign_is_accepted_for_sixty_seconds(url: str) -> None:
    headers = sign_request(KEY, "get", url, created_s=NOW, nonce=NONCE)
    for now in (NOW - 5, NOW, NOW + 60):
        found = verify_request(message(headers, url=url), now)
        assert (found.key, found.nonce) == (KEY.public, NONCE.hex())
    assert refused(headers, NOW + 61, url=url) == "signature_time"
    assert refused(headers, NOW - 6, url=url) == "signature_time"


def test_what_we_sign_is_what_the_library_verifies() -> None:
    headers = sign_request(KEY, "GET", URL, created_s=int(datetime.datetime.now(datetime.UTC).timestamp()), nonce=NONCE)
    public = Ed25519PublicKey.from_public_bytes(KEY.public)
    resolver = MappingKeyResolver(public_keys={KEY.public.hex(): public}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
    [result] = verifier.verify(message(headers), require_components=("@method", "@authority", "@path", "@query"))
    assert result.parameters["keyid"] == KEY.public.hex()


@pytest.mark.parametrize(
    "covered",
    [("@method", "@target-uri"), ("@method", "@path", "@query"), ("@method", "@target-uri", "@authority")],
)
def test_other_clients_may_cover_the_request_in_other_ways(covered: tuple[str, ...]) -> None:
    assert verify_request(message(library_signed(covered)), NOW).key == KEY.public


@pytest.mark.parametrize("covered", [("@method",), ("@target-uri",), ("@method", "@path"), ("@path", "@query")])
def test_too_little_covered_is_refused(covered: tuple[str, ...]) -> None:
    assert refused(library_signed(covered)) == "signature_coverage"


def test_a_changed_request_is_refused() -> None:
    headers = sign_request(KEY, "GET", URL, created_s=NOW, nonce=NONCE)
    assert refused(headers, method="POST") == INVALID
    assert refused(headers, url=URL + "1") == INVALID
    assert refused(headers, url=URL.replace("bills", "tokens")) == INVALID
    assert refused(headers, url=URL.replace("node.test", "other.test")) == INVALID
    later = headers | {"Signature-Input": headers["Signature-Input"].replace(str(NOW), str(NOW + 1))}
    assert refused(later) == INVALID
    other = headers | {"Signature-Input": headers["Signature-Input"].replace(KEY.public.hex(), "11" * 32)}
    assert refused(other) == INVALID


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Signature": ""}, INVALID), ({"Signature": "chainbill=:AAAA:"}, INVALID),
        ({"Signature": "other=:AAAA:"}, INVALID), ({"Signature-Input": "junk((("}, INVALID),
        ({"Signature-Input": "x" * 5000}, INVALID),
    ],
)  # fmt: skip
def test_broken_fields_are_refused(changed: dict[str, str], code: str) -> None:
    assert refused(sign_request(KEY, "GET", URL, created_s=NOW, nonce=NONCE) | changed) == code


def test_missing_parameters_are_named() -> None:
    headers = sign_request(KEY, "GET", URL, created_s=NOW, nonce=NONCE)
    fields = headers["Signature-Input"]
    assert refused(headers | {"Signature-Input": fields.replace(f";created={NOW}", "")}) == "signature_without_created"
    assert refused(headers | {"Signature-Input": fields.replace('"ed25519"', '"hmac-sha256"')}) == INVALID
    assert refused(headers | {"Signature-Input": fields.replace(KEY.public.hex(), "nokey")}) == INVALID
    assert refused(library_signed(("@method", "@target-uri"), nonce=None)) == "signature_without_nonce"
    assert refused(library_signed(("@method", "@target-uri"), nonce="short")) == "signature_without_nonce"
    assert refused(library_signed(("@method", "@target-uri"), nonce="n" * 129)) == "signature_without_nonce"
    expired = library_signed(
        ("@method", "@target-uri"), expires=datetime.datetime.fromtimestamp(NOW + 5, datetime.UTC)
    )  # fmt: skip
    assert refused(expired, NOW + 10) == "signature_time"


def test_a_small_order_key_signs_nothing() -> None:
    small = "0100000000000000000000000000000000000000000000000000000000000000"
    headers = sign_request(KEY, "GET", URL, created_s=NOW, nonce=NONCE)
    forged = headers["Signature-Input"].replace(KEY.public.hex(), small)
    zero = "chainbill=:" + "AQ" + "A" * 84 + "==:"
    assert refused({"Signature-Input": forged, "Signature": zero}) == INVALID


def test_a_covered_body_must_fit() -> None:
    headers = sign_request(KEY, "POST", URL, created_s=NOW, nonce=NONCE, body=b"body")
    assert "content-digest" in verify_request(message(headers, "POST"), NOW, b"body").covered
    assert refused(headers, method="POST", body=b"other") == INVALID


def test_a_body_must_be_covered() -> None:
    headers = sign_request(KEY, "POST", URL, created_s=NOW, nonce=NONCE)
    assert refused(headers, method="POST", body=b"body") == "signature_coverage"


def test_our_key_rule_accepts_the_vector_of_rfc_9421_appendix_b_2_6() -> None:
    seed = bytes.fromhex("9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5")
    key = PrivateKey.from_seed(seed)
    assert key.public.hex() == "26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb"
    base = (
        '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@method": POST\n"@path": /foo\n"@authority": example.com\n'
        '"content-type": application/json\n"content-length": 18\n'
        '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    signature = base64.b64decode(
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    assert verify_digest(key.public, base.encode(), signature)


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("http://A.b/", "a.b"), ("http://a.b:80/", "a.b"), ("https://a.b:443", "a.b"), ("https://a.b:80", "a.b:80"),
        ("http://[::1]:8/", "[::1]:8"),
    ],
)  # fmt: skip
def test_the_authority_is_normalised(url: str, authority: str) -> None:
    assert authority_of(url) == authority


def test_the_replay_guard_remembers_for_the_validity_and_is_bounded() -> None:
    guard = ReplayGuard(capacity=4)
    one, two, three = (VerifiedRequest(KEY.public, frozenset(), str(number)) for number in range(3))
    guard.use(one, NOW, "a")
    for now in (NOW, NOW + 65):
        with pytest.raises(SignatureRefused, match="signature_replayed"):
            guard.use(one, now, "a")
    guard.use(two, NOW, "a")
    with pytest.raises(SignatureRefused, match="too_many_requests"):
        guard.use(three, NOW, "a")
    guard.use(three, NOW + 66, "a")


def test_one_partys_signed_reads_leave_room_for_those_of_others() -> None:
    """attack: 50,000 signed reads of one party within a minute, and every other party was answered 429."""
    guard = ReplayGuard(capacity=100)
    numbers = iter(range(1_000))

    def fill(party: str) -> int:
        for taken in range(100):
            try:
                guard.use(VerifiedRequest(KEY.public, frozenset(), str(next(numbers))), NOW, party)
            except SignatureRefused:
                return taken
        return 100

    assert [fill(party) for party in ("flood", "b", "c", "d")] == [50, 25, 13, 6]
    guard.use(VerifiedRequest(KEY.public, frozenset(), "later"), NOW + 66, "flood")
    assert guard._held == {"flood": 1}, "what is past is given back"
