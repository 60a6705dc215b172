"""`Vault`: the encrypted fields of a space, and its devices' keys.

What is sealed is the value of the field everywhere (`model.sealed`), so whatever carries a value
carries what it cannot read: the other devices' stores, the log, the relay, its backups. The keys
are in the keyring, a collection of the space, wrapped for each device (`model.keyring`).

A device is `off` (nobody switched encryption on), `locked` (it has no key yet, or not the newest),
`ready`, or `needs-https` (a page without cryptography). It asks and shows a code, which people
compare with the code on a ready device: who is there admits it, who is here confirms it, in any
order, and without either it stays locked. To remove a device is to make a new key
for the others: what was sealed before, it may have read already. Every method raises VaultError
where it cannot be done, and Refused where the person's role may not write the keyring; then nothing
was changed. Made by `open_vault` of `pysync.native` and `pysync.browser`. Floor: `sealing`.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

from pysync.cipher import CODE_BYTES, Undecipherable, bound_to, code_text, key_of_code
from pysync.errors import Refused, VaultError
from pysync.model.draft import Draft
from pysync.model.keyring import GRANT, KEY, KEY_BYTES, MEMBER, NAME_MAX, ROOT, key_id, read_ring
from pysync.model.keyring import member_id as id_of
from pysync.model.sealed import KEYRING, NONCE_BYTES, from_text, to_text
from pysync.sealing import Device, Sealing, State
from pysync.unlocking import granted, linked, recover_keys

__all__ = ["Device", "State", "Vault"]

Row = dict[str, Any]
CODE: Final = "Recovery code"
_ON_ALREADY: Final = "encryption is switched on already"
_LOST: Final = (
    "encryption was switched on here, and the server has lost the keys, as where an old backup was "
    "put back: a device that had access, in a role that may give access, brings them back when it "
    "comes; or put a newer backup back"
)


class Vault(Sealing):
    """The keys of one space on this device."""

    async def switch_on(self, name: str, *, anew: bool = False) -> str:
        """Begin: this device, of that name, has the first key. Answers the recovery code, which is
        kept nowhere: show it once. Refused with `on-already` if it was switched on before;
        VaultError `lost` where it was and the server has lost the keys: with `anew` it begins all
        the same, and what was sealed before can be read by nobody any more."""
        await self.look()
        self._check_cryptography()
        if self._ring.root:
            raise Refused("on-already", _ON_ALREADY)
        self._check_there()
        if not anew and ((self._held is not None and self._held.roots) or self._is_sealed()):
            raise VaultError("lost", _LOST)
        public = await self._own_pair()
        key = os.urandom(KEY_BYTES)
        root = key_id(key)
        code, recovery = await self._recovery(root)
        rows = [
            {"id": ROOT, "key": root},
            self._asking(public, name),
            await self._grant(key, public),
            recovery,
            await self._grant(key, _public_of(recovery)),
        ]
        await self._write("Switched on end-to-end encryption", rows, beginning=True)
        await self.look()
        if self._ring.root != root:
            raise Refused("on-already", _ON_ALREADY)
        await self._trust(root)
        await self.look()
        return code

    async def ask(self, name: str) -> Device:
        """Ask to be admitted, under that name. Answers this device with its code, which is to be
        the same where somebody admits it: then `confirm` it here, and `admit` there."""
        await self.look()
        self._check_cryptography()
        self._check_on()
        public = await self._own_pair()
        await self._write("Asked to read encrypted fields", [self._asking(public, name)])
        await self.look()
        found = self.device
        assert found is not None
        return found

    async def confirm(self, code: str) -> None:
        """Say that a device with access shows this code for this one: the keys that it names are
        trusted from now on. VaultError `changed` if it is not this device's code (any more)."""
        await self.look()
        self._check_cryptography()
        self._check_on()
        own = self.device
        if own is None or own.code != code:
            raise VaultError("changed", "this device shows another code by now: compare that")
        if not self.compared:
            await self._trust(self._ring.root)
        await self.look()

    async def admit(self, id_: str) -> None:
        """Wrap all data keys for a device that asked. Compare the codes first: whoever can change
        what the server holds could have put another device in its place."""
        await self.look()
        self._check_ready()
        self._check_there()
        member = self._ring.members.get(id_)
        if member is None or member.private is not None:
            raise VaultError("gone", "that device does not ask any more")
        rows = [await self._grant(key, member.public) for key in self._keys.held.values()]
        await self._write("Let a device read encrypted fields", rows)
        await self.look()

    async def remove(self, id_: str) -> None:
        """Let a device read nothing that is sealed from now on; one that only asked is turned
        away. This device itself is not removed: it forgets its key when somebody signs out."""
        await self.look()
        self._check_ready()
        self._check_there()
        if id_ not in {each.id for each in self.devices}:
            raise VaultError("gone", "there is no such device any more")
        own = self.device
        if own is not None and own.id == id_:
            raise VaultError("gone", "this device does not remove itself: sign out of it")
        # Who has an older key alone, too: without a new key another device's copy brings it back.
        had = id_ in self._keys.inside or any(member == id_ for _, member in self._ring.grants)
        rows = (await self._next_key([id_]))[1] if had else []
        await self._write("Removed a device from encrypted fields", rows, without=[id_])
        await self.look()

    async def new_code(self) -> str:
        """Make another recovery code and answer it, as `switch_on` does: the one before opens
        nothing that is sealed from now on."""
        await self.look()
        self._check_ready()
        self._check_there()
        old = [each.id for each in self._ring.members.values() if each.private is not None]
        key, rows = await self._next_key(old)
        code, recovery = await self._recovery(self._ring.root)
        public = _public_of(recovery)
        rows += [recovery, await self._grant(key, public)]
        rows += [await self._grant(each, public) for each in self._keys.held.values()]
        await self._write("Made another recovery code", rows, without=old)
        await self.look()
        return code

    async def recover(self, code: str, name: str) -> None:
        """Admit this device, of that name, by the recovery code (VaultError `wrong-code`)."""
        await self.look()
        self._check_cryptography()
        self._check_on()
        recovered = await recover_keys(self._cipher, self._ring, code)
        public = await self._own_pair()
        rows = [await self._grant(key, public) for key in recovered.held.values()]
        await self._trust(self._ring.root)
        rows.insert(0, self._asking(public, name))
        await self._write("Recovered the keys of encrypted fields", rows)
        await self.look()
        self._check_ready()

    async def forget(self) -> None:
        """Delete this device's key. What was opened already is not kept by the vault."""
        await self._cipher.forget()
        self._turns += 1
        await self.look()

    # -- inside -----------------------------------------------------------------------------------

    async def _own_pair(self) -> bytes:
        public = await self._cipher.make()
        self._turns += 1
        return public

    async def _trust(self, root: str) -> None:
        await self._cipher.trust([root])
        self._turns += 1

    async def _grant(self, key: bytes, public: bytes) -> Row:
        id_, member = key_id(key), id_of(public)
        try:
            found = await granted(self._cipher, key, _nonce(), id_, member, public)
        except Undecipherable:
            raise VaultError("gone", "what that device shows is not a key: turn it away") from None
        wrapped, proof = to_text(found.wrapped), to_text(found.proof)
        return {"id": f"{GRANT}{id_}.{member}", "wrapped": wrapped, "proof": proof}

    async def _next_key(self, without: Collection[str]) -> tuple[bytes, list[Row]]:
        """A new data key, for all who have the newest one but these."""
        newest, key = self._keys.newest, os.urandom(KEY_BYTES)
        id_, made = key_id(key), int(self.space.host.now().wall)
        before = self._keys.held[newest]
        link = await linked(self._cipher, before, _nonce(), id_, newest, made)
        row: Row = {"id": KEY + id_, "after": newest, "made": made, "link": to_text(link)}
        members, rows = self._ring.members, [row]
        assert self._held is not None
        left = {
            members[each].public for each in self._keys.inside - set(without) if each in members
        }
        for public in sorted({self._held.public, *left}):
            with suppress(VaultError):  # What is no key gets none.
                rows.append(await self._grant(key, public))
        return key, rows

    async def _recovery(self, root: str) -> tuple[str, Row]:
        """A new recovery code, and the member that it stands for."""
        code = os.urandom(CODE_BYTES)
        public, private = await self._cipher.new_pair()
        nonce, bound = _nonce(), bound_to("recovery", root, id_of(public))
        sealed = nonce + await self._cipher.encrypt(key_of_code(code), nonce, private, bound)
        row = _member_row(public, CODE, self._today())
        return code_text(code), {**row, "private": to_text(sealed)}

    def _asking(self, public: bytes, name: str) -> Row:
        own = self._ring.members.get(id_of(public))
        return _member_row(public, name, own.asked if own is not None else self._today())

    def _today(self) -> int:
        return int(self.space.host.now().wall)

    async def _write(
        self,
        label: str,
        rows: list[Row],
        *,
        without: Collection[str] = (),
        beginning: bool = False,
    ) -> None:
        """Write these records, and take out all of these members, as one change; with a relay that
        answers, wait until it has it."""
        ring = self._ring
        gone = [MEMBER + each for each in without]
        gone += [f"{GRANT}{id_}.{member}" for id_, member in ring.grants if member in without]

        def work(draft: Draft) -> None:
            root = draft.get(KEYRING, ROOT) if beginning else None
            if root is not None and read_ring([root]).root:
                raise Refused("on-already", _ON_ALREADY)
            for rid in gone:
                if draft.get(KEYRING, rid) is not None:
                    draft.delete(KEYRING, rid)
            for row in rows:
                _put(draft, row)

        # Each record stands for itself: another device may be admitting the same one.
        receipt = self.space.run(label, work, atomic=False)
        if self.space.status().relay == "online":
            await receipt.acknowledged()

    def _check_cryptography(self) -> None:
        if self.missing:
            raise self._locked()

    def _check_there(self) -> None:
        """A key that the server refuses afterwards would have sealed what nobody else opens."""
        if self.space.status().relay not in ("none", "online"):
            raise VaultError("offline", "the server has to answer when keys are made or given")

    def _check_on(self) -> None:
        if not self._ring.root:
            raise self._locked()

    def _check_ready(self) -> None:
        if not self._keys.ready:
            raise self._locked()


def _put(draft: Draft, row: Mapping[str, Any]) -> None:
    if draft.get(KEYRING, row["id"]) is None:
        draft.create(KEYRING, row)
    else:
        draft.update(KEYRING, row["id"], row)


def _member_row(public: bytes, name: str, asked: int) -> Row:
    id_ = MEMBER + id_of(public)
    return {"id": id_, "public": to_text(public), "name": name[:NAME_MAX], "asked": asked}


def _public_of(row: Row) -> bytes:
    return from_text(row["public"])


def _nonce() -> bytes:
    return os.urandom(NONCE_BYTES)
