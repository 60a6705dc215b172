"""Yesterday's bytes: files that every later build must read, and decide in the same way.

A file here is never changed. A new format gets files of its own beside the old ones.
"""
