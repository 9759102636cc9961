"""The same transfer on other systems of this machine. Each says why it cannot be had where it cannot."""


class NotHereError(Exception):
    """The system is not installed here; `str()` says what to do."""
