"""The server around the app: it takes no files, and never asks another host for its own address.

Streamlit's endpoint for uploads stands open whether or not a page uses it, and its check of a strange origin first asks
a third party under which address this machine is seen, while every viewer waits. `streamlit run app.py` imports this
before the first request, so both hold from the start.
"""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import net_util

UPLOADS = "/_stcore/upload_file"
REFUSAL = "This dashboard takes no files."
OWN_ADDRESS = "127.0.0.1"  # an origin that is allowed anyway


class NoUploads:
    """Refuses every request to the endpoint for uploads, before any of its body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and UPLOADS in scope["path"]:
            await PlainTextResponse(REFUSAL, status_code=403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def ask_nobody() -> None:
    """Give Streamlit a fixed answer to which address it has; no setting does."""
    net_util._external_ip = net_util._internal_ip = OWN_ADDRESS


def guards() -> list[Middleware]:
    """What stands before every request."""
    ask_nobody()
    return [Middleware(NoUploads)]
