"""A chainbill node: pure consensus, mempool, sync and wire; thin shells for disk, network and REST."""
