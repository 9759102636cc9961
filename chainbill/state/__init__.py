"""State: keys, rows, the write set of a block, and the authenticated tree over all rows.

Rules: the root depends only on the content, never on history; a view is read-only, changes leave as values.
It does not know what the rows mean and does not store anything.
"""
