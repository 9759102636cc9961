"""A local network: real node processes on this machine, for trying things out and for the demo.

Everything is in one home: the nodes' own homes, the parties' keys, profiles, and `localnet.json`, which says what was
set up. Whether a node runs is asked of the operating system, never remembered.
"""
