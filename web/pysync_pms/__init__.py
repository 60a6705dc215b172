"""The hotel: schema, rules, commands and figures of a front office, on top of `pysync`.

A pure package: it imports `pysync` and the standard library, without a clock, chance or a network;
only `ui/` also stands on `pysync.browser`. Tab, relay and command line load the same code, which is
how one rule holds everywhere. Today's business date and new ids are always arguments.
"""
