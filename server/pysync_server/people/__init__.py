"""People: accounts, sign-in and sessions at the server, and who may speak with its relay."""
