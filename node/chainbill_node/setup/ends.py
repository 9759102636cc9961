"""On which day a certificate ends: never two nodes of a network within 30 days. Pure.

Time from 1970 on is cut into periods of 30 days, and each node has every so manieth of them for itself, by its place
among the validators of the genesis: whenever its certificate is renewed, it ends at the beginning of one of these. So
no two nodes need to know of each other's, and a renewal that all forgot stops one node after the other.
"""

from __future__ import annotations

import datetime

from chainbill.ledger.genesis import Genesis

PERIOD_DAYS = 30
LEAST_DAYS = 365
LEAST_PLACES = 12
HOUR = 6
"""UTC: an hour at which people work in Asia and in Europe."""
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def end_of(now: datetime.datetime, place: int, places: int) -> datetime.datetime:
    """When a certificate made now ends: after a year at least, and at most so many periods later as there are places.

    place: 0 to places - 1. Of twelve places a certificate lives 365 to 725 days.
    """
    earliest = now + datetime.timedelta(days=LEAST_DAYS)
    period = (earliest - EPOCH) // datetime.timedelta(days=PERIOD_DAYS) + 1
    period += (place - period) % places
    return EPOCH + datetime.timedelta(days=PERIOD_DAYS * period, hours=HOUR)


def place_of(node_id: str, genesis: Genesis | None) -> tuple[int, int]:
    """A node's place and how many there are: among the validators of the genesis, in the order of their keys.

    Who came later, or is not known to be among them, has a place by its key, which may be another one's too.
    """
    keys = [] if genesis is None else sorted(one.key.hex() for one in genesis.validators.validators)
    places = max(LEAST_PLACES, len(keys))
    return (keys.index(node_id) if node_id in keys else int(node_id[:16], 16) % places), places
