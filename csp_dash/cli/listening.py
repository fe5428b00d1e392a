"""The port that is served, and how many files this process may open: one for each connection."""

from __future__ import annotations

import socket

try:
    import resource
except ImportError:  # Windows, which has no such limit
    resource = None  # type: ignore[assignment]

BACKLOG = 2048  # connections that wait until they are accepted
FILES_A_VIEWER = 4  # seen at a server process with 40 of them
ENOUGH_FILES = 2048


class PortBusy(Exception):
    """Another program listens on the port. The text says what to do."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is in use by another program. Stop it, or choose another port: make run PORT={port + 98}"
        )


def look_port(port: int) -> None:
    """Refuse a port that is in use, in a sentence."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            raise PortBusy(port) from None


def listen(address: str, port: int) -> socket.socket:
    """A socket that listens at an address; an empty one means all of this machine, in both versions of the protocol."""
    both = not address and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both or ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except OSError:
        raise PortBusy(port) from None


def allow_files() -> str:
    """Let this process, and those that it starts, open as many files as the machine allows.

    Returns a sentence with what to do where that is too few for a crowd, and nothing where it is enough.
    """
    if resource is None:
        return ""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        allowed = most
    except (ValueError, OSError):  # macOS calls it unlimited, and refuses so many
        pass
    if allowed == resource.RLIM_INFINITY or allowed >= ENOUGH_FILES:
        return ""
    return (
        f"This machine lets the server open {allowed} files, enough for about {allowed // FILES_A_VIEWER} viewers at once. "
        f"For more, raise the limit before the start: ulimit -Hn {ENOUGH_FILES} as root, or LimitNOFILE={ENOUGH_FILES} in systemd."
    )
