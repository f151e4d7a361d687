"""A Dockerfile and its context become an image: its copied files in layers, and what is run written down.

Nothing is run and nothing is pulled. The base is one of Python's own images, for which an interpreter of this
machine stands, and the one kind of command that can be followed is the installation of locked requirements:
whoever starts a container of the image looks for them in its history.
"""

import gzip
import io
import json
import posixpath
import re
import shlex
import tarfile
from dataclasses import dataclass, field
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path
from typing import Any

from emulator.docker.digests import sha256
from emulator.docker.dockerfile import DockerError, Instruction, parse

PYTHON = re.compile(r"(.*/)?python:3\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?", re.ASCII)

REQUIREMENTS = "requirements of "
"""Begins the comment in an image's history that says of which file the packages are to be installed."""

DOCKER_TYPES = {
    "manifest": "application/vnd.docker.distribution.manifest.v2+json",
    "config": "application/vnd.docker.container.image.v1+json",
    "layer": "application/vnd.docker.image.rootfs.diff.tar.gzip",
}
OCI_TYPES = {
    "manifest": "application/vnd.oci.image.manifest.v1+json",
    "config": "application/vnd.oci.image.config.v1+json",
    "layer": "application/vnd.oci.image.layer.v1.tar+gzip",
}
"""https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-manifest-formats.html"""


@dataclass(kw_only=True)
class Built:
    """An image that is built.

    Attributes:
        manifest: Its manifest.
        media_type: The manifest's format.
        blobs: Configuration and layers by digest.
    """

    manifest: str
    media_type: str
    blobs: dict[str, bytes]


@dataclass
class _State:
    """What the instructions have come to."""

    context: Path
    ignored: list[str]
    directory: str = "/"
    settings: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    layers: list[bytes] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)

    def absolute(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self.directory, path))


def build(context: Path, dockerfile: Path, *, docker_types: bool) -> Built:
    """Build an image.

    Args:
        context: The folder of the files that may be copied.
        dockerfile: The Dockerfile.
        docker_types: Whether the image is written in Docker's own format rather than OCI's.

    Raises:
        DockerError: A mistake, or something that only docker can do.
    """
    ignore = context / ".dockerignore"
    ignored = ignore.read_text(encoding="utf-8").split() if ignore.is_file() else []
    state = _State(context, ignored)
    for instruction in parse(dockerfile.read_text(encoding="utf-8")):
        written: dict[str, Any] = {"created_by": f"{instruction.name} {instruction.text}"}
        state.history.append(written)
        _STEPS[instruction.name](state, instruction)
        if instruction.name != "COPY":
            written["empty_layer"] = True
    types = DOCKER_TYPES if docker_types else OCI_TYPES
    state.settings["Env"] = [f"{name}={value}" for name, value in state.variables.items()]
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": state.settings,
            "rootfs": {"type": "layers", "diff_ids": [sha256(layer) for layer in state.layers]},
            "history": state.history,
        }
    ).encode()
    compressed = [gzip.compress(layer, mtime=0) for layer in state.layers]

    def described(kind: str, blob: bytes) -> dict[str, Any]:
        return {"mediaType": types[kind], "digest": sha256(blob), "size": len(blob)}

    manifest = {
        "schemaVersion": 2,
        "mediaType": types["manifest"],
        "config": described("config", config),
        "layers": [described("layer", layer) for layer in compressed],
    }
    return Built(
        manifest=json.dumps(manifest),
        media_type=types["manifest"],
        blobs={sha256(blob): blob for blob in (config, *compressed)},
    )


def _from(_: _State, instruction: Instruction) -> None:
    if not PYTHON.fullmatch(instruction.words[0]):
        raise DockerError(f"The emulator builds upon Python's images, not upon {instruction.words[0]}.")


def _copy(state: _State, instruction: Instruction) -> None:
    *sources, target = instruction.words
    into_folder = target.endswith("/") or len(sources) > 1
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for source in sources:
            found = sorted(state.context.glob(source.strip("/"))) if source.strip("./") else [state.context]
            if not found:
                raise DockerError(f'failed to calculate checksum of ref: "/{source}": not found')
            for path in found:
                for file, name in _files(path, into_folder=into_folder):
                    if _is_ignored(file.relative_to(state.context), state.ignored):
                        continue
                    _add(archive, state, posixpath.join(state.absolute(target), name), file.read_bytes())
    state.layers.append(buffer.getvalue())


def _files(path: Path, *, into_folder: bool) -> list[tuple[Path, str]]:
    """The files that a source of COPY stands for, each with its path below the target."""
    if path.is_dir():
        return [(each, str(each.relative_to(path))) for each in sorted(path.rglob("*")) if each.is_file()]
    return [(path, path.name if into_folder else "")]


def _is_ignored(path: Path, patterns: list[str]) -> bool:
    names = [str(path), *(str(parent) for parent in path.parents)]
    return any(fnmatch(name, pattern.strip("/")) for pattern in patterns for name in (*names, path.name))


def _add(archive: tarfile.TarFile, state: _State, path: str, content: bytes) -> None:
    path = path.rstrip("/")
    member = tarfile.TarInfo(path.lstrip("/"))
    member.size, member.mode = len(content), 0o644
    archive.addfile(member, io.BytesIO(content))
    state.files.add(path)


def _run(state: _State, instruction: Instruction) -> None:
    lock = requirements_of(instruction.text)
    if lock is None:
        raise DockerError(f"The emulator runs nothing in images but pip install -r: RUN {instruction.text}")
    if state.absolute(lock) not in state.files:
        raise DockerError(f"ERROR: Could not open requirements file: No such file: '{lock}'")
    state.history[-1]["comment"] = REQUIREMENTS + state.absolute(lock)


def requirements_of(command: str) -> str | None:
    """The file of requirements that a command installs; None if it does anything else."""
    words = shlex.split(command)
    if words[:3] == ["python", "-m", "pip"]:
        words = words[2:]
    if words[:2] != ["pip", "install"] or any(mark in word for word in words for mark in ";&|"):
        return None
    for option, value in pairwise(words):
        if option in {"-r", "--requirement"}:
            return value
    return None


def _workdir(state: _State, instruction: Instruction) -> None:
    state.directory = state.settings["WorkingDir"] = state.absolute(instruction.words[0])


def _env(state: _State, instruction: Instruction) -> None:
    state.variables |= instruction.pairs


def _label(state: _State, instruction: Instruction) -> None:
    state.settings.setdefault("Labels", {}).update(instruction.pairs)


def _entrypoint(state: _State, instruction: Instruction) -> None:
    state.settings["Entrypoint"] = instruction.command


def _cmd(state: _State, instruction: Instruction) -> None:
    state.settings["Cmd"] = instruction.command


def _nothing(_: _State, __: Instruction) -> None:
    """What changes nothing for a process of this machine."""


_STEPS = {
    "CMD": _cmd,
    "COPY": _copy,
    "ENTRYPOINT": _entrypoint,
    "ENV": _env,
    "EXPOSE": _nothing,
    "FROM": _from,
    "LABEL": _label,
    "RUN": _run,
    "STOPSIGNAL": _nothing,
    "WORKDIR": _workdir,
}
