"""The emulator's process: ministack on one loopback port, ended together with whoever started it."""

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

import psutil

from base import settings
from emulator.core import state, switches

GRACE_SECONDS = 2.0
BAD_INPUT = 2


def main() -> None:
    """Serve until standard input closes or a signal ends the process."""
    parser = argparse.ArgumentParser(prog="python -m emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on the loopback interface")
    parser.add_argument("--state", type=Path, required=True, help="folder for everything the emulator keeps")
    parser.add_argument("--catalog", type=Path, default=settings.CATALOG, help="describes the organisation")
    parser.add_argument("--fear", action="append", default=[], help=f"one of {', '.join(switches.FEARS)}")
    arguments = parser.parse_args()
    try:
        switches.check_version()
        switches.fear(arguments.fear)
        loaded = settings.load(arguments.catalog)
    except (switches.VersionError, switches.FearError, settings.CatalogError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(BAD_INPUT)
    if os.getpgrp() != os.getpid():
        os.setsid()  # What it starts shall be found, and ended, as one group.
    environment = switches.environment(arguments.port, arguments.state)
    os.environ.clear()
    os.environ.update(environment)
    state.use(arguments.state)
    threading.Thread(target=_end_with_starter, daemon=True).start()
    asyncio.run(_serve(arguments.port, loaded))


async def _serve(port: int, loaded: settings.Settings) -> None:
    # ministack reads its switches when it is imported.
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415

    with switches.without("duckdb"):  # Which ministack would load, and only queries need.
        from ministack.app import app  # noqa: PLC0415

        from emulator.core import overlay  # noqa: PLC0415
        from emulator.iam import credentials  # noqa: PLC0415

    logging.getLogger("ministack").setLevel(os.environ["LOG_LEVEL"])
    credentials.serve_at(f"http://{switches.HOST}:{port}")
    overlay.install(loaded)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    config = Config()
    config.bind = [f"{switches.HOST}:{port}"]
    config.loglevel = os.environ["LOG_LEVEL"]
    config.keep_alive_timeout = 75
    await serve(app, config, shutdown_trigger=asyncio.Event().wait)  # `end` ends it.


def _end_with_starter() -> None:
    """Wait for the end of standard input: the one sign a starter leaves even when it is killed."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    end()


def end() -> None:
    """End every process that the emulator started, directly or not, and then this one."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + GRACE_SECONDS
        others = _started()
        for process in others:
            _signal(process, number)
        psutil.wait_procs(others, timeout=max(0.0, deadline - time.monotonic()))
        if not _started():
            break
    os._exit(0)


def _started() -> list[psutil.Process]:
    own = psutil.Process()
    found = {process.pid: process for process in own.children(recursive=True)}
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == os.getpgrp() and process.pid != own.pid:
                found[process.pid] = process
        except ProcessLookupError:
            continue
    return list(found.values())


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
