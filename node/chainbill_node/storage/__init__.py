"""What a node keeps on disk: one LevelDB database of the chain, and the file of the messages it signed.

Rules: one synced batch a height; everything a read needs is of one height; a disk error ends the process and is
never retried. The layout of the keys is in `layout`, and described in docs/reference/storage.md. Nothing here knows
what a block means: that is the ledger's.
"""
