"""Folders of Python code made ready for AWS Lambda, without docker and without a download."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution, PackagePath, distribution
from pathlib import Path

from base.places import BUILD
from base.trees import assemble, digest_of, files_of

BUNDLES = BUILD / "functions"

# What every function may import. Pure Python, so that the bundle runs on any architecture. The SDK is among
# it: that of the Lambda runtime lags behind by months, by how many depends on Region and day, and it knows no
# parameter that is newer than itself. boto3 and botocore fit each other in one version only.
# https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-dependencies
LIBRARIES = ("aws-lambda-powertools", "boto3")

_REQUIREMENT_NAME = re.compile(r"^[A-Za-z0-9._-]+")
# Of the SDK, the API models of 430 services and the high-level resources of some, a folder each.
_SERVICE_DATA = ("botocore/data/", "boto3/data/")
_UNUSED = ("boto3/examples/",)


def bundle(folder: Path) -> Path:
    """Copy a function's code and the libraries it uses into one folder.

    The libraries come from the environment this program runs in, which is the locked one. Of the SDK, the
    API models of the services are copied to which the code makes clients. The bundle's name carries a
    digest of its content: equal code gives the same folder, and an existing one is reused. Processes may
    bundle the same function at once.

    Args:
        folder: The function's own files.

    Returns:
        A folder whose content is the deployment package.

    Raises:
        FileNotFoundError: If there is no such folder.
        ValueError: If the code makes a client without writing the service's name there.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder} to make a function of.")
    own = dict(files_of(folder))
    libraries = _library_digests(services(own.values()))
    return assemble(
        BUNDLES,
        folder.name,
        own | {name: source for name, (source, _) in libraries.items()},
        digests={name: digest for name, (_, digest) in libraries.items() if name not in own},
    )


def services(files: Iterable[Path]) -> frozenset[str]:
    """The services of AWS to which code makes clients, such as ``s3``.

    Args:
        files: The code; what is not Python is passed over.

    Raises:
        ValueError: If a client is made of a service that the code does not name in place.
    """
    return frozenset(service for path in files if path.suffix == ".py" for service in _services_of(path))


def _services_of(path: Path) -> Iterator[str]:
    source = path.read_bytes()
    if not any(maker in source for maker in (b".client(", b".resource(")):
        return
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="client" | "resource"), args=[ast.Constant(value=str(service)), *_]
            ):
                yield service
            case ast.Call(func=ast.Attribute(attr="client" | "resource")):
                raise ValueError(
                    f"{path}:{node.lineno}: write the name of the service into the call, so that the bundle "
                    "gets the model of its API."
                )


# The environment of a process does not change, and it makes several functions: it reads the libraries once.


@cache
def _library_digests(used: frozenset[str]) -> Mapping[str, tuple[Path, str]]:
    """The files of the libraries that a function needs, and their digests."""
    return {
        name: (path, _digest_of_library(path))
        for name, (path, service) in _library_files().items()
        if service is None or service in used
    }


_digest_of_library = cache(digest_of)


@cache
def _library_files() -> Mapping[str, tuple[Path, str | None]]:
    """The files of the libraries, each with the service of AWS to which it belongs, if it does."""
    return {
        file.as_posix(): (Path(str(part.locate_file(file))), _service_of(file))
        for library in LIBRARIES
        for part in _with_dependencies(library)
        for file in part.files or ()
        if _is_needed(file)
    }


def _service_of(file: PackagePath) -> str | None:
    is_of_service = len(file.parts) > 3 and file.as_posix().startswith(_SERVICE_DATA)
    return file.parts[2] if is_of_service else None


def _is_needed(file: PackagePath) -> bool:
    if ".." in file.parts or file.as_posix().startswith(_UNUSED):
        return False
    is_code = file.suffix not in (".pyc", ".pth") and not file.parts[0].endswith(".dist-info")
    return is_code or file.name.upper().startswith(("LICENSE", "NOTICE"))


def _with_dependencies(name: str) -> list[Distribution]:
    """The distribution and what it requires, extras left out, each once."""
    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        current = distribution(waiting.pop())
        if current.name in found:
            continue
        found[current.name] = current
        for requirement in current.requires or ():
            match = _REQUIREMENT_NAME.match(requirement)
            if match and "extra ==" not in requirement:
                waiting.append(match.group())
    return [found[key] for key in sorted(found)]
