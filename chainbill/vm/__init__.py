"""The contract language: a closed subset of Python, compiled to guarded code and metered.

Rules: nothing outside the allow-list compiles; where the machine accepts a call, plain Python gives the same result,
writes and events; every step, byte, write and event is paid for. It does not decide what a transaction may call (the
ledger does) and keeps no state of its own (the overlay does). Reference: docs/reference/contract-language.md.
"""
