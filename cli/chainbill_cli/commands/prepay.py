"""`prepay`: agree, list, show; offer is in `prepaying`."""

from __future__ import annotations

from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.prepaying import prepay

plain_commands(prepay)
plain_reads(prepay)
