"""What must hold of the Dockerfile: ``python -m pipelines.dockerfile`` says in a sentence each what does not.

The build runs it before it builds, and so does `make check`.
"""

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parent.parent
DOCKERFILE = REPOSITORY / "Dockerfile"

_SECRET = re.compile(r"(PASSWORD|SECRET|TOKEN|ACCESS_KEY)", re.IGNORECASE)
_TAG = re.compile(r"^[^\s:@]+(:(?P<tag>[\w.-]+))?(?P<digest>@sha256:[0-9a-f]{64})?$", re.ASCII)


class Instruction(NamedTuple):
    """An instruction of the Dockerfile."""

    line: int
    name: str
    text: str


def main() -> int:
    """Check the Dockerfile.

    Returns:
        The exit code; 2 when something does not hold.
    """
    found = list(findings(DOCKERFILE.read_text(encoding="utf-8"), REPOSITORY))
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 2 if found else 0


def instructions(text: str) -> Iterator[Instruction]:
    """Read a Dockerfile: comments left out, continued lines joined."""
    joined, first = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        first = first or number
        if line.rstrip().endswith("\\"):
            joined += line.rstrip()[:-1] + " "
            continue
        name, _, rest = f"{joined}{line}".strip().partition(" ")
        yield Instruction(first, name.upper(), rest.strip())
        joined, first = "", 0


def findings(text: str, repository: Path) -> Iterator[str]:
    """What does not hold of a Dockerfile, a sentence each.

    Args:
        text: The Dockerfile.
        repository: The folder in which it is built.
    """
    read = list(instructions(text))
    for each in read:
        if check := _CHECKS.get(each.name):
            for sentence in check(each.text, repository):
                yield f"Dockerfile, line {each.line}: {sentence}"
    entrypoints = [each for each in read if each.name == "ENTRYPOINT"]
    if len(entrypoints) != 1:
        yield "Dockerfile: it has to have one ENTRYPOINT, to which SageMaker adds train or serve."
    if [each.name for each in read].count("FROM") == 0:
        yield "Dockerfile: it has to begin with FROM."


def _from(text: str, _: Path) -> Iterator[str]:
    match = _TAG.match(text.split(" ", maxsplit=1)[0])
    if match is None or not (match["digest"] or match["tag"]) or match["tag"] == "latest":
        yield f"FROM {text} does not say which version: name a tag other than latest, or a digest."


def _copy(text: str, repository: Path) -> Iterator[str]:
    words = [word for word in _words(text) if not word.startswith("--")]
    if "--from=" in text:
        return
    for source in words[:-1]:
        if source.strip("./") == "":
            yield "COPY of everything takes along what nobody has looked at: name the files."
        elif not list(repository.glob(source.strip("/"))):
            yield f"COPY {source}: there is no such file in the repository."


def _run(text: str, _: Path) -> Iterator[str]:
    if re.search(r"\bpip3? install\b", text):
        if "--require-hashes" not in text:
            yield "pip install without --require-hashes installs what nobody has looked at: install a lock."
        if "--no-cache-dir" not in text:
            yield "pip install without --no-cache-dir leaves its downloads in the image."
    if re.search(r"\bapt(-get)? install\b", text) and "rm -rf /var/lib/apt/lists" not in text:
        yield "apt-get install leaves its lists in the image: end with rm -rf /var/lib/apt/lists/*."
    if "sudo " in text:
        yield "sudo does nothing in a build, which runs as root: leave it out."


def _settings(text: str, _: Path) -> Iterator[str]:
    if _SECRET.search(text):
        yield "a secret in ENV or ARG is in the image for whoever pulls it: read it at the start instead."


def _add(text: str, _: Path) -> Iterator[str]:
    yield f"ADD {text} may download and unpack: use COPY."


def _command(text: str, _: Path) -> Iterator[str]:
    try:
        words = json.loads(text)
    except json.JSONDecodeError:
        words = None
    if not isinstance(words, list):
        yield (
            "a shell would run it, which passes on neither SageMaker's arguments nor its signal to stop: "
            'write ["python", "..."].'
        )


def _user(text: str, _: Path) -> Iterator[str]:
    yield f"USER {text}: SageMaker's folders below /opt/ml belong to root: leave it out."


def _words(text: str) -> list[str]:
    return list(json.loads(text)) if text.startswith("[") else shlex.split(text)


_CHECKS = {
    "ADD": _add,
    "ARG": _settings,
    "COPY": _copy,
    "ENTRYPOINT": _command,
    "ENV": _settings,
    "FROM": _from,
    "RUN": _run,
    "USER": _user,
}


if __name__ == "__main__":
    sys.exit(main())
