"""The hotel's figures: counted as things change, never anew. `book` is where to begin."""

from pysync_pms.figures.book import FOLLOWED, Book, Followed
from pysync_pms.figures.queries import Basis, Bookings, Nights
from pysync_pms.figures.reading import Reading

__all__ = ["FOLLOWED", "Basis", "Book", "Bookings", "Followed", "Nights", "Reading"]
