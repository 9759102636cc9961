"""Which token a cent belongs to, and by which way it came there (rest.md: `cent`)."""

from __future__ import annotations

from typing import Any

from recompute.figures import Row, hop_row, token_row
from recompute.pieces import Piece
from recompute.sight import Sight


def of_cent(seen: Sight, cent: int) -> Piece | None:
    """The leaf in which a cent lies (0 is the first); None where there is none, or it does not show."""
    return next((piece for piece in seen.leaves if piece.lo <= cent < piece.hi), None)


def path(piece: Piece, seen: Sight) -> dict[str, Any]:
    """Tokens and hops from the root on, also those that a return undid; chain: the holders that count."""
    above = list(piece.above())[::-1]
    hops = [one.hop for one in above if one.hop and seen.sees_hop(one.hop)]
    return {
        "token": token_row(piece, seen), "path": [token_row(one, seen) for one in above if seen.sees(one)],
        "hops": [hop_row(hop, seen) for hop in hops],
        "chain": [_holder(hop.to, hop.financed_tier or hop.tier, hop.kind) for hop in piece.path if seen.sees_hop(hop)],
    }  # fmt: skip


def _holder(party: str, tier: int, kind: str) -> Row:
    return {"party": party, "tier": tier, "kind": kind}


def names(piece: Piece, seen: Sight) -> list[str]:
    """Ids of the tokens of a path, "" where nothing has told them."""
    return [one.name for one in list(piece.above())[::-1] if seen.sees(one)]
