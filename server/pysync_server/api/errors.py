"""What goes wrong with a request of a program. Floor: nothing."""

from __future__ import annotations


class Failed(Exception):
    """The request is answered with this status and `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, message: str, *, after: float = 0.0) -> None:
        """`after`: seconds until it makes sense to try again, 0 if that is not known."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.after = after
