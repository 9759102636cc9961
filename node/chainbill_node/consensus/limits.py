"""Bounds of consensus: what a height's state may grow to."""

from __future__ import annotations

ROUND_WINDOW = 8
"""K: votes up to this many rounds ahead are kept as they come; beyond it only each sender's newest message."""
ROUNDS_KEPT = 16
"""Rounds behind the current one whose messages stay, besides those that may still decide."""
VALUES_PER_SENDER = 2
"""Different values kept per sender, type and round: both halves of an equivocation."""
MAX_ANSWER_VOTES = 400
"""Votes sent in answer to one STATUS."""
MAX_SUMMARY_LINES = 64
"""Lines of a STATUS."""
PATIENT_ATTEMPTS = 2
"""A STATUS of this many attempts in one round without a proposal is answered by others than the proposer too."""
EVIDENCE_WAITING = 256
"""Misdeeds that wait to get into a block."""
EVIDENCE_OF_ONE = 16
"""Misdeeds of one validator that wait or are remembered as recorded: what more of them says is known, and whoever makes
a thousand would fill all blocks and keep out those of others."""
EVIDENCE_REMEMBERED = 1_024
"""Misdeeds in blocks, or that no block takes, that are remembered, so that they are not taken in again."""
VOTES_AHEAD_PER_PEER = 400
"""Votes of the next height kept for one peer."""
PROPOSALS_AHEAD_PER_PEER = 2
PEERS_AHEAD = 256
"""Peers of which something of the next height is kept."""
LISTEN_MS = 2_000
"""How long a restarted validator waits for one that knows more, when too few of those that answered know enough."""
WORD_AFTER_S = 5
"""How long a validator that has lost its memory listens, until the operator's word counts for who is silent."""
LONE_START_MS = 10_000
"""How long a height that has no reason of its own to start waits after messages of no more validators than may lie.
Shorter, one of them makes empty blocks as fast as a network can; never, a transaction that reached one node only would
wait for the idle interval."""
VALIDATORS_HEARD = 200
"""Validators whose last word is remembered; beyond it only those of the set at work."""
