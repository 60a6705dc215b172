"""What `build.py` hands over to: the bundle, the checks, the browsers, the commands.

Runs in the project's own environment (CPython 3.11 or newer) and is no part of the library. It
imports neither the library nor the application: those are named in `pyproject.toml` and are loaded
only by the commands that run them.
"""
