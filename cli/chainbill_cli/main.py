"""Entry point of the `chainbill` command."""
