"""Renders one line that tells what a test wants to know about this start."""

import asyncio
import random
import secrets

from js import document, history, localStorage, location

from tinyapp.pure import NAME


async def start() -> None:
    """Render, after giving the loop a turn; fails when the page asks for it."""
    await asyncio.sleep(0)
    if localStorage.getItem("fail"):
        raise RuntimeError("the tiny application was asked to fail")
    if location.pathname == "/leads":
        history.replaceState(None, "", "/somewhere")
    document.documentElement.setAttribute("data-theme", "dark")
    document.getElementById("app").innerHTML = (
        f"<h1>Tiny</h1><p id='random'>{random.random()}</p>"
        f"<p id='secret'>{secrets.token_hex(8)}</p><p id='name'>{NAME}</p>"
        "<input id='typed'><dialog open>not kept</dialog>"
        "<p style='margin-top: 3000px' id='below'>below the first screen</p>"
    )
