"""Bounds of what others may cost at the door and on a connection: counts, bytes, seconds."""

from __future__ import annotations

from chainbill_node.wire.limits import MAX_MESSAGE_BYTES

# before a peer is known: TCP is up, TLS is not
MAX_HANDSHAKES = 64
"""TLS handshakes under way at a time. One more ends the oldest one of the address that has most."""
MAX_HANDSHAKES_PER_ADDRESS = 16
"""Of one address (IPv6: of one /64). One more ends its oldest one: an honest handshake takes milliseconds."""
HANDSHAKE_WITHIN_S = 5.0
HANDSHAKES_A_SECOND, HANDSHAKES_BURST = 20, 100
"""Of one address."""
STRANGERS_A_SECOND, STRANGERS_BURST = 50, 200
"""Of all addresses together that no member is known to have."""
MAX_ADDRESSES = 1_024
"""Addresses whose rate is remembered; the one not seen for longest goes first."""
MAX_ADDRESSES_OF_MEMBER = 4
"""Of one member, the one that its row says among them, it is remembered that it came from there."""
LISTEN_BACKLOG = 128

# after the handshake
MAX_PENDING_PER_PEER = 2
"""Connections of one member that have not said hello."""
HELLO_WITHIN_S = 5.0
MAX_HELLO_BYTES = 1_024
MAX_FRAME_BYTES = MAX_MESSAGE_BYTES
FRAME_WITHIN_S = 60.0
SILENCE_S = 20.0
MAX_REMEMBERED_PEERS = 512
"""Peers of which something is remembered while they are away: exclusions, what they have used, since when."""

# what a peer may do and send; far above an honest node at full load, and some seconds of it at once after a pause
CONNECTIONS_A_SECOND, CONNECTIONS_BURST = 2, 60
"""Each is greeted with what waits and was signed here; an honest one reconnects after a fault, and then slower."""
FRAMES_A_SECOND, FRAMES_BURST = 1_000, 10_000
"""Some 20 µs of the loop each, however small; an honest node at full load sends some hundreds a second."""
BYTES_A_SECOND, BYTES_BURST = 64 * 1024 * 1024, 640 * 1024 * 1024
BESIDE_A_SECOND, BESIDE_BURST = 64 * 1024, 320 * 1024
"""Bytes that came below TLS and were of no message: 22 a record, so more than those of FRAMES_A_SECOND and its burst.
asyncio reads 256 KiB at once: 0.3 s of the loop where it is key updates."""
BYTES_A_RECORD = 256
"""One byte of so many of a message is nothing beside it: long messages come in records of 16 KiB."""
QUESTIONS_A_SECOND, QUESTIONS_BURST = 200, 2_000
VOTES_A_SECOND, VOTES_BURST = 1_000, 10_000
"""Votes, and what else is verified on the loop: below what a busy machine can do, or a flood only slows it down."""
TRANSACTIONS_A_SECOND, TRANSACTIONS_BURST = 5_000, 50_000
IN_VAIN_A_SECOND, IN_VAIN_BURST = 200, 2_000
"""Of those, which the receiver's state does not admit, or has used already: some 0.1 ms of the loop each. Above it the
peer's are passed over for a moment, as if they had been lost; an honest node has admitted what it passes on."""
CARRIED_A_SECOND, CARRIED_BURST = 20_000, 200_000
"""Transactions in blocks, or named in proposals and plans, and signatures in batches of blocks: 2 to 3 µs of the loop
each; far above what a node can run."""
UNREAD_A_SECOND, UNREAD_BURST = 2_000, 20_000
"""Transactions of proposals that had not come before and have to be verified past those who wait: 0.1 ms of a processor
each. A burst is two whole blocks."""
FIRST_EXCLUSION_S = 1.0
LONGEST_EXCLUSION_S = 600.0
FORGIVEN_AFTER_S = 1_200.0

# what is queued for slow peers
DROP_ABOVE_BYTES = 4 * 1024 * 1024
"""For one peer: above it gossip is dropped."""
CLOSE_ABOVE_BYTES = 64 * 1024 * 1024
"""Above it the peer is let go and comes back through block sync."""
MAX_QUEUED_BYTES = 256 * 1024 * 1024
"""For all peers together: above it the slowest one is let go."""
