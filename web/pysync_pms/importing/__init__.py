"""Import of the public hotel booking demand data, in slices that leave a page usable.

    reading = run_all(read_bookings(path.read_bytes()))
    for hotel in reading.hotels.values():
        with open_space(hotel.space, schema=SCHEMA, path=...) as space:
            report = run_all(import_hotel(space, hotel))

In a page, call `next()` on the generators while there is time instead of `run_all`.
"""

from pysync_pms.importing.reader import (
    BadRow,
    HotelFile,
    Progress,
    Reading,
    read_bookings,
    space_name,
)
from pysync_pms.importing.rows import Booking
from pysync_pms.importing.run import HotelReport, import_hotel, run_all

__all__ = [
    "BadRow",
    "Booking",
    "HotelFile",
    "HotelReport",
    "Progress",
    "Reading",
    "import_hotel",
    "read_bookings",
    "run_all",
    "space_name",
]
