"""proxy: a TCP proxy that is the network between a worker and what it depends on, and can be told to be a bad one.

    Proxy(listen, target)        forwards 127.0.0.1:listen to 127.0.0.1:target
    .delay(SECONDS)              each piece, each way, that much later
    .bandwidth(BYTES_A_SECOND)   each way
    .reset()                     cuts every connection with RST, and new ones too
    .half_open()                 the present connections stay open and carry nothing any more, for ever
    .stall()                     what clients say is kept and delivered when that ends, even if they are dead by then
    .heal()                      a good network again
"""
import asyncio
import contextlib
import socket
import struct
import threading

PIECE = 65536


class Link:
    """One connection through the proxy."""

    def __init__(self, client, server):
        self.writers, self.dead = (client, server), False

    def close(self, hard):
        """With RST when hard."""
        for writer in self.writers:
            if hard:
                with contextlib.suppress(OSError, AttributeError):
                    writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort() if hard else writer.close()


class Proxy:
    """One listening port; all proxies share a thread."""
    loop = None

    def __init__(self, listen, target):
        self.target, self.links = target, set()
        self.seconds = self.rate = 0
        self.resetting = False
        if not Proxy.loop:
            Proxy.loop = asyncio.new_event_loop()
            threading.Thread(target=Proxy.loop.run_forever, daemon=True).start()
        self._do(self._listen(listen))

    def _do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, Proxy.loop).result(10)

    async def _listen(self, port):
        self.flowing = asyncio.Event()
        self.flowing.set()
        await asyncio.start_server(self._accept, "127.0.0.1", port)

    async def _accept(self, reader, writer):
        if self.resetting:
            Link(writer, writer).close(hard=True)
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            Link(writer, writer).close(hard=True)
            return
        link = Link(writer, back)
        self.links.add(link)
        with contextlib.suppress(OSError):
            await asyncio.gather(self._pump(link, reader, back, True), self._pump(link, there, writer, False))
        self.links.discard(link)
        link.close(hard=False)

    async def _pump(self, link, reader, writer, from_client):
        try:
            while data := await reader.read(PIECE):
                await self._travel(len(data), from_client)
                if not link.dead:
                    writer.write(data)
                    await writer.drain()
        except OSError:
            pass
        if from_client:
            await self.flowing.wait()
        while link.dead and link in self.links and not reader.at_eof():
            await asyncio.sleep(0.5)
        writer.close()

    async def _travel(self, size, from_client):
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.rate:
            await asyncio.sleep(size / self.rate)
        if from_client:
            await self.flowing.wait()

    async def _set(self, seconds=0, rate=0, resetting=False, stalled=False):
        self.seconds, self.rate, self.resetting = seconds, rate, resetting
        self.flowing.clear() if stalled else self.flowing.set()
        if resetting:
            for link in list(self.links):
                link.close(hard=True)

    async def _kill_links(self):
        for link in self.links:
            link.dead = True

    def delay(self, seconds):
        self._do(self._set(seconds=seconds))

    def bandwidth(self, rate):
        self._do(self._set(rate=rate))

    def reset(self):
        self._do(self._set(resetting=True))

    def half_open(self):
        self._do(self._kill_links())

    def stall(self):
        self._do(self._set(stalled=True))

    def heal(self):
        self._do(self._set())
