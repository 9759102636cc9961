"""`order`: list and show; what enters, ratifies and refuses orders is in `ordering`, entries of banks in `entering`."""

from __future__ import annotations

from chainbill_cli.entering import add_entries
from chainbill_cli.ordering import order
from chainbill_cli.orders_told import listed, shown, sums
from chainbill_cli.plain_reads import plain_reads

add_entries(order)
plain_reads(order, told={"orders": listed, "order": shown}, summed={"orders": sums})
