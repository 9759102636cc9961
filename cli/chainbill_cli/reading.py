"""Signed reads of a closed network (RFC 9421)."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from chainbill_node.rest.request_signing import sign_request

if TYPE_CHECKING:
    from chainbill.crypto.keys import PrivateKey


def signed_headers(key: PrivateKey, method: str, url: str, body: bytes = b"") -> Mapping[str, str]:
    """The headers that sign a request with this key now; nodes accept them for a minute by the real clock."""
    return sign_request(key, method, url, created_s=int(time.time()), nonce=os.urandom(16), body=body)
