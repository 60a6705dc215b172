"""Which data keys a member of the keyring has, and which of them counts: the walk along its links.

It begins at the first keys that the member trusts, because it made them, compared a code that names
them, or opened them with a recovery code. From there on only a key of which the link opens with the
key before it is taken; so keys that somebody puts there who has none are never used. The newest one
seals. Who has it is *in*; a member without it is not, whatever it had before. Floor: `cipher`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pysync.cipher import Cipher, Undecipherable, bound_to, key_of_code, read_code
from pysync.errors import VaultError
from pysync.model.keyring import Grant, Link, Ring, key_id
from pysync.model.sealed import NONCE_BYTES

Unwrap = Callable[[bytes], Coroutine[Any, Any, bytes]]


@dataclass(frozen=True, slots=True)
class Keys:
    """What a member can read and write with. `held` are its data keys by id, the first one first;
    `newest` is the id of the key that seals now, "" if nothing is known of any."""

    held: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    newest: str = ""
    inside: frozenset[str] = frozenset()
    """The members that have the newest key, as far as this one can tell: it must have it itself."""

    @property
    def ready(self) -> bool:
        """Whether the newest key is there."""
        return self.newest in self.held


async def unlock(
    cipher: Cipher,
    ring: Ring,
    member: str,
    roots: Iterable[str],
    known: Mapping[str, bytes],
    unwrap: Unwrap,
) -> Keys:
    """What this member has. `roots` are the first key that it trusts and, behind it, the one that
    it knew to be the newest; `known` are keys that were unwrapped before; `unwrap` opens what is
    wrapped for it."""
    held: dict[str, bytes] = {}
    after: dict[str, list[Link]] = {}
    trusted = list(dict.fromkeys(roots))
    waiting = trusted[:]
    while waiting:
        id_ = waiting.pop(0)
        key = None if id_ in held else await _key(ring, member, id_, known, unwrap)
        if key is None:
            continue
        held[id_] = key
        after[id_] = [each for each in ring.links.get(id_, ()) if await _follows(cipher, key, each)]
        waiting += [each.key_id for each in after[id_]]
    # Never behind what this one knew to be the newest: whoever was removed since has that key, too.
    newest = trusted[-1] if trusted and trusted[0] == ring.root else ""
    seen = {newest}
    while later := [each for each in after.get(newest, ()) if each.key_id not in seen]:
        newest = max(later, key=lambda each: (each.made, each.key_id)).key_id
        seen.add(newest)
    with_it = [member for id_, member in ring.grants if id_ == newest]
    inside = frozenset(
        [each for each in with_it if await _is_inside(cipher, ring, held, newest, each)]
    )
    return Keys(held, newest, inside)


async def recover_keys(cipher: Cipher, ring: Ring, text: str) -> Keys:
    """The keys that a recovery code opens. Raises VaultError `wrong-code`."""
    code = read_code(text)
    for member in ring.members.values():
        if code is None or member.private is None:
            continue
        nonce, body = member.private[:NONCE_BYTES], member.private[NONCE_BYTES:]
        # The first key is part of what it opens, so nobody else can have put that there.
        bound = bound_to("recovery", ring.root, member.id)
        try:
            private = await cipher.decrypt(key_of_code(code), nonce, body, bound)
        except Undecipherable:
            continue

        async def unwrap(wrapped: bytes, private: bytes = private) -> bytes:
            return await cipher.unwrap(wrapped, private)

        found = await unlock(cipher, ring, member.id, [ring.root], {}, unwrap)
        if found.held:
            return found
    raise VaultError("wrong-code", "this is not the recovery code of this space")


async def _key(
    ring: Ring, member: str, id_: str, known: Mapping[str, bytes], unwrap: Unwrap
) -> bytes | None:
    grant = ring.grants.get((id_, member))
    if grant is None:
        return None  # also what is known is not used any more: it was taken away
    if id_ in known:
        return known[id_]
    try:
        key = await unwrap(grant.wrapped)
    except Undecipherable:
        return None
    return key if key_id(key) == id_ else None


async def _follows(cipher: Cipher, key: bytes, link: Link) -> bool:
    return await _proves(cipher, key, link.proof, _of_link(link.key_id, link.after, link.made))


async def _is_inside(
    cipher: Cipher, ring: Ring, held: Mapping[str, bytes], newest: str, member: str
) -> bool:
    grant, key = ring.grants.get((newest, member)), held.get(newest)
    if grant is None or key is None:
        return False
    return await _proves(cipher, key, grant.proof, _of_grant(newest, member))


async def _proves(cipher: Cipher, key: bytes, proof: bytes, bound: bytes) -> bool:
    try:
        await cipher.decrypt(key, proof[:NONCE_BYTES], proof[NONCE_BYTES:], bound)
    except Undecipherable:
        return False
    return True


def _of_link(id_: str, after: str, made: int) -> bytes:
    return bound_to("link", id_, after, made)


def _of_grant(id_: str, member: str) -> bytes:
    return bound_to("grant", id_, member)


async def linked(
    cipher: Cipher, key: bytes, nonce: bytes, id_: str, after: str, made: int
) -> bytes:
    """The proof that who has `key`, the one of id `after`, let the key `id_` follow it."""
    return nonce + await cipher.encrypt(key, nonce, b"", _of_link(id_, after, made))


async def granted(
    cipher: Cipher, key: bytes, nonce: bytes, id_: str, member: str, public: bytes
) -> Grant:
    """The key, wrapped for that member, with the proof that who has it did so."""
    proof = nonce + await cipher.encrypt(key, nonce, b"", _of_grant(id_, member))
    return Grant(await cipher.wrap(public, key), proof)
