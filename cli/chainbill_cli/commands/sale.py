"""`sale`: list, show; sell and buy are in `selling`."""

from __future__ import annotations

from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.selling import sale

plain_reads(sale)
