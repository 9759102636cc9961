"""The chainbill command line: one module a noun, plus client and output."""
