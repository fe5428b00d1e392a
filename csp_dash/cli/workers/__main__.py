"""Serve until told to stop: `python -m csp_dash.cli.workers PORT NUMBER SCRIPT [ADDRESS]`."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from csp_dash.cli.listening import PortBusy, listen
from csp_dash.cli.workers.line import CHUNK
from csp_dash.cli.workers.pool import Pool
from csp_dash.cli.workers.relay import Relay

SERVER = (sys.executable, "-m", "csp_dash.cli.workers.worker")


async def serve(pool: Pool, address: str, port: int) -> None:
    """Relay connections to the processes of a pool until this task is cancelled."""
    with listen(address, port) as door:  # before any process is started, so that a port in use is said at once
        async with pool:
            await pool.some.wait()  # until then connections wait in the system's queue
            relay = Relay(pool)
            server = await asyncio.start_server(relay.accept, sock=door, limit=CHUNK)
            print(f"csp-dash is at http://localhost:{port} (stop it with Ctrl+C)", flush=True)
            try:
                await server.serve_forever()
            finally:
                server.close()
                await relay.close()


def loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes the loop of events: the quicker one where there is one."""
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop  # noqa: PLC0415  not there on Windows

    return uvloop.new_event_loop


def main() -> int:
    """0 when it was told to stop, 2 with a sentence where the port is in use."""
    port, number, script, *address = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is started with it ignored
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # both end the task below
    try:
        with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=loop()) as runner:
            runner.run(serve(Pool(int(number), SERVER, script), "".join(address), int(port)))
    except PortBusy as fault:
        print(fault, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
