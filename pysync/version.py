"""The version of the package and the number of its build. Floor: nothing below it."""

__version__ = "0.1.0"
BUILD = 1
"""Counts builds of the core: the newest build among the open tabs leads."""
