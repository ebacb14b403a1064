"""Jobs that misbehave on purpose. The worker processes in `test_box.py` run them."""

import os
import signal
import time
from collections.abc import Iterator

from bot.box import worker
from bot.errors import BadInputError

DO = "from tests import box_jobs; box_jobs.main()"


def give_back(*parts: bytes) -> Iterator[bytes]:
    yield from parts


def say_which(_: bytes) -> Iterator[bytes]:
    yield str(os.getpid()).encode()


def take_long(seconds: bytes) -> Iterator[bytes]:
    yield b"begun"
    time.sleep(float(seconds))
    yield b"done"


def take_memory(size: bytes) -> Iterator[bytes]:
    yield str(len(bytearray(int(size)))).encode()


def leave_memory(size: bytes) -> Iterator[bytes]:
    LEFT.append(bytearray(int(size)))
    yield b""


LEFT: list[bytearray] = []


def give_much(size: bytes) -> Iterator[bytes]:
    yield bytes(int(size))


def die(_: bytes) -> Iterator[bytes]:
    yield b"begun"
    os.kill(os.getpid(), signal.SIGSEGV)


def refuse(why: bytes) -> Iterator[bytes]:
    yield b"begun"
    raise BadInputError(why.decode())


def fail(_: bytes) -> Iterator[bytes]:
    yield b"begun"
    raise ZeroDivisionError


def environment(_: bytes) -> Iterator[bytes]:
    yield "\n".join(os.environ).encode()


def main() -> None:
    own = (give_back, say_which, take_long, take_memory, leave_memory, give_much, die, refuse, fail, environment)
    worker.JOBS.update({job.__name__: f"{__name__}:{job.__name__}" for job in own})
    worker.main()
