"""Shared vocabulary, the lowest room, pure: faults and warnings in two languages, fair queues, slices of long lists."""
