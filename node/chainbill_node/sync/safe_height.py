"""From which height a validator may sign again when it is not known what it signed before.

After a restore, or when the chain was fetched into an empty home, the own signer file tells nothing. But the network
does. Whoever signed at height h had decided h − 1, so a quorum q had precommitted h − 1, and the honest ones of them
are at height h − 1 or above ever since. Among any n − q + f + 1 *other* validators at least one of those is honest, so
the highest height at work that they name is at least h − 1, and two above it is beyond everything that was signed.

The heights they name are believed only once the own node has got there: one that claims what it never delivers is
dropped by block sync, and what it claimed with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainbill.ledger.validators import ValidatorSet

MARGIN = 2
MAY_LEAD = 1  # a peer may be one height ahead of us for the moment that a block takes


def witnesses_needed(validators: ValidatorSet) -> int:
    """How many other validators must have said where they are: n − q + f + 1."""
    return len(validators) - validators.quorum + validators.max_faulty + 1


def safe_height(validators: ValidatorSet, own: bytes, at_work: int, claims: Mapping[str, int]) -> int | None:
    """The height to sign from, None as long as too few have spoken or this node is behind them.

    at_work: the own height. claims: by node id (hex of the key), the last height a connected peer says it has decided.
    """
    theirs = [claims[one.key.hex()] + 1 for one in validators.validators if one.key != own and one.key.hex() in claims]
    if len(theirs) < max(1, witnesses_needed(validators)):
        return None
    highest = max(theirs)
    return max(highest, at_work) + MARGIN if highest <= at_work + MAY_LEAD else None
