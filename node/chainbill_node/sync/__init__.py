"""Block sync: how a node that was away catches up.

Rules: only blocks with certificates are trusted, a claimed height is only a reason to ask; one bounded batch at a time;
a peer that sends what does not verify, or claims what it never delivers, is dropped with a reason. Pure: the driver
sends the requests and applies the blocks. State sync (`snapshots`): a newcomer takes a certified snapshot instead.
"""
