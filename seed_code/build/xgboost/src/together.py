"""Several instances that train one model, each on its share of the rows: XGBoost's own collective.

SageMaker tells each instance the names of all, in `resourceconfig.json`; the first of them runs the tracker,
by which they find one another.
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
https://xgboost.readthedocs.io/en/release_3.2.0/python/python_api.html#module-xgboost.collective
"""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
from xgboost import collective
from xgboost.tracker import RabitTracker

import folders
from features import Array

# Of the first instance, on which nothing else listens: of the tracker, and of what says that it is there.
PORT, READY = 9099, 9100
# How long an instance waits for the others, which read their data at about the same time.
SECONDS = 3600
PAUSE_SECONDS = 0.2


@contextmanager
def together() -> Iterator[bool]:
    """Join the other instances of the job, if there are any.

    Yields:
        Whether this is the instance that keeps the model.
    """
    path = folders.base() / "input" / "config" / "resourceconfig.json"
    config = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    hosts = sorted(config.get("hosts", []))
    if len(hosts) < 2:
        yield True
        return
    first, own = hosts[0], config["current_host"]
    with ExitStack() as stack:
        if own == first:
            address = socket.gethostbyname(first)
            tracker = RabitTracker(len(hosts), address, PORT, sortby="task", timeout=SECONDS)
            tracker.start()
            stack.callback(tracker.wait_for, SECONDS)
            stack.enter_context(socket.create_server((address, READY), backlog=len(hosts)))
        else:
            _wait_for(first)
        stack.enter_context(
            collective.CommunicatorContext(
                dmlc_tracker_uri=first,
                dmlc_tracker_port=PORT,
                dmlc_task_id=f"{hosts.index(own):05}",
                dmlc_timeout=SECONDS,
            )
        )
        yield own == first


def _wait_for(host: str) -> None:
    """Wait for the first instance; XGBoost itself would wait a little longer after each attempt."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection((host, READY)).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return


def total(values: Array) -> Array:
    """Add the numbers of all instances up."""
    return np.asarray(collective.allreduce(values, collective.Op.SUM))


def largest(values: Array) -> Array:
    """Find the largest of the numbers of all instances."""
    return np.asarray(collective.allreduce(values, collective.Op.MAX))
