"""The server: serves the bundle and, later, relays changes between devices.

Stands on Starlette and uvicorn. It knows the bundle by its `build.json` and no application by name.
"""
