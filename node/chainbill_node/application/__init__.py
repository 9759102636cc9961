"""The seam between a consensus engine and the ledger, shaped like ABCI 2.0, and the ledger's side of it.

The built-in engine calls `Application` in process; an external one would reach the same methods through an ABCI
socket. The application knows the ledger and the database and nothing of votes, rounds or the network.
"""
