"""What expenses are called: names of collections and closed sets of codes. Stands on nothing.

Categories are a closed set, so that two hotels' figures and two years' compare; how this hotel
divides them further are its cost centres.
"""

from __future__ import annotations

from typing import Final

EXPENSES: Final = "expenses"
"""What somebody spent for the hotel, receipt by receipt."""
CENTRES: Final = "cost_centres"
"""The parts of the hotel that costs are counted under."""

EXPENSE_CATEGORIES: Final = (
    *("travel", "lodging", "meals", "supplies", "food-stock", "cleaning", "repairs"),
    *("marketing", "training", "fees", "postage", "other"),
)
"""What an expense is counted under."""
REPAID_BY: Final = ("bank-transfer", "cash", "payroll", "card")
"""How somebody gets money back; `payroll`: with the wages."""
