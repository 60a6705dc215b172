"""The API, declared once: its operations and the shapes of what goes in and out.

Floor: `declared`.
"""

from __future__ import annotations

from typing import Any, Final

from pysync_server.api.declared import Operation, Param, Shape, fields, text

MOST_WRITES: Final = 500
"""Writes of one change."""
MOST_RECORDS: Final = 1_000
"""Records of one page."""
ANY: Final[Shape] = {}
KEY: Final = text(200, 1)
NUMBER: Final[Shape] = {"type": "number"}
COUNT: Final[Shape] = {"type": "integer", "minimum": 0}
OBJECT: Final[Shape] = {"type": "object"}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _many(shape: Shape) -> dict[str, Any]:
    return {"type": "array", "items": shape}


def _write(do: str, **members: Shape) -> Shape:
    return fields({"do": {"const": do, "type": "string"}, "key": KEY, **members})


VERSION: Final = text(200)
_IF: Final = {"if_version": VERSION}
WRITES: Final[dict[str, Shape]] = {
    "Create": _write("create", id=KEY, fields=OBJECT),
    "Set": {
        **_write("set", id=KEY, fields=OBJECT),
        "properties": {**_write("set", id=KEY, fields=OBJECT)["properties"], **_IF},
    },
    "Delete": {
        **_write("delete", id=KEY),
        "properties": {**_write("delete", id=KEY)["properties"], **_IF},
    },
    "Add": _write("add", id=KEY, field=KEY, by=NUMBER),
    "Put": _write("put", value=ANY),
}

SHAPES: Final[dict[str, Shape]] = {
    **WRITES,
    "Write": {
        "oneOf": [_ref(name) for name in WRITES],
        "discriminator": {
            "propertyName": "do",
            "mapping": {name.lower(): _ref(name)["$ref"] for name in WRITES},
        },
    },
    "Change": fields(
        {
            "writes": {
                "type": "array",
                "items": _ref("Write"),
                "minItems": 1,
                "maxItems": MOST_WRITES,
            }
        },
        {"label": text(200), "atomic": {"type": "boolean"}},
    ),
    "Outcome": fields(
        {
            "outcome": {
                "type": "string",
                "enum": ["applied", "merged", "conflict", "amended", "refused", "unchanged"],
            },
            "repeated": {"type": "boolean"},
        },
        {
            "seq": COUNT,
            "version": VERSION,
            "code": text(200),
            "message": text(10_000),
            "params": OBJECT,
            "conflicts": _many(_ref("Conflict")),
        },
    ),
    "Conflict": fields(
        {
            "id": text(300),
            "key": KEY,
            "record": KEY,
            "field": text(1_000),
            "open": {"type": "boolean"},
            "shown": ANY,
            "other": ANY,
        }
    ),
    "Space": fields({"epoch": text(64), "seq": COUNT}),
    "Record": fields({"id": KEY, "version": VERSION, "fields": OBJECT}),
    "OneRecord": fields({"seq": COUNT, "record": _ref("Record")}),
    "Records": fields(
        {"seq": COUNT, "records": _many(_ref("Record"))},
        {"next": KEY},
    ),
    "Value": fields({"seq": COUNT, "version": VERSION, "value": ANY}),
    "Error": fields({"error": fields({"code": text(100), "message": text(10_000)})}),
}

_SPACE: Final = Param(
    name="space",
    place="path",
    about="Which hotel.",
    shape=text(64, 1, "^[A-Za-z0-9][A-Za-z0-9_-]*$"),
    required=True,
)
_KEY: Final = Param(name="key", place="path", about="The storage key.", shape=KEY, required=True)
_ID: Final = Param(name="id", place="path", about="The record's id.", shape=KEY, required=True)
_RESUME: Final = text(100, 1, "^[A-Za-z0-9.-]{1,64}:[0-9]{1,15}$")

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        id="space",
        method="GET",
        path="/api/v1/{space}",
        about="Where the log of a hotel stands.",
        params=(_SPACE,),
        answer="Space",
    ),
    Operation(
        id="records",
        method="GET",
        path="/api/v1/{space}/records/{key}",
        about="The records under a key, by id.",
        detail="`next` is there if there are more: pass it as `after`.",
        params=(
            _SPACE,
            _KEY,
            Param(
                name="limit",
                place="query",
                about="How many records; 100 if not given.",
                shape={"type": "integer", "minimum": 1, "maximum": MOST_RECORDS},
            ),
            Param(name="after", place="query", about="Records behind this id.", shape=KEY),
        ),
        answer="Records",
    ),
    Operation(
        id="record",
        method="GET",
        path="/api/v1/{space}/records/{key}/{id}",
        about="One record.",
        params=(_SPACE, _KEY, _ID),
        answer="OneRecord",
    ),
    Operation(
        id="value",
        method="GET",
        path="/api/v1/{space}/values/{key}",
        about="The single value under a key.",
        params=(_SPACE, _KEY),
        answer="Value",
    ),
    Operation(
        id="change",
        method="POST",
        path="/api/v1/{space}/changes",
        about="Make one change: all of its writes happen, or none.",
        detail=(
            "Answered when it is on the disk. With an Idempotency-Key it may be sent again, also "
            "after the server was restarted: it happens once, and the first outcome is the answer, "
            "with `repeated`. What cannot be a change at all (422) is not remembered."
        ),
        params=(
            _SPACE,
            Param(
                name="idempotency-key",
                place="header",
                about="A name of this change that the program uses for no other one.",
                shape=text(200, 1, "^[!-~]+$"),
            ),
        ),
        body="Change",
        answer="Outcome",
        errors=(400, 401, 404, 409, 413, 422, 429, 503),
    ),
    Operation(
        id="feed",
        method="GET",
        path="/api/v1/{space}/feed",
        about="Changes as they happen, as server-sent events.",
        detail=(
            "`change` events hold {seq, at, author, label, records: [{key, id, kind, fields}]}; "
            "`reset` says that what follows the place asked for cannot be told without a gap: its "
            "data holds {code, message}, `another-log` or `cleaned-up`. Read everything again. "
            "The id of an event is the place to go on at."
        ),
        params=(
            _SPACE,
            Param(
                name="last-event-id",
                place="header",
                about="Go on behind this event; without it the feed begins with what is new.",
                shape=_RESUME,
            ),
            Param(name="after", place="query", about="The same in the address.", shape=_RESUME),
        ),
        media="text/event-stream",
    ),
)
