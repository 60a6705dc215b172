"""An export of a person with what this device can open in it opened. Floor: `person`, `vault`."""

from __future__ import annotations

from typing import Any, Final

from pysync.errors import InvalidValue, VaultError
from pysync.model.sealed import encrypted_fields, is_sealed
from pysync.values.jsontext import json_text, parse_json
from pysync.vault import Vault

SEALED: Final = "sealed"
"""What stands in an export for a value that cannot be opened here."""


async def open_export(vault: Vault, text: str) -> str:
    """The export (`pysync.person`) with clear text in its encrypted fields, or SEALED where this
    device has no key. Raises ValueError if it is no export."""
    body = parse_json(text)
    for record in body["records"]:
        key, rid = record["collection"], record["id"]
        for field in encrypted_fields(vault.space.tab.schema.collection(key).fields):
            await _open_in(vault, record, (key, rid, field))
    return json_text(body)


async def _open_in(vault: Vault, record: dict[str, Any], place: tuple[str, str, str]) -> None:
    field = place[2]
    holders: list[tuple[Any, Any]] = [(record["fields"], field)]
    for version in record["history"]:
        holders += [(version["changes"].get(field, []), at) for at in (0, 1)]
    for conflict in record["conflicts"]:
        if conflict["field"] == field:
            holders += [(conflict[side], "value") for side in ("shown", "other")]
    for holder, name in holders:
        if holder and (isinstance(name, int) or name in holder) and is_sealed(holder[name]):
            holder[name] = await _opened(vault, place, holder[name])


async def _opened(vault: Vault, place: tuple[str, str, str], text: str) -> Any:
    try:
        return await vault.open(*place, text)
    except (VaultError, InvalidValue):
        return SEALED
