"""The program `docker` of a build: `docker login`, `docker build` and `docker push`, with a registry of ECR.

A process of the emulator's own interpreter runs this file. What it builds lies in the home folder until it is
pushed, and it acts on the registry by the token that `docker login` was given, as docker does.
"""

import argparse
import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from emulator.docker.build import Built, build
from emulator.docker.dockerfile import DockerError
from emulator.docker.registry import parse_reference, push

HOME = Path(os.environ["HOME"]) / ".docker"
CONFIGURATION = HOME / "config.json"
IMAGES = HOME / "images"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise DockerError(f"The emulator does not offer this of docker: {message}.")


def main(arguments: list[str]) -> int:
    """Run a command.

    Returns:
        The exit code.
    """
    if arguments[:1] == ["buildx"]:
        arguments = arguments[1:]
    parser = _Parser(prog="docker", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    login = commands.add_parser("login", allow_abbrev=False)
    login.add_argument("--username", required=True)
    login.add_argument("--password-stdin", action="store_true", required=True)
    login.add_argument("host")
    building = commands.add_parser("build", allow_abbrev=False)
    building.add_argument("--file", type=Path)
    building.add_argument("--output", choices=("type=docker",))
    building.add_argument("--platform", choices=("linux/amd64",))
    building.add_argument("--provenance", choices=("false",))
    building.add_argument("--pull", action="store_true")
    building.add_argument("--tag", required=True)
    building.add_argument("context", type=Path)
    pushing = commands.add_parser("push", allow_abbrev=False)
    pushing.add_argument("reference")
    try:
        given = parser.parse_args(arguments)
        {"login": _login, "build": _build, "push": _push}[given.command](given)
    except DockerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _login(given: argparse.Namespace) -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    known = _logins()
    known[given.host] = {"auth": base64.b64encode(f"{given.username}:{sys.stdin.read()}".encode()).decode()}
    CONFIGURATION.write_text(json.dumps({"auths": known}), encoding="utf-8")
    sys.stdout.write("Login Succeeded\n")


def _build(given: argparse.Namespace) -> None:
    dockerfile = given.file or given.context / "Dockerfile"
    built = build(given.context.resolve(), dockerfile, docker_types=given.output == "type=docker")
    folder = _folder(given.tag)
    folder.mkdir(parents=True, exist_ok=True)
    for digest, blob in built.blobs.items():
        (folder / digest.replace(":", "-")).write_bytes(blob)
    written = {"manifest": built.manifest, "media_type": built.media_type, "blobs": list(built.blobs)}
    (folder / "image.json").write_text(json.dumps(written), encoding="utf-8")
    sys.stdout.write(f"naming to {given.tag} done\n")


def _push(given: argparse.Namespace) -> None:
    folder = _folder(given.reference)
    if not (folder / "image.json").is_file():
        raise DockerError(f"An image does not exist locally with the tag: {given.reference}")
    image = json.loads((folder / "image.json").read_text(encoding="utf-8"))
    reference = parse_reference(given.reference)
    password = _logins().get(reference.host, {}).get("auth")
    if password is None:
        raise DockerError("no basic auth credentials")
    blobs = {digest: (folder / digest.replace(":", "-")).read_bytes() for digest in image["blobs"]}
    built = Built(manifest=image["manifest"], media_type=image["media_type"], blobs=blobs)
    digest = push(reference, built, base64.b64decode(password).decode().partition(":")[2])
    sys.stdout.write(f"{reference.tag}: digest: {digest} size: {len(built.manifest)}\n")


def _logins() -> dict[str, Any]:
    if not CONFIGURATION.is_file():
        return {}
    known: dict[str, Any] = json.loads(CONFIGURATION.read_text(encoding="utf-8"))["auths"]
    return known


def _folder(reference: str) -> Path:
    return IMAGES / reference.replace("/", "_")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
