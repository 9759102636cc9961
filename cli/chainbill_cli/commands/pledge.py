"""`pledge`: reject, withdraw, agree, refuse, list, show; offer, accept, release and enforce are in `pledging`."""

from __future__ import annotations

from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.pledging import pledge

plain_commands(pledge)
plain_reads(pledge)
