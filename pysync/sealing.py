"""Sealing and opening values, and who has the keys: what a vault does with the keys it has.

A device that has the keys keeps a copy of the keyring, and writes back what a relay that was put
back lacks of it. Floor: `space`, `cipher`, `unlocking`, `ring_copy`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, Final, Literal, NamedTuple

from pysync.cipher import Cipher, Held, Undecipherable, bound_to
from pysync.errors import InvalidValue, Refused, UsageError, VaultError
from pysync.listeners import Listeners, Unsubscribe
from pysync.model.change import Ref
from pysync.model.draft import Draft
from pysync.model.guard import Record
from pysync.model.keyring import Ring, code_of, member_id, read_ring
from pysync.model.sealed import (
    KEYRING,
    NONCE_BYTES,
    SEALED_MAX,
    Sealed,
    encrypted_fields,
    is_sealed,
    parse_sealed,
)
from pysync.ring_copy import Row, copy_of, lost_of
from pysync.space import Space
from pysync.unlocking import Keys, unlock
from pysync.values.jsontext import json_text, parse_json
from pysync.values.jsonvalue import Json, bounded

State = Literal["off", "locked", "ready", "needs-https"]
_WORDS: Final = {
    "off": "encryption is not switched on in this space",
    "locked": "this device has no key yet: ask for it, let another device admit it, and confirm",
}


class Device(NamedTuple):
    """A device in the keyring. `code` is what both sides compare; `inside` says whether it has the
    newest key, as far as this device can tell."""

    id: str
    name: str
    code: str
    asked: int
    own: bool
    inside: bool


class Sealing:
    """The part of a vault that uses keys. `spawn` runs a coroutine beside everything else."""

    def __init__(
        self,
        space: Space,
        cipher: Cipher,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self.space: Final = space
        self._cipher = cipher
        self._spawn = spawn
        self._listeners = Listeners()
        self._generation = space.tab.books.generation
        self._turns = 0
        """Grows whenever this device's own keys are others."""
        self._seen: tuple[tuple[Record, ...], int] | None = None
        self._ring = Ring()
        self._held: Held | None = None
        self._keys = Keys()
        self._minded: tuple[Record, ...] | None = None
        """The keyring that was compared with this device's copy last."""
        self._brought: set[int] = set()
        """The generations in which this vault wrote its copy back: once each, it may be refused."""
        space.on_change(lambda update: self._changed(update.refs))
        space.on_status(lambda _: self._replaced())

    # -- how it stands ----------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """How this device stands, as of the last `look`; `on_change` says when that is news."""
        if self._cipher.missing:
            return "needs-https"
        if not self._ring.root:
            return "off"
        return "ready" if self._keys.ready else "locked"

    @property
    def missing(self) -> str:
        """Why there is no cryptography here, in words; "" where there is."""
        return self._cipher.missing

    @property
    def devices(self) -> list[Device]:
        """Those that asked or were admitted, the longest there first."""
        own = member_id(self._held.public) if self._held is not None else ""
        found = [
            Device(
                id=each.id,
                name=each.name,
                code=code_of(each.public, self._ring.root),
                asked=each.asked,
                own=each.id == own,
                inside=each.id in self._keys.inside,
            )
            for each in self._ring.members.values()
            if each.private is None
        ]
        nameless = self._keys.inside - self._ring.members.keys()
        found += [Device(each, "", "", 0, each == own, inside=True) for each in nameless]
        return sorted(found, key=lambda each: (each.asked, each.id))

    @property
    def device(self) -> Device | None:
        """This device, if it asked or was admitted."""
        return next((each for each in self.devices if each.own), None)

    @property
    def compared(self) -> bool:
        """Whether this device trusts the keys of this space: it made the first one, somebody
        confirmed its code, or it was recovered."""
        return self._held is not None and self._held.roots[:1] == (self._ring.root,)

    @property
    def admitted(self) -> bool:
        """Whether somebody wrapped the first key for this device; used is it once `compared`."""
        own = self.device
        return own is not None and (self._ring.root, own.id) in self._ring.grants

    @property
    def has_recovery(self) -> bool:
        """Whether a recovery code opens what is sealed now."""
        members = self._ring.members.values()
        return any(each.private is not None and each.id in self._keys.inside for each in members)

    def on_change(self, callback: Callable[[State], None]) -> Unsubscribe:
        """Call back when it stands otherwise, or devices came or went. Answers how to stop."""
        return self._listeners.add("vault", callback)

    # -- values -----------------------------------------------------------------------------------

    async def seal(self, key: str, rid: str, field: str, value: Json) -> str:
        """The sealed text of a value, for this field of this record: it opens nowhere else.

        Raises UsageError for a field that is not declared encrypted, InvalidValue for a value that
        is no JSON, VaultError if this device has not the newest key.
        """
        self._check_encrypted(key, field)
        clear = json_text(bounded(value, f"{key}/{rid}/{field}")).encode()
        await self.look()
        if not self._keys.ready:
            raise self._locked()
        id_, nonce = self._keys.newest, os.urandom(NONCE_BYTES)
        bound = bound_to("value", id_, key, rid, field)
        body = await self._cipher.encrypt(self._keys.held[id_], nonce, clear, bound)
        text = Sealed(id_, nonce, body).text
        if len(text) > SEALED_MAX:
            raise InvalidValue("is too long to be sealed", path=f"{key}/{rid}/{field}")
        return text

    async def open(self, key: str, rid: str, field: str, text: str) -> Json:
        """The value that was sealed for this field of this record.

        Raises InvalidValue for what is no sealed text, VaultError if this device lacks its key, or
        the text was changed or made for another place.
        """
        self._check_encrypted(key, field)
        id_, nonce, body = parse_sealed(text)
        await self.look()
        data_key = self._keys.held.get(id_)
        if data_key is None:
            if self._keys.ready:
                raise VaultError("no-key", "it was sealed with a key that this device never had")
            raise self._locked()
        bound = bound_to("value", id_, key, rid, field)
        try:
            return parse_json((await self._cipher.decrypt(data_key, nonce, body, bound)).decode())
        except (Undecipherable, ValueError):
            message = "it was changed, or belongs to another record: it cannot be opened"
            raise VaultError("altered", message) from None

    async def look(self) -> None:
        """Look at the keyring again, if it is another one than before."""
        while (now := self._now()) != self._seen:
            ring = read_ring(now[0])
            held = None if self.missing else await self._cipher.held()
            keys = Keys() if held is None or not ring.root else await self._unlock(ring, held)
            if now != self._now():
                continue
            if held is not None and keys.ready and held.roots[-1] != keys.newest:
                held = held._replace(roots=(ring.root, keys.newest))
                await self._cipher.trust(held.roots)
            before = self.state, self._ring, self._held, self._keys
            self._seen, self._ring, self._held, self._keys = now, ring, held, keys
            if before != (self.state, ring, held, keys):
                self._listeners.tell("vault", self.state)
        await self._mind()

    # -- inside -----------------------------------------------------------------------------------

    def _is_sealed(self) -> bool:
        """Whether some field holds a sealed text."""
        collections = self.space.tab.schema.collections
        return any(
            is_sealed(record.get(name))
            for key, declared in collections.items()
            if (names := encrypted_fields(declared.fields))
            for record in self.space.view.all(key)
            for name in names
        )

    def _now(self) -> tuple[tuple[Record, ...], int]:
        return tuple(self.space.view.all(KEYRING)), self._turns

    async def _unlock(self, ring: Ring, held: Held) -> Keys:
        cipher, own = self._cipher, member_id(held.public)
        return await unlock(cipher, ring, own, held.roots, self._keys.held, cipher.unwrap)

    async def _mind(self) -> None:
        """Keep a copy of the keyring, or bring back what an older one lacks."""
        if self._held is None or not self._is_unminded():
            return
        assert self._seen is not None
        records = self._minded = self._seen[0]
        rows = lost_of(self._held.copy, records)
        if rows:
            self._bring_back(rows)
        elif self._keys.ready and (copy := copy_of(records)) != self._held.copy:
            self._held = self._held._replace(copy=copy)
            await self._cipher.keep(copy)

    def _is_unminded(self) -> bool:
        """Whether there is a keyring, all of it decided, that was not looked at yet."""
        if self._seen is None or self._seen[0] is self._minded or not self.space.is_ready:
            return False
        return not any(self.space.is_undecided(KEYRING, each["id"]) for each in self._seen[0])

    def _bring_back(self, rows: list[Row]) -> None:
        generation = self.space.tab.books.generation
        if generation in self._brought:
            return
        self._brought.add(generation)

        def work(draft: Draft) -> None:
            for row in rows:
                if draft.get(KEYRING, row["id"]) is None:
                    draft.create(KEYRING, row)

        # A role that may not leaves it to another device: `switch_on` says what is the matter.
        with suppress(Refused):
            self.space.run("Brought the keys of encrypted fields back", work, atomic=False)

    def _changed(self, refs: Iterable[Ref]) -> None:
        if any(key == KEYRING for key, _ in refs):
            self._spawn(self.look())

    def _replaced(self) -> None:
        """Another state took the place of the one before, and told nobody what differs."""
        if self.space.tab.books.generation != self._generation:
            self._generation = self.space.tab.books.generation
            self._spawn(self.look())
        elif self._held is not None and self._is_unminded():
            self._spawn(self.look())

    def _check_encrypted(self, key: str, field: str) -> None:
        if not self.space.tab.schema.collection(key).field(field).encrypted:
            raise UsageError(f"{key}/{field} is not declared encrypted")

    def _locked(self) -> VaultError:
        """Why nothing is sealed or opened here."""
        if self.state == "needs-https":
            return VaultError("needs-https", self.missing)
        return VaultError(self.state, _WORDS[self.state])
