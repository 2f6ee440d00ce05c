"""proxy: a TCP proxy that is the network between a client and what it depends on, and can be told to be a bad one, for all clients or for
the one that calls itself NAME (Kafka's client.id, in a connection's first request).

    Proxy(listen, target)              forwards 127.0.0.1:listen to 127.0.0.1:target
    .bad(NAME, there=S, back=S)        what clients say, what they are told, that many seconds late
    .bad(NAME, rate=BYTES_A_SECOND)    each way
    .bad(NAME, stall=True)             what clients say is kept and delivered when that ends, even if they are dead by then
    .reset()                           cuts every connection with RST, and new ones too
    .half_open(NAME)                   the present connections stay open and carry nothing any more, for ever
    .heal()                            a good network again
"""
import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass

PIECE, PIECES = 65536, 64
TICK = 0.05


@dataclass
class Weather:
    """What a connection meets."""
    there: float = 0
    back: float = 0
    rate: int = 0
    stall: bool = False


def client_of(request):
    """The client.id of a Kafka request; a Redis command has none."""
    if len(request) < 14 or request[:1] == b"*":
        return ""
    length = int.from_bytes(request[12:14], "big", signed=True)
    return request[14:14 + max(length, 0)].decode(errors="replace")


class Link:
    """One connection through the proxy."""

    def __init__(self, client, server):
        self.writers, self.name, self.dead = (client, server), None, False

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
        self.weather, self.resetting, self.lock = {}, False, threading.Lock()   # of who breaks it
        if not Proxy.loop:
            Proxy.loop = asyncio.new_event_loop()
            threading.Thread(target=Proxy.loop.run_forever, daemon=True).start()
        self._do(self._listen(listen))

    def _do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, Proxy.loop).result(10)

    async def _listen(self, port):
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
        """Reads on while earlier pieces are on their way."""
        under_way = asyncio.Queue(PIECES)
        carrier = asyncio.create_task(self._carry(link, under_way, writer, from_client))
        data = b"."
        while data:
            try:
                data = await reader.read(PIECE)
            except OSError:
                data = b""
            if from_client and link.name is None:
                link.name = client_of(data)
            await under_way.put((Proxy.loop.time(), data))
        with contextlib.suppress(OSError):
            await carrier
        while link.dead and link in self.links and not reader.at_eof():
            await asyncio.sleep(0.5)
        writer.close()

    async def _carry(self, link, under_way, writer, from_client):
        broken = False
        while True:
            came, data = await under_way.get()
            await self._travel(link, came, from_client)
            if not data:
                return
            while data and not (broken or link.dead):
                piece = await self._piece(link, data)
                data = data[len(piece):]
                try:
                    writer.write(piece)
                    await writer.drain()
                except OSError:
                    broken = True                     # read on, so that the other end is not held up

    def _of(self, link):
        return self.weather.get(link.name) or self.weather.get(None) or Weather()

    async def _travel(self, link, came, from_client):
        weather = self._of(link)
        late = came + (weather.there if from_client else weather.back) - Proxy.loop.time()
        if late > 0:
            await asyncio.sleep(late)
        while from_client and self._of(link).stall:
            await asyncio.sleep(TICK)

    async def _piece(self, link, data):
        rate = self._of(link).rate
        if not rate:
            return data
        await asyncio.sleep(TICK)
        return data[:max(1, int(rate * TICK))]

    async def _set(self, weather, resetting=False):
        self.weather, self.resetting = weather, resetting
        if resetting:
            for link in list(self.links):
                link.close(hard=True)

    async def _kill_links(self, name):
        for link in self.links:
            link.dead |= name in (None, link.name)

    def bad(self, name=None, **what):
        self._do(self._set({name: Weather(**what)}))

    def reset(self):
        self._do(self._set({}, resetting=True))

    def half_open(self, name=None):
        self._do(self._kill_links(name))

    def heal(self):
        self._do(self._set({}))
