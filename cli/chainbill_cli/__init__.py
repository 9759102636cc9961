"""The chainbill command line: one module a noun, plus client and output.

Rules: stdout carries data only, everything else goes to stderr; `-o json` has the shapes of the REST interface;
every text a person reads has a key in `texts` with an English and a Chinese version; the ledger's date counts,
never the own clock. It knows a node only through REST; only `localnet`, `demo`, `network` and `node` touch
processes and directories.
"""
