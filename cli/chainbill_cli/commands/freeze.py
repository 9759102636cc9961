"""`freeze`: list and show."""

from __future__ import annotations

from chainbill_cli.kit import noun
from chainbill_cli.plain_reads import plain_reads

freeze = noun("freeze")
plain_reads(freeze)
