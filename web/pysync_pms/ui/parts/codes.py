"""The codes of the hotel's closed sets and the names of its fields, as texts.

What `label` in `words` makes of a code is English; here is what can be said in the user's language
for it. What people named themselves is never here. Stands on nothing.
"""

from __future__ import annotations

from typing import Final

__all__ = ["LABELS"]

_CODES: Final = (
    "Confirmed, Checked in, Checked out, Cancelled, No show, Dirty, Clean, Inspected, In "
    "service, Out of order, Out of service, Room taken, Room out of order, Room unknown, "
    "Check in room taken, Check in without room, Cancelled meanwhile, Charged afterwards, "
    "Overdue departure, Overdue arrival, Overdue deposit, Housekeeping, Reception, Manager, "
    "Maintenance, Other, Direct, Walk in, Phone, Online agency, Agency, Corporate, Group, "
    "Complimentary, Room only, Breakfast, Half board, Full board, Charge, Payment, Room, "
    "Food, Beverage, Amenity, Parking, City tax, Fee, Damage, Invoice, Credit note, Cash, "
    "Card, Bank transfer, Voucher, Company, Travel, Lodging, Meals, Supplies, Food stock, "
    "Cleaning, Repairs, Marketing, Training, Fees, Postage, Payroll, Draft, Submitted, "
    "Rejected, Approved, Paid, Material, Received, Issued, Wasted, Moved, Difference, "
    "Applied, Merged, Conflict, Amended, Refused, Waiting, Not saved, Store lost, Foreign, "
    "Newer build, Dropped field, Unreadable, Function failed, Not loaded, Theme, Font size, "
    "Density, Cancel"
)
"""Values of closed sets."""
_NAMES: Final = (
    "Room types, Name, Rank, Capacity, Rate, Currency, Rooms, Number, Floor, Room type, "
    "Condition, Condition on, Serviceability, Closed reason, Closed from, Closed until, "
    "Housekeeper, Notes, Features, Guests, First name, Last name, Email, Country, Language, "
    "Birth date, Document, Vip, Merged into, Reservations, Guest id, From, To, Since, "
    "Earlier, Status, Adults, Children, Infants, Source, Board, Agent, Eta, Booked on, Closed "
    "on, Close reason, Attention, Attention room, Deposit, Deposit by, Left owing, Import "
    "key, Requests, Staff, Role, Active, Job, Centre, Account, Settings, Check in time, Check "
    "out time, Time zone, Business date, Taxes, Room tax, Address, Tax id, Invoice note, "
    "Invoice prefix, Credit prefix, Invoice first, Out of order counts, Own claims, Mileage "
    "rate, Conflict window, Auto resolve strategy, Sync interval, History days, Max queue "
    "size, Max retries, Retry backoff, Preferences, Locale, Sidebar collapsed, Picture, Refusals, "
    "Label, Message, At, Content, Articles, Category, Price, Tax, Folio lines, Stay, Window, "
    "Kind, On, Night, Text, Article, Quantity, Amount, Method, Provider, Reference, Reverses, "
    "Part of, Reason, Late, Folios, Audits, Stays, Nights, Invoices, Serial, Lines, Payments, "
    "Total, To name, To address, To tax id, From name, From address, From tax id, Note, "
    "Credits, Keyring, Key, Public, Private, Asked, Made, After, Link, Wrapped, Proof, Stock "
    "items, Unit, Reorder level, Reorder quantity, Supplier, Stock places, Stock levels, "
    "Item, Place, On hand, Adjusted, Counted on, Short, Stock moves, Into, Counted, Expected, "
    "Taken, Expenses, Tax rate, Receipt, Booked as, Booked centre, Owner, Submission, "
    "Submitted on, Submitted by, Decision, Decided, Decided on, Decided by, Paid on, Paid by, "
    "Cost centres, Time entries, Start, End, Break since, Break total, In by, Out by, "
    "Corrected, Corrected on, Corrected by, Timesheets, Week, Minutes, Approved on, Approved "
    "by, Mileage, Purpose, Route, Distance, Shifts, Published, "
    "Printed as, Printed papers, Double of, Follows, Overbook, Last count, Type sold out, "
    "Free below"
)
"""Collections and fields."""

LABELS: Final = frozenset((*_CODES.split(", "), *_NAMES.split(", ")))
"""All of them, in English."""
