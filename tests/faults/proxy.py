"""A line between the hub and its database that a test can cut, swallow or close: a port that leads to a socket."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

START_SECONDS = 10


class Proxy:
    """Forwards between a port of this machine and a Unix socket.

    Swallowing is what a firewall does that forgot its connections: whatever comes vanishes, new connections are taken
    and never answered, and those that were there stay dead when others pass again.
    """

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._swallows = self._refuses = False
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    def __enter__(self) -> Proxy:
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise RuntimeError("the proxy did not start")
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)

    def swallow(self) -> None:
        """Everything vanishes from now on."""
        self._swallows = True
        for pair in list(self._pairs):
            pair.dead = True

    def refuse(self) -> None:
        """Connections end, and new ones are reset."""
        self._refuses = True
        self.cut()

    def cut(self) -> None:
        """All connections end by a reset."""
        self._loop.call_soon_threadsafe(self._abort_all)

    def mend(self) -> None:
        """New connections pass again."""
        self._swallows = self._refuses = False

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._take, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._abort_all()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _abort_all(self) -> None:
        for pair in list(self._pairs):
            pair.abort()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        pair = _Pair(writer.transport, dead=self._swallows)
        self._pairs.add(pair)
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.CancelledError):
                onward, back = await asyncio.open_unix_connection(self._socket)
                pair.onward = back.transport
                await asyncio.gather(pair.pump(reader, back), pair.pump(onward, writer))
        finally:
            pair.abort()
            self._pairs.discard(pair)
            if task is not None:
                self._tasks.discard(task)


class _Pair:
    """One connection through the proxy."""

    def __init__(self, client: asyncio.WriteTransport, *, dead: bool) -> None:
        self._client, self.dead = client, dead
        self.onward: asyncio.WriteTransport | None = None

    async def pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            if not self.dead:
                sink.write(data)
                await sink.drain()
        if not self.dead:
            self.abort()

    def abort(self) -> None:
        self._client.abort()
        if self.onward is not None:
            self.onward.abort()
