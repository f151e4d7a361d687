"""What a container offers to all interfaces, it offers on the loopback interface of this machine alone.

A container listens on 0.0.0.0, and SageMaker decides who reaches it. Here the process would be reached from
the network. Python imports this file, as `sitecustomize`, in the processes of images that teams have built.
"""

import socket
from typing import Any

EVERYWHERE = ("", "0.0.0.0")  # noqa: S104  what is not done

_bind = socket.socket.bind


def _bind_to_loopback(own: socket.socket, address: Any) -> None:
    if own.family == socket.AF_INET and address[0] in EVERYWHERE:
        address = ("127.0.0.1", *address[1:])
    _bind(own, address)


setattr(socket.socket, "bind", _bind_to_loopback)  # noqa: B010  an assignment would change the type
