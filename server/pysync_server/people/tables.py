"""The tables of the book of people. Floor: nothing."""

from __future__ import annotations

from typing import Final

FORMAT: Final = 1
APPLICATION_ID: Final = 0x70797065
"""Marks the file as a book of people ("pype")."""

TABLES: Final = """
CREATE TABLE accounts (
    id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
    password TEXT NOT NULL, disabled INTEGER NOT NULL, created REAL NOT NULL);
CREATE TABLE devices (
    id TEXT PRIMARY KEY, browser BLOB NOT NULL, account TEXT NOT NULL REFERENCES accounts,
    name TEXT NOT NULL, address TEXT NOT NULL, since REAL NOT NULL, seen REAL NOT NULL,
    session BLOB UNIQUE, expires REAL NOT NULL, UNIQUE (browser, account));
CREATE TABLE invitations (
    id TEXT PRIMARY KEY, secret BLOB NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
    made_by TEXT NOT NULL REFERENCES accounts, expires REAL NOT NULL);
CREATE TABLE trail (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, what TEXT NOT NULL,
    who TEXT NOT NULL, about TEXT NOT NULL, address TEXT NOT NULL, device TEXT NOT NULL);
CREATE TRIGGER trail_kept BEFORE DELETE ON trail
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END;
CREATE TRIGGER trail_true BEFORE UPDATE ON trail
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END;
"""
