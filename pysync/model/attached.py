"""Attachments: bytes that lie beside a space, and which its records name.

A picture is no value: a year of them would be hundreds of megabytes in every log. A field whose
check is `attachment_problem` holds the digest of the bytes (SHA-256, hexadecimal), and an index of
the same name lists the records by it. Whoever may read such a field of a record may have the bytes.

ATTACH-1 the bytes under a digest are those it is the digest of, so they never change. ATTACH-2 what
they are is told by how they begin, never by what somebody says. Floor: `errors`, `rights`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from pysync.errors import InvalidValue, UsageError

if TYPE_CHECKING:
    from pysync.model.conflict import Conflict
    from pysync.model.guard import View
    from pysync.model.rights import Rights
    from pysync.model.schema import CollectionSchema, Schema

MOST_BYTES: Final = 2_000_000
"""Of one attachment."""
MEDIA: Final = ("image/jpeg", "image/png", "image/webp", "application/pdf")
"""What may be attached."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def is_digest(value: Any) -> bool:
    """Whether it is written as a digest is."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def media_type(data: bytes) -> str:
    """What the bytes are, of `MEDIA`; "" for anything else.

    >>> media_type(b"%PDF-"), media_type(b"<svg onload=...")
    ('application/pdf', '')
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return "application/pdf" if data.startswith(b"%PDF-") else ""


def digest_of(data: bytes) -> str:
    """Under which name these bytes are kept. Raises InvalidValue for what cannot be attached: too
    much, nothing, or of a kind that is not in `MEDIA`."""
    if len(data) > MOST_BYTES:
        raise InvalidValue(f"is larger than {MOST_BYTES // 1_000_000} MB", code="too-large")
    if not media_type(data):
        raise InvalidValue("is no JPEG, PNG or WebP picture and no PDF", code="media")
    return sha256(data).hexdigest()


def attachment_problem(value: Any) -> str | None:
    """Why a field that names attachments cannot hold that, in words. A field that has this check,
    itself and no other, is one."""
    return None if is_digest(value) else "must name an attachment by its digest"


def attachment_fields(collection: CollectionSchema) -> Iterator[str]:
    """Its fields that name attachments."""
    found = collection.fields.items()
    return (name for name, each in found if each.check is attachment_problem)


def check_attachments(collection: CollectionSchema) -> None:
    """Raises UsageError for an attachment field by which no record could be found."""
    for name in attachment_fields(collection):
        if name not in collection.indexes:
            raise UsageError(f"{collection.name}/{name} needs an index of its name: by the digest")


def places(schema: Schema) -> Iterator[tuple[str, str]]:
    """The fields that name attachments, as (collection, field)."""
    for key, collection in schema.collections.items():
        yield from ((key, name) for name in attachment_fields(collection))


def is_named(view: View, schema: Schema, digest: str) -> bool:
    """Whether a living record names it."""
    return any(view.find(key, name, digest) for key, name in places(schema))


def may_have(view: View, schema: Schema, rights: Rights | None, digest: str) -> bool:
    """Whether these rights (None: all) reach a field of a living record that names it."""
    return any(
        (rights is None or rights.may_read(key, name)) and view.find(key, name, digest)
        for key, name in places(schema)
    )


def may_give(schema: Schema, rights: Rights | None) -> bool:
    """Whether these rights (None: all) reach for writing any field that names attachments."""
    return any(rights is None or rights.may_write(key, name) for key, name in places(schema))


def named_in(conflicts: Iterable[Conflict], schema: Schema) -> set[str]:
    """What the values name that lost a conflict: somebody may show them again."""
    found = set(places(schema))
    return {
        str(candidate.value)
        for conflict in conflicts
        if (conflict.key, conflict.register) in found
        for candidate in (conflict.shown, conflict.other)
    }
