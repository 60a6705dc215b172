"""Expenses: what the staff spent for the hotel, who approves it, and how they get it back.

`claims` is the life of anything that somebody wants back from the hotel, as one table; it knows
nothing of expenses, so mileage lives by it, too. See `claim_guard` for what always holds.
"""
