"""State snapshots: made from a store, kept in a folder, fetched in chunks, and restored."""
