"""The staff portal: who works when, what they drove for the hotel, and who is planned for when.

Time entries are records of their own, which merge; approvals are decisions, and stand. Mileage is a
claim (`expenses.claims`), and a receipt is an expense.
"""
