"""The relay: carries `pysync.relay` on SQLite and WebSockets."""
