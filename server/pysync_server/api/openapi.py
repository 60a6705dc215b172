"""The OpenAPI 3.1 document of the API, made from its declaration. Floor: `operations`."""

from __future__ import annotations

from typing import Any

from pysync.version import BUILD
from pysync_server.api.declared import Operation, Param
from pysync_server.api.operations import OPERATIONS, SHAPES

WORDS = {
    400: "The request cannot be read, or has not the declared shape.",
    401: "No token, or one that is good no more.",
    404: "There is nothing of that name.",
    409: "The key of another change, or the record is at another version.",
    413: "The body is too large.",
    422: "This can be no change of this hotel: a value does not fit, or a record is missing.",
    429: "Too many requests: wait as long as Retry-After says.",
    503: "The space cannot be used now: try again later.",
}


def document() -> dict[str, Any]:
    """The whole of it."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "pysync", "version": BUILD or "0"},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": SHAPES,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    shape = {"$ref": f"#/components/schemas/{operation.answer}"} if operation.answer else {}
    made: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.about,
        "parameters": [_param(param) for param in operation.params],
        "responses": {
            "200": {"description": "Done.", "content": {operation.media: {"schema": shape}}},
            **{str(status): _error(status) for status in operation.errors},
        },
    }
    if operation.detail:
        made["description"] = operation.detail
    if operation.body:
        body = {"$ref": f"#/components/schemas/{operation.body}"}
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    return made


def _param(param: Param) -> dict[str, Any]:
    return {
        "name": param.name,
        "in": param.place,
        "description": param.about,
        "required": param.required,
        "schema": param.shape,
    }


def _error(status: int) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"description": WORDS[status], "content": content}
