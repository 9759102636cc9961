"""Hashing, signing and log trees: every hash and every signature carries the name of its domain.

Rules: SHA-256 only; one Ed25519 rule for the whole network; no randomness except where a private key is generated
by the operating system's generator inside the library. It does not store keys and does not know what it signs.
"""
