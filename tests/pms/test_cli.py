"""`build.py import`, as far as it works on files."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from pysync_pms.cli import import_file
from tests.pms.bookings_csv import GOOD, table


def kept(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(file): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.fixture
def bookings(tmp_path: Path) -> Path:
    file = tmp_path / "bookings.csv"
    file.write_text(table(GOOD), "utf-8")
    return file


@pytest.mark.req("PMS-11")
def test_an_import_is_offered_as_a_first_state_and_repeated_without_duplicates(
    bookings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    assert import_file(bookings, data) == 0
    offered = {file.name: json.loads(file.read_text("utf-8")) for file in
               (data / "first-state").glob("*.json")}  # fmt: skip
    assert offered
    assert "booked" in capsys.readouterr().out
    assert import_file(bookings, data) == 0
    assert ": 0 booked" in capsys.readouterr().out
    for name, first in offered.items():
        again = json.loads((data / "first-state" / name).read_text("utf-8"))
        assert again["rows"].keys() == first["rows"].keys()


@pytest.mark.req("PMS-11", "TAB-15")
def test_a_store_of_another_version_is_named_and_left_as_it_is(
    bookings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    assert import_file(bookings, data) == 0
    for file in (data / "spaces").glob("*.sqlite"):
        with sqlite3.connect(file) as db:
            db.execute("UPDATE meta SET format = 99")
        db.close()
    before = kept(data / "first-state")
    capsys.readouterr()
    assert import_file(bookings, data) == 1
    said = capsys.readouterr().err
    assert "stored format 99" in said
    assert "was left as it is" in said
    assert kept(data / "first-state") == before


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"\xff\xfe nothing")
    assert import_file(file, tmp_path / "data") == 1
    assert not (tmp_path / "data").exists()
