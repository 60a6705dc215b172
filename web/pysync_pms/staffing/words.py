"""What the staff portal calls its collections. Stands on nothing."""

from __future__ import annotations

from typing import Final

TIMES: Final = "time_entries"
"""When somebody came and left, with their breaks."""
SHEETS: Final = "timesheets"
"""The weeks that were approved, by person: their entries are locked."""
MILEAGE: Final = "mileage"
"""What somebody drove for the hotel."""
SHIFTS: Final = "shifts"
"""Who is planned for when."""
