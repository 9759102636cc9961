"""Bounds of one running node: what is offered again, remembered and answered. node.toml has what one node chooses."""

from __future__ import annotations

OFFER_AGAIN_MS, MAX_OFFERED_AGAIN = 500, 50
"""What was handed in here and has waited so long is offered again each second, so many at most: far below the rate of
transactions at which a peer ends the connection."""
MAX_HOPELESS = 10_000
"""Transactions of peers of which it is remembered until the next block that they cannot be admitted."""
MAX_QUESTIONS_WAITING = 8
"""Of one peer; an honest one has one batch of blocks and four chunks of a snapshot under way at the most."""
PAUSE_AFTER_ANSWER = 3
"""So many times as long as an answer took, no other is begun: answering takes a quarter of the loop's time at most."""
