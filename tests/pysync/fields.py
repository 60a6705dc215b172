"""A field of every kind and strategy, under names that tests know. In a page as well."""

from __future__ import annotations

from pysync.model.schema import Field

FIELDS = {
    "n": Field(kind="counter"),
    "tags": Field(kind="set"),
    "doc": Field(kind="object"),
    "lines": Field(kind="list"),
    "text": Field(strategy="merge"),
    "first": Field(strategy="first-write-wins"),
    "ask": Field(strategy="custom"),
}
