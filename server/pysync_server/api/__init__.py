"""The JSON API for other programs (`web/docs/api.md`): plain HTTP with a token."""
