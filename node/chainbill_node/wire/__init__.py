"""Messages between nodes as canonical bytes (docs/reference/wire.md).

`encode(message) -> bytes`, `decode(bytes) -> message`. Rules: everything is bounded before it is allocated, bytes
that do not re-encode to themselves are Malformed, and a decoded block matches its header's roots. Signatures and
meaning are not checked here: that is the driver's and the consensus rules' work.
"""

from chainbill_node.wire.codec import decode, encode
from chainbill_node.wire.messages import Message

__all__ = ["Message", "decode", "encode"]
