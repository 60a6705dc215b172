"""Pieces that several screens share: asking for a command's values, a reservation, a history."""
