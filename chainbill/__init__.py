"""chainbill's pure core: formats, cryptography, state, ledger rules and the contract machine.

Rules of this package: no clock, socket, disk, randomness, logging or framework. Time, keys and
entropy come in as arguments; results go out as values. It does not know consensus, REST or files.
"""

__version__ = "0.1.0"
