"""`entry`: ratify, refuse, object, list, show, defaults; what makes entries is in `entering`."""

from __future__ import annotations

from chainbill_cli.kit import noun
from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads

entry = noun("entry")
plain_commands(entry)
plain_reads(entry)
