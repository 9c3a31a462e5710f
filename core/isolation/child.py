"""A plugin's process: loads one plugin, and calls its hooks as it is told, several at once.

Run by :mod:`.process` as ``python -m``. Messages come in on what was standard input, and leave on what was standard
output; what the plugin prints goes to standard error. It ends when its input does, so also when the core is killed; its
guardian (:mod:`.guardian`) sees to that.
"""

import logging
import os
import sys
import threading
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, BinaryIO

import pluggy

from ..hookspecs import PROJECT, Call, Specs
from ..hosting.errors import fault, told, trace_of
from ..hosting.hook_answers import answer_of, hook_types
from ..hosting.hook_versions import looked_at, take_up
from ..http import Deadline, Sessions
from .asking import Asking
from .frames import BadFrame, frame, receive
from .limits import bound, show_where_it_hangs
from .parts import CallParts, Hello
from .relay import relay_logs
from .wire import read, written

OUT_OF_MEMORY = 12


class Child:
    """The plugin of this process, and the pipe on which its answers leave."""

    def __init__(self, hello: Hello, answers: BinaryIO) -> None:
        self._hello = hello
        self._answers = answers
        self._lock = threading.Lock()
        self._sessions = Sessions(hello.http())
        self._functions: dict[str, Any] = {}
        self._asking: dict[int, Asking] = {}

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message. Raises BadFrame and ValueError for what cannot be sent."""
        data = frame(message)
        with self._lock:
            self._answers.write(data)
            self._answers.flush()

    def cut_off(self, nothing: BinaryIO) -> None:
        """Be a fork of the plugin's process: what is to be sent fails, and what is logged goes to standard error."""
        self._lock = threading.Lock()  # whoever held the other one is not in this process
        self._answers = nothing
        logging.getLogger().handlers[:] = [logging.lastResort or logging.NullHandler()]

    def load(self) -> bool:
        """Load the plugin and say what it offers, or why it does not load."""
        name, manager = self._hello.name, pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(Specs)
        try:
            load = EntryPoint(name, self._hello.entry, "publicist").load
            taken = take_up(manager, name, lambda: looked_at(name, load))
        except BaseException as error:  # noqa: BLE001 - an import may raise anything, SystemExit too
            self.send({"failed": {**told(error, name), "traceback": trace_of(error)}})
            return False
        self._functions = {
            item.name: implementation
            for item in manager.get_hookcallers(manager.get_plugin(name)) or []
            for implementation in item.get_hookimpls()
        }
        self.send({"ready": {"hooks": taken.hooks, "version": taken.version, "warnings": taken.warnings}})
        return True

    def serve(self, orders: BinaryIO) -> None:
        """Do as the core says until it says nothing any more."""
        while (order := receive(orders)) is not None:
            number = order["id"]
            if "hook" in order:
                self._asking[number] = Asking(number, self.send)
                threading.Thread(target=self._work, args=(order,), name=f"call-{number}", daemon=True).start()
            elif (asking := self._asking.get(number)) is not None:
                asking.answer(order)

    def _work(self, order: Mapping[str, Any]) -> None:
        number, hook = order["id"], order["hook"]
        try:
            self._reply(number, self._call(number, hook, order["arguments"]))
        except BaseException:  # noqa: BLE001 - what cannot even say so ends, for somebody waits
            os._exit(OUT_OF_MEMORY)
        finally:
            self._asking.pop(number).end()

    def _call(self, number: int, hook: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        name = self._hello.name
        try:
            arguments = self._arguments(number, hook, raw)
            implementation = self._functions[hook]
            given = {key: arguments[key] for key in implementation.argnames}
            return {"ok": written(answer_of(name, hook, implementation.function, given))}
        except MemoryError as error:
            said = f"The plugin {name} failed with MemoryError: it has reached its memory limit."
            return {"error": fault(said, trace_of(error))}
        except BaseException as error:  # noqa: BLE001 - a hook may raise anything, SystemExit too
            return {"error": told(error, name)}

    def _arguments(self, number: int, hook: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        asking, types = self._asking[number], hook_types(hook)
        given: dict[str, Any] = {"deliver": asking.deliver, "work": asking.work}
        for name, value in raw.items():
            given[name] = self._whole(asking, value) if types[name] is Call else read(types[name], value)
        return given

    def _whole(self, asking: Asking, raw: Any) -> Call:
        parts: CallParts = read(CallParts, raw)
        client = self._sessions.client(parts.key, parts.base_url, Deadline.after(parts.seconds), parts.secrets)
        return Call(client, parts.space, asking, parts.idempotency_key, parts.data_dir)

    def _reply(self, number: int, outcome: Mapping[str, Any]) -> None:
        try:
            self.send({"id": number, **outcome})
        except (BadFrame, ValueError) as error:
            self.send({"id": number, "error": fault(f"The plugin {self._hello.name} answered with {error}.")})


def main() -> None:
    """Be the process of one plugin; never returns."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    first = receive(orders)
    if first is None:
        os._exit(0)
    hello: Hello = read(Hello, first)
    show_where_it_hangs()
    bound(hello.memory)
    threading.stack_size(4 * 1024 * 1024)
    sys.path[:] = list(hello.path)
    child = Child(hello, answers)
    relay_logs(hello.level, child.send)
    _leave_to_one(child, orders, answers)
    # Its threads are not waited for: the core has either had their answers or given them up.
    os._exit(_live(child, orders))


def _leave_to_one(child: Child, *pipes: BinaryIO) -> None:
    """Have a process that the plugin forks give up the pipes, and whatever would use them."""
    numbers = [pipe.fileno() for pipe in pipes]

    def let_go() -> None:
        nothing = Path(os.devnull).open("rb")  # noqa: SIM115 - kept as long as that process lives
        for number in numbers:
            os.dup2(nothing.fileno(), number)
        child.cut_off(nothing)

    os.register_at_fork(after_in_child=let_go)


def _live(child: Child, orders: BinaryIO) -> int:
    try:
        if child.load():
            child.serve(orders)
    except (BrokenPipeError, BadFrame):
        return 1  # the core is gone, or speaks another language
    return 0


if __name__ == "__main__":
    main()
