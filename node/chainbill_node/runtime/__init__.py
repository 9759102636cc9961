"""The process and its machine: logging, clocks, timers, threads that repeat something, free disk space."""
