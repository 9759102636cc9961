"""Consensus: Tendermint (arXiv 1807.04938, algorithm 1) as one pure function, one height at a time.

`step(state, event, rules) -> (state, effects)`. Rules: no clock, file, socket, chance or logging in here; time
comes in on the event, blocks are built, checked and stored by the driver, signatures are verified before an event
is made. State is never edited: a step returns a new one. It does not know peers' addresses, transactions or the
ledger's rules. docs/reference/consensus.md tells the rules with their lines in the paper.
"""
