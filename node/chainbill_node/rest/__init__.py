"""HTTP/JSON interface of a node: reads of one height behind one gate, and the submission of signed transactions.

Rules: every read goes through the gate (``rest.gate``), which knows who asks and what they may see; every answer
names the height it is true at; every error is a problem document (RFC 9457) with a stable code. The interface
decides nothing about the ledger: what may happen is decided by the contracts, and nothing is written from here.
"""
