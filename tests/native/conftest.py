"""These tests run event loops of their own."""

from tests.loops import own_loop

__all__ = ["own_loop"]
