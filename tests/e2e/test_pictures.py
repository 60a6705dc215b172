"""A receipt's picture from a telephone without a network to the manager who approves it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_devices import Open, new, relay, shows
from tests.looks import OVERFLOW, violations

__all__ = ["new", "relay"]  # fixtures
pytestmark = [pytest.mark.e2e, pytest.mark.req("PMS-06", "PMS-07", "PMS-12")]

SIZE = "(image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"
WAITING = "#expenses-rows tr"


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    """A picture as large as a camera makes them."""
    width, height = 2400, 3200
    rows = b"".join(b"\0" + bytes([200 if y // 40 % 3 else 40]) * width for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    file = tmp_path / "receipt.png"
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
            for name, body in chunks
        )
    )
    return file


def shown(page: Page, place: str) -> list[int]:
    """The size of the picture that is shown there, once it is there."""
    image = page.locator(f"{place} img")
    expect(image).to_be_visible()
    size: list[int] = image.evaluate(SIZE)
    return size


def test_a_picture_taken_offline_is_before_the_manager_who_approves(
    new: Open, receipt: Path, tmp_path: Path
) -> None:
    telephone, desk = new(), new()
    phone, far = telephone.open("expenses"), desk.open("expenses?show=approve")
    phone.set_viewport_size({"width": 390, "height": 844})
    for page in (phone, far):
        shows(page, "synced")
    telephone.network.cut()
    shows(phone, "offline")

    phone.get_by_role("button", name="New expense").first.click()
    phone.locator("#ask-form-staff").select_option(label="Marc Dubois")
    phone.locator("#ask-form-amount").fill("17,35")
    phone.locator("#ask-form-supplier").fill("Papelaria Graça")
    words = tmp_path / "words.txt"
    words.write_text("no picture")
    phone.locator("#ask-form-picture-file").set_input_files(words)
    expect(phone.locator("#ask .picture-field")).to_contain_text("cannot be read here")
    phone.locator("#ask-form-picture-file").set_input_files(receipt)
    assert shown(phone, "#ask .picture-preview") == [1200, 1600], "made small"
    assert violations(phone) == []
    assert phone.evaluate(OVERFLOW) == []
    phone.locator("#ask-form-amount").focus()
    phone.keyboard.press("Enter")
    row = phone.locator(WAITING).filter(has_text="Papelaria Graça")
    row.click()
    expect(phone.locator("#expense .picture-view")).to_contain_text("Not sent yet")
    phone.reload()
    expect(phone.locator("#expense .picture-view")).to_contain_text("Not sent yet")
    assert shown(phone, "#expense .picture-view") == [1200, 1600], "it survives the tab"

    telephone.network.mend()
    theirs = far.locator("#expenses-approvals-rows tr").filter(has_text="Papelaria Graça")
    expect(theirs.locator("img")).to_be_visible()
    expect(phone.locator("#expense .picture-view")).not_to_contain_text("Not sent yet")
    theirs.get_by_role("button", name="Receipt of Papelaria Graça").focus()
    far.keyboard.press("Enter")
    assert shown(far, "#picture") == [1200, 1600]
    expect(far.get_by_role("img", name="Receipt of Papelaria Graça")).to_be_visible()
    assert violations(far) == []
    far.keyboard.press("Escape")
    expect(far.locator("#picture")).to_have_count(0)
    theirs.get_by_role("button", name="Approve").click()
    expect(theirs).to_have_count(0)
    expect(phone.locator("#expense")).to_contain_text("To pay")

    late = new()
    other = late.open("expenses?q=")
    shows(other, "synced")
    late.network.cut()
    shows(other, "offline")
    other.locator(WAITING).filter(has_text="Papelaria Graça").click()
    expect(other.locator("#expense")).to_contain_text("it shows when you are online again")
    late.network.mend()
    assert shown(other, "#expense .picture-view") == [1200, 1600]
