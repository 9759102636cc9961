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
