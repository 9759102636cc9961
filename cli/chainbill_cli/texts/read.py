"""What people read of reads, declared with them: help of commands, `read.joints`, and of filters, `read.joints_by`."""

from __future__ import annotations

from chainbill_contracts.declared_reads import reads

TEXTS: dict[str, tuple[str, str]] = {
    **{f"read.{name}": read.text for name, read in reads().items() if read.command},
    **{f"read.{name}_{one.name}": one.text for name, read in reads().items() for one in read.filters.values()},
}
