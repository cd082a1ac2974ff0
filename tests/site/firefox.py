"""Start a stock Firefox so that Playwright can drive it: `firefox.py PATH ARGUMENT …`.

Playwright does so by WebDriver BiDi, and asks for a window's colour scheme by a command that Firefox does not know. So
what they say to each other goes through here (by tornado, which Jupyter brings), where that command becomes a
preference, for all windows of this Firefox. All else passes as it is. Playwright asks for no forced colours and no
reduced motion in this way: these are preferences from the start (`conftest.py`).
"""

import asyncio
import contextlib
import json
import re
import sys
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketClientConnection, WebSocketHandler, websocket_connect

UNKNOWN = "emulation.setMediaFeaturesOverride"
PREFERENCE = "layout.css.prefers-color-scheme.content-override"
SCHEMES = {"dark": 0, "light": 1, None: 2}
OURS = 1 << 40  # ids from here on are of what the relay asks
LARGEST = 1 << 30  # bytes of a message
LISTENS = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")


class Relay(WebSocketHandler):
    """Stands between Playwright, which connects to it, and Firefox."""

    firefox: WebSocketClientConnection

    def initialize(self, address: str) -> None:
        self.address, self.asked = address, OURS
        self.pending: dict[int, asyncio.Future[Any]] = {}
        self.ready = asyncio.Event()

    async def open(self, *_: str, **__: str) -> None:
        self.firefox = await websocket_connect(
            self.address, on_message_callback=self.answered, max_message_size=LARGEST
        )
        self.ready.set()

    def on_close(self) -> None:
        self.firefox.close()

    async def on_message(self, message: str | bytes) -> None:
        await self.ready.wait()
        said = json.loads(message)
        if said["method"] == UNKNOWN:
            answer = {"type": "success", "result": {}}
            try:
                await self.paint(said["params"]["features"].get("prefers-color-scheme"))
            except RuntimeError as error:
                answer = {"type": "error", "error": "unknown error", "message": str(error)}
            await self.write_message(json.dumps(answer | {"id": said["id"]}))
        else:
            await self.firefox.write_message(message)

    def answered(self, message: str | bytes | None) -> None:
        if message is None:
            self.close()
        elif asked := self.pending.pop(json.loads(message).get("id") or 0, None):
            if not asked.done():  # by a wait that ended
                asked.set_result(json.loads(message))
        else:
            self.write_message(message)

    async def ask(self, method: str, **params: Any) -> Any:
        self.asked += 1
        answer = self.pending[self.asked] = asyncio.get_running_loop().create_future()
        await self.firefox.write_message(json.dumps({"id": self.asked, "method": method, "params": params}))
        found = await answer
        if found["type"] != "success" or found["result"].get("type") == "exception":
            raise RuntimeError(str(found))
        return found["result"]

    async def paint(self, scheme: str | None) -> None:
        """Set the colour scheme from a window of Firefox itself, which may; while one is still opening, ask again."""
        code = f"Services.prefs.setIntPref('{PREFERENCE}', {SCHEMES[scheme]})"
        for _ in range(60):
            for window in (await self.ask("browsingContext.getTree", **{"moz:scope": "chrome"}))["contexts"]:
                target = {"context": window["context"]}
                asked = self.ask("script.evaluate", expression=code, target=target, awaitPromise=False)
                with contextlib.suppress(TimeoutError, RuntimeError):  # it may never answer for what has gone
                    await asyncio.wait_for(asked, 5)
                    return
            await asyncio.sleep(0.5)
        raise RuntimeError("no window of this Firefox takes a colour scheme")


async def main(command: list[str]) -> int:
    pipe = asyncio.subprocess.PIPE
    firefox = await asyncio.create_subprocess_exec(*command, "--remote-allow-system-access", stderr=pipe)
    assert firefox.stderr
    async for line in firefox.stderr:
        if found := LISTENS.search(line):  # Playwright reads the address there
            (socket, *_) = sockets = bind_sockets(0, "127.0.0.1")
            route = ("/session", Relay, {"address": f"{found[1].decode()}/session"})
            HTTPServer(Application([route], websocket_max_message_size=LARGEST)).add_sockets(sockets)
            line = line.replace(found[1], b"ws://127.0.0.1:%d" % socket.getsockname()[1])
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
    return await firefox.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
