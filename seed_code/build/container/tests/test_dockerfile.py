"""The repository's Dockerfile holds, and each mistake in one is found."""

from pathlib import Path

import pytest

from pipelines import dockerfile
from pipelines.dockerfile import DOCKERFILE, REPOSITORY, findings

TEXT = DOCKERFILE.read_text(encoding="utf-8")
GOOD = """
FROM registry.example/library/python:3.12-slim
WORKDIR /opt/program
COPY requirements-image.lock ./
# What is installed is what was looked at.
RUN pip install --no-cache-dir \\
    --require-hashes --requirement requirements-image.lock
COPY src/ ./
ENTRYPOINT ["python", "/opt/program/container.py"]
"""


def test_the_dockerfile_of_the_repository_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert dockerfile.main() == 0
    assert capsys.readouterr().err == ""
    assert list(findings(GOOD, REPOSITORY)) == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("python:3.12-slim", "python:latest", "line 2: FROM registry.example/library/python:latest"),
        ("python:3.12-slim", "python", "name a tag other than latest"),
        ("COPY src/", "COPY sources/", "line 8: COPY sources/: there is no such file"),
        ("COPY src/", "COPY .", "takes along what nobody has looked at"),
        ("COPY src/", "ADD src/", "use COPY"),
        ("--require-hashes ", "", "line 6: pip install without --require-hashes"),
        ("--no-cache-dir ", "", "leaves its downloads"),
        ("RUN pip", "RUN sudo pip", "sudo does nothing"),
        ("RUN pip", "RUN apt-get install -y libgomp1\nRUN pip", "rm -rf /var/lib/apt/lists"),
        ("WORKDIR", "ENV API_TOKEN=abc\nWORKDIR", "a secret in ENV or ARG"),
        ("WORKDIR", "ARG DATABASE_PASSWORD\nWORKDIR", "a secret in ENV or ARG"),
        ("WORKDIR", "USER nobody\nWORKDIR", "belong to root"),
        ('["python", "/opt/program/container.py"]', "python container.py", "a shell would run it"),
        ('ENTRYPOINT ["python", "/opt/program/container.py"]\n', "", "it has to have one ENTRYPOINT"),
        ("FROM registry.example/library/python:3.12-slim\n", "", "it has to begin with FROM"),
    ],
)
def test_each_mistake_is_found_with_its_line(before: str, after: str, says: str) -> None:
    assert before in GOOD
    (found,) = findings(GOOD.replace(before, after), REPOSITORY)
    assert says in found


def test_the_command_ends_with_the_sentences(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Dockerfile").write_text(GOOD.replace("COPY src/", "ADD src/"), encoding="utf-8")
    monkeypatch.setattr(dockerfile, "DOCKERFILE", tmp_path / "Dockerfile")
    assert dockerfile.main() == 2
    assert "use COPY" in capsys.readouterr().err
