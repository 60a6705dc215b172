"""The headers every answer carries: what a page of ours may load, and from where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = "content-security-policy"
SOURCES: Final = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    # Positions on a chart are inline styles of elements; style sheets stay our own files.
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
    "object-src": "'none'",
}


def content_policy(more: Mapping[str, Sequence[str]] = MappingProxyType({})) -> str:
    """What a page of ours may load, and what a certain page may besides, by directive."""
    return "; ".join(
        " ".join((name, sources, *more.get(name, ()))) for name, sources in SOURCES.items()
    )


_POLICY: Final = POLICY.encode()
CONTENT_SECURITY_POLICY: Final = content_policy().encode()
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
)


class SecurityHeaders:
    """ASGI middleware that adds `SECURITY_HEADERS` to every HTTP answer, and the policy of all
    pages to those that bring none of their own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers where the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), *SECURITY_HEADERS]
                if not any(name == _POLICY for name, _ in headers):
                    headers.append((_POLICY, CONTENT_SECURITY_POLICY))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, send_with_headers)
