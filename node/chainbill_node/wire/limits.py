"""Bounds of the wire: no message is decoded beyond these."""

from __future__ import annotations

from chainbill.limits import MAX_BLOCK_BYTES, MAX_CERTIFICATE_BYTES, MAX_VALIDATORS

MAX_VOTES = 4 * MAX_VALIDATORS
"""Votes in one message: two types, both halves of an equivocation."""
VOTE_BYTES = 192
"""An encoded vote is shorter than this."""
MAX_SUMMARIES = 64
"""Lines of a STATUS: (round, type, value) with the validators that voted for it."""
MAX_KNOWN_PROPOSALS = 4
"""Proposal ids in a STATUS."""
MAX_PROPOSALS_A_ROUND = 2
"""Different proposals of a round that are read: an honest proposer makes one, two are evidence, no third is kept."""
MAX_PROPOSALS_A_HEIGHT = 64
"""Of so many it is remembered that they have been read; the oldest go first."""
MAX_OWN_MESSAGES = 64
"""Signed messages in the answer about a validator's own messages."""
MAX_BLOCKS_IN_BATCH = 32
"""Blocks in one answer of block sync; a batch also stays below MAX_MESSAGE_BYTES."""
MAX_BATCH_BYTES = 4 * 1024 * 1024
"""Blocks after the first are left out of a batch that would grow above this."""
MAX_GOSSIP_TRANSACTIONS = 1_000
"""Transactions in one gossip message."""
MAX_SNAPSHOTS = 2
"""Manifests in one answer."""
MAX_MANIFEST_BYTES = 4 * 1024 * 1024
"""One manifest."""
CHUNK_BYTES, MAX_CHUNKS = 1024 * 1024, 65_536
"""Of a snapshot, all chunks but the last have so many bytes; so many chunks are 64 GiB."""
MAX_MESSAGE_ITEMS = 32_000
"""Values of a message, those inside its blocks left out: most has a batch of 32 blocks with certificates."""
MAX_BATCH_TRANSACTIONS = 40_000
"""Transactions of all blocks of a batch: far more than MAX_BATCH_BYTES hold after a whole first block."""
MAX_MESSAGE_BYTES = max(MAX_BLOCK_BYTES, MAX_BATCH_BYTES) + MAX_CERTIFICATE_BYTES + MAX_VOTES * VOTE_BYTES + 65_536
"""Any message: the largest is a block with its certificate or votes."""
