"""A believable hotel of 60 rooms and 400 reservations around a date, made from a seed."""

from pysync_pms.demo.build import HOTEL_NAME, DemoReport, build_demo

__all__ = ["HOTEL_NAME", "DemoReport", "build_demo"]
