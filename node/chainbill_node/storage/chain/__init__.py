"""Chain storage: blocks, rows with their history, indexes and sums over an ordered store, and how they are pruned."""
