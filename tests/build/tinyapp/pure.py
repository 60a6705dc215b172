"""A module that touches nothing of the page, so that a snapshot may hold it."""

NAME = __name__.partition(".")[0]
