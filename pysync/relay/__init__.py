"""The relay's half of the protocol: pure state machines that a server carries.

Floor: `machines`.
"""
