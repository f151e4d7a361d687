"""Dockerfiles, read: https://docs.docker.com/reference/dockerfile/."""

import json
import re
import shlex
from dataclasses import dataclass

OFFERED = frozenset(
    {"CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "LABEL", "RUN", "STOPSIGNAL", "WORKDIR"}
)

_COMMENT = re.compile(r"^\s*#")
_INSTRUCTION = re.compile(r"^(\w+)\s+(.*)$", re.ASCII | re.DOTALL)


class DockerError(Exception):
    """What docker says of a mistake, or of something that only docker can do."""


@dataclass(frozen=True)
class Instruction:
    """An instruction.

    Attributes:
        name: In capitals.
        text: What follows, continued lines joined.
    """

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """The arguments, without flags: of the exec form as they are, of the shell form split by space."""
        if self.text.startswith("["):
            return list(json.loads(self.text))
        return [word for word in shlex.split(self.text) if not word.startswith("--")]

    @property
    def command(self) -> list[str]:
        """The arguments as a command: the shell form is for a shell."""
        if self.text.startswith("["):
            return list(json.loads(self.text))
        return ["/bin/sh", "-c", self.text]

    @property
    def pairs(self) -> dict[str, str]:
        """The arguments as names and values."""
        return dict(word.split("=", 1) for word in self.words)


def parse(text: str) -> list[Instruction]:
    """Read a Dockerfile of one stage.

    Raises:
        DockerError: It does not begin with FROM, or has an instruction that is not offered.
    """
    lines = [line for line in text.splitlines() if line.strip() and not _COMMENT.match(line)]
    instructions = []
    for line in re.sub(r"\\\s*\n", " ", "\n".join(lines)).splitlines():
        match = _INSTRUCTION.match(line.strip())
        if match is None:
            raise DockerError(f"dockerfile parse error: unknown instruction: {line.strip()}")
        instructions.append(Instruction(match[1].upper(), match[2].strip()))
    for number, instruction in enumerate(instructions):
        if instruction.name not in OFFERED:
            raise DockerError(f"The emulator does not offer {instruction.name} in a Dockerfile; docker does.")
        if (instruction.name == "FROM") != (number == 0):
            raise DockerError("The emulator builds images of one stage, which begin with FROM; docker more.")
    return instructions
