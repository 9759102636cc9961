"""`recourse`: accept, refuse, withdraw, list, show; ask and paid are in `claiming`."""

from __future__ import annotations

from chainbill_cli.claiming import recourse
from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads

plain_commands(recourse)
plain_reads(recourse)
