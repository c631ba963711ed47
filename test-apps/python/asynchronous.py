"""An asyncio server and five clients of it in one process, whose messages count on. asynchronous.py LOG FOLDER"""

import asyncio
import sys
import time


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(b"%d\n" % (int(line) + 1))
        await writer.drain()


async def ask(port, log, speaks):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    n = beats = 0
    last = time.monotonic()
    while beats < 12000:
        writer.write(b"%d\n" % n)
        await writer.drain()
        answer = int(await reader.readline())
        if answer != n + 1:
            log.write("FAIL %d instead of %d\n" % (answer, n + 1))
            sys.exit(99)
        n = answer
        if speaks and time.monotonic() - last > 0.05:
            last = time.monotonic()
            beats += 1
            log.write("%d ok\n" % beats)
        await asyncio.sleep(0.001)


async def main():
    log = open(sys.argv[1], "a", buffering=1)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await asyncio.gather(*(ask(port, log, number == 0) for number in range(5)))


asyncio.run(main())
