"""Builds really run, on the rights of their role, and say what happened where AWS says it."""

import json
import sys
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, allow, trust
from tests.emulator.support_code import until, zipped

LOGS = allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"])
BUILD_SERVICE = trust(Service="codebuild.amazonaws.com")

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def bucket(emulator: Emulator) -> str:
    bucket = f"sources-{uuid.uuid4().hex[:8]}"
    emulator.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region}
    )
    return bucket


def await_build(codebuild: Any, build_id: str) -> dict[str, Any]:
    build: dict[str, Any] = until(
        lambda: codebuild.batch_get_builds(ids=[build_id])["builds"][0], lambda build: build["buildComplete"]
    )
    return build


@pytest.fixture
def start(emulator: Emulator, bucket: str) -> Run:
    """Start a build of a new project and return it as it was submitted."""

    def start(
        buildspec: str,
        *,
        files: Mapping[str, str] | None = None,
        permissions: list[Mapping[str, Any]] | None = None,
        trusting: str = BUILD_SERVICE,
        project: Mapping[str, Any] | None = None,
        request: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        name = f"project-{uuid.uuid4().hex[:8]}"
        source = zipped({"buildspec.yml": buildspec, **(files or {})})
        emulator.client("s3").put_object(Bucket=bucket, Key=f"{name}.zip", Body=source)
        granted = permissions if permissions is not None else [LOGS]
        role = emulator.role(*granted, allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"), trusting=trusting)
        codebuild = emulator.client("codebuild")
        codebuild.create_project(
            **{
                "name": name,
                "source": {"type": "S3", "location": f"{bucket}/{name}.zip"},
                "artifacts": {"type": "NO_ARTIFACTS"},
                "environment": {
                    "type": "LINUX_CONTAINER",
                    "image": "aws/codebuild/standard:8.0",
                    "computeType": "BUILD_GENERAL1_SMALL",
                    "environmentVariables": [{"name": "STAGE", "value": "project"}],
                },
                "serviceRole": role,
                **(project or {}),
            }
        )
        build: dict[str, Any] = codebuild.start_build(projectName=name, **(request or {}))["build"]
        return build

    return start


@pytest.fixture
def run(emulator: Emulator, start: Run) -> Run:
    """Run a build of a new project to its end."""

    def run(*arguments: Any, **more: Any) -> dict[str, Any]:
        return await_build(emulator.client("codebuild"), start(*arguments, **more)["id"])

    return run


def log(emulator: Emulator, build: Mapping[str, Any]) -> list[str]:
    """Return what the commands of a build printed."""
    events = emulator.client("logs").get_log_events(
        logGroupName=build["logs"]["groupName"], logStreamName=build["logs"]["streamName"], startFromHead=True
    )["events"]
    return [each["message"] for each in events if not each["message"].startswith("[Container]")]


def phases(build: Mapping[str, Any]) -> dict[str, str]:
    return {phase["phaseType"]: phase.get("phaseStatus", "") for phase in build["phases"]}


def contexts(build: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (phase["phaseType"], context["statusCode"], context["message"])
        for phase in build["phases"]
        for context in phase.get("contexts", [])
    ]


def test_runs_the_phases_in_the_source(run: Run, emulator: Emulator) -> None:
    build = run(
        """
version: 0.2
env:
  variables: {STAGE: buildspec, GREETING: hello}
  exported-variables: [VERSION]
phases:
  install: {runtime-versions: {python: 3.12}, commands: [cat data/input.txt]}
  pre_build: {commands: [cd data, export VERSION=7]}
  build:
    commands:
      - pwd
      - echo "$GREETING $STAGE $OVERRIDDEN $CODEBUILD_BUILD_SUCCEEDING"
    finally: [echo finally]
  post_build: {commands: ['echo "$CODEBUILD_INITIATOR $CODEBUILD_BUILD_NUMBER"']}
""",
        files={"data/input.txt": "from the source\n"},
        request={"environmentVariablesOverride": [{"name": "OVERRIDDEN", "value": "request"}]},
    )

    assert (build["buildStatus"], contexts(build)) == ("SUCCEEDED", [])
    assert list(phases(build)) == [
        "SUBMITTED",
        "QUEUED",
        "PROVISIONING",
        "DOWNLOAD_SOURCE",
        "INSTALL",
        "PRE_BUILD",
        "BUILD",
        "POST_BUILD",
        "UPLOAD_ARTIFACTS",
        "FINALIZING",
        "COMPLETED",
    ]
    source, folder, greeting, after, last = log(emulator, build)
    assert source == "from the source"
    assert folder.endswith("/output/src/data")
    assert (greeting, after) == ("hello project request 1", "finally")
    assert last == "root 1"
    assert build["exportedEnvironmentVariables"] == [{"name": "VERSION", "value": "7"}]


def test_offers_the_tools_of_the_standard_image_and_nothing_of_the_user(run: Run, emulator: Emulator) -> None:
    build = run(
        """
version: 0.2
phases:
  build:
    commands:
      - python --version && pip --version && uv --version && git --version && node --version
      - |
        python - <<'END'
        from importlib.util import find_spec
        print(find_spec("aws_cdk"), find_spec("ministack"))
        END
      - uv venv --quiet .venv && .venv/bin/python -c "import sys; print(sys.base_prefix)"
      - env
"""
    )

    lines = log(emulator, build)
    assert [line.split(" ")[0].split(".")[0][:3] for line in lines[:4]] == ["Pyt", "pip", "uv", "git"]
    assert lines[5:7] == ["None None", sys.base_prefix]
    environment = dict(line.split("=", 1) for line in lines[7:] if "=" in line)
    assert environment["AWS_ENDPOINT_URL"] == emulator.endpoint
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["HOME"].startswith(environment["CODEBUILD_SRC_DIR"].partition("/output/")[0])
    assert environment["CODEBUILD_BUILD_ID"] == build["id"]


def test_each_build_starts_from_the_image(start: Run, emulator: Emulator) -> None:
    codebuild = emulator.client("codebuild")
    spec = "version: 0.2\nphases: {build: {commands: [pip uninstall --quiet --yes uv, 'mkdir $HOME/left']}}"
    first = await_build(codebuild, start(spec)["id"])
    second = codebuild.start_build(projectName=first["projectName"])["build"]

    assert first["buildStatus"] == await_build(codebuild, second["id"])["buildStatus"] == "SUCCEEDED"


ALL = ["install", "pre_build", "build", "post_build"]


@pytest.mark.parametrize(
    ("phase", "reaction", "last"),
    [
        pytest.param("install", None, "install", id="install ends the build"),
        pytest.param("pre_build", None, "pre_build", id="pre_build ends the build"),
        pytest.param("build", None, "post_build", id="post_build follows build"),
        pytest.param("build", "ABORT", "build", id="build may abort"),
        pytest.param("install", "CONTINUE", "post_build", id="install may be survived"),
    ],
)
def test_failures_take_their_course(
    phase: str, reaction: str | None, last: str, run: Run, emulator: Emulator
) -> None:
    spec: dict[str, Any] = {name: {"commands": [f"echo {name}"]} for name in ALL}
    spec[phase]["commands"] += ["echo the reason; exit 4", "echo never"]
    spec[phase]["finally"] = [f"echo finally {phase}"]
    if reaction:
        spec[phase]["on-failure"] = reaction

    build = run(json.dumps({"version": "0.2", "phases": spec}))

    assert build["buildStatus"] == "FAILED"
    expected = ALL[: ALL.index(last) + 1]
    after = expected.index(phase) + 1
    expected[after:after] = ["the reason", f"finally {phase}"]
    assert log(emulator, build) == expected
    [(failed, code, message)] = contexts(build)
    assert (failed, code) == (phase.upper(), "COMMAND_EXECUTION_ERROR")
    assert message.splitlines() == [
        "Error while executing command: echo the reason; exit 4. Reason: exit status 4",
        "the reason",
    ]
    assert ("UPLOAD_ARTIFACTS" in phases(build)) is (last == "post_build")


@pytest.mark.parametrize(
    ("arguments", "phase", "code", "sentence"),
    [
        pytest.param(
            {"permissions": []},
            "PROVISIONING",
            "ACCESS_DENIED",
            "does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams",
            id="no permission to log",
        ),
        pytest.param(
            {"trusting": trust(Service="lambda.amazonaws.com")},
            "PROVISIONING",
            "ACCESS_DENIED",
            "codebuild.amazonaws.com is not authorized to perform: sts:AssumeRole",
            id="role of another service",
        ),
        pytest.param(
            {"buildspec": "version: 0.2\nphases: {bild: {commands: [make]}}"},
            "DOWNLOAD_SOURCE",
            "YAML_FILE_ERROR",
            "phases.bild: a buildspec has no such key",
            id="wrong buildspec",
        ),
        pytest.param(
            {"project": {"source": {"type": "S3", "location": "nowhere/source.zip"}}},
            "DOWNLOAD_SOURCE",
            "CLIENT_ERROR",
            "GetObject",
            id="source out of reach",
        ),
        pytest.param(
            {"project": {"source": {"type": "GITHUB", "location": "https://github.com/a/b.git"}}},
            "DOWNLOAD_SOURCE",
            "CLIENT_ERROR",
            "The rehearsal cannot fetch a source of type GITHUB",
            id="source on GitHub",
        ),
        pytest.param(
            {"buildspec": "{version: 0.2, env: {parameter-store: {A: /a}}, phases: {build: {}}}"},
            "DOWNLOAD_SOURCE",
            "CLIENT_ERROR",
            "ssm:GetParameter",
            id="parameter out of reach",
        ),
    ],
)
def test_says_what_stands_in_the_way(
    arguments: dict[str, Any], phase: str, code: str, sentence: str, run: Run
) -> None:
    buildspec = arguments.pop("buildspec", "version: 0.2\nphases: {build: {commands: [echo never]}}")

    build = run(buildspec, **arguments)

    [(failed, status, message)] = contexts(build)
    assert (build["buildStatus"], failed, status) == ("FAILED", phase, code)
    assert sentence in message


def test_reads_parameters_and_secrets_as_its_role(run: Run, emulator: Emulator) -> None:
    name = uuid.uuid4().hex
    emulator.client("ssm").put_parameter(Name=f"/{name}/token", Value="from ssm", Type="SecureString")
    emulator.client("secretsmanager").create_secret(Name=name, SecretString='{"password": "from secrets"}')

    build = run(
        f"""
version: 0.2
env:
  parameter-store: {{TOKEN: /{name}/token}}
  secrets-manager: {{PASSWORD: "{name}:password"}}
phases: {{build: {{commands: ['echo "$TOKEN, $PASSWORD"']}}}}
""",
        permissions=[LOGS, allow(["ssm:GetParameter", "secretsmanager:GetSecretValue"])],
    )

    assert (log(emulator, build), contexts(build)) == (["from ssm, from secrets"], [])


@pytest.mark.parametrize(
    ("cache", "permissions", "kept"),
    [
        pytest.param({"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}, [], True, id="local"),
        pytest.param(
            {"type": "S3", "location": "team/cache"},
            [allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::team/cache/*")],
            True,
            id="s3",
        ),
        pytest.param({"type": "S3", "location": "team/cache"}, [], False, id="s3 without permission"),
        pytest.param({"type": "NO_CACHE"}, [], False, id="none"),
    ],
)
def test_keeps_cached_folders_between_builds(
    cache: dict[str, Any], permissions: list[Mapping[str, Any]], kept: bool, start: Run, emulator: Emulator
) -> None:
    codebuild = emulator.client("codebuild")
    spec = """
version: 0.2
phases:
  build:
    commands:
      - mkdir -p $HOME/.cache/tool local
      - cat $HOME/.cache/tool/seen local/seen 2> /dev/null || true
      - echo home > $HOME/.cache/tool/seen
      - echo source > local/seen
cache: {paths: [/root/.cache/tool/**/*, local/**/*, /var/elsewhere/*]}
"""
    submitted = start(spec, project={"cache": cache}, permissions=[LOGS, *permissions])
    first = await_build(codebuild, submitted["id"])
    second = codebuild.start_build(projectName=first["projectName"])["build"]
    second = await_build(codebuild, second["id"])

    assert (contexts(first), contexts(second)) == ([], [])
    assert log(emulator, first) == []
    assert log(emulator, second) == (["home", "source"] if kept else [])


def test_can_be_stopped(start: Run, emulator: Emulator) -> None:
    codebuild = emulator.client("codebuild")
    build = start("version: 0.2\nphases: {build: {commands: [sleep 600]}}")
    until(
        lambda: codebuild.batch_get_builds(ids=[build["id"]])["builds"][0]["currentPhase"],
        lambda phase: phase == "BUILD",
    )

    codebuild.stop_build(id=build["id"])

    stopped = await_build(codebuild, build["id"])
    assert (stopped["buildStatus"], phases(stopped)["BUILD"]) == ("STOPPED", "STOPPED")


def test_builds_of_pipelines_are_left_to_pipelines(start: Run) -> None:
    with pytest.raises(ClientError, match="started by AWS CodePipeline alone"):
        start(
            "version: 0.2",
            project={"source": {"type": "CODEPIPELINE"}, "artifacts": {"type": "CODEPIPELINE"}},
        )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param({"request": {"imageOverride": "other"}}, "no build with imageOverride", id="image"),
        pytest.param(
            {"project": {"artifacts": {"type": "S3", "location": "bucket"}}},
            "none of type S3",
            id="artifacts",
        ),
    ],
)
def test_refuses_what_it_would_leave_out(arguments: dict[str, Any], sentence: str, start: Run) -> None:
    with pytest.raises(ClientError, match=sentence):
        start("version: 0.2", **arguments)


@pytest.mark.parametrize(
    ("granted", "denied"),
    [
        pytest.param("codebuild:BatchGetProjects", "codebuild:StartBuild", id="start"),
        pytest.param("codebuild:StartBuild", "codebuild:BatchGetBuilds", id="look"),
    ],
)
def test_asks_for_permission_on_the_project(granted: str, denied: str, run: Run, emulator: Emulator) -> None:
    build = run("version: 0.2\nphases: {build: {commands: ['true']}}")
    name = build["projectName"]
    arn = f"arn:aws:codebuild:{emulator.region}:{emulator.development}:project/{name}"
    codebuild = emulator.client("codebuild", role=emulator.role(allow(granted, arn)))
    calls: dict[str, Callable[[], Any]] = {
        "codebuild:BatchGetProjects": lambda: codebuild.batch_get_projects(names=[name]),
        "codebuild:StartBuild": lambda: codebuild.start_build(projectName=name),
        "codebuild:BatchGetBuilds": lambda: codebuild.batch_get_builds(ids=[build["id"]]),
    }
    calls[granted]()
    with pytest.raises(ClientError, match=f"not authorized to perform: {denied} on resource: {arn}"):
        calls[denied]()


def test_a_role_must_be_passed(emulator: Emulator) -> None:
    role = emulator.role(trusting=BUILD_SERVICE)
    codebuild = emulator.client("codebuild", role=emulator.role(allow("codebuild:CreateProject")))
    with pytest.raises(ClientError, match=f"not authorized to perform: iam:PassRole on resource: {role}"):
        codebuild.create_project(
            name="passed",
            source={"type": "NO_SOURCE", "buildspec": "version: 0.2\n"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/standard:8.0",
                "computeType": "BUILD_GENERAL1_SMALL",
            },
            serviceRole=role,
        )


@pytest.mark.parametrize(("privileged", "status"), [(True, "SUCCEEDED"), (False, "FAILED")])
def test_docker_has_a_daemon_in_privileged_mode_only(
    run: Run, emulator: Emulator, *, privileged: bool, status: str
) -> None:
    environment = {
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/standard:8.0",
        "computeType": "BUILD_GENERAL1_SMALL",
        "privilegedMode": privileged,
    }
    build = run(
        "version: 0.2\nphases: {build: {commands: [docker build --tag a:b .]}}\n",
        files={"Dockerfile": "FROM python:3.12-slim\n"},
        project={"environment": environment},
    )
    assert build["buildStatus"] == status
    assert any("Cannot connect to the Docker daemon" in line for line in log(emulator, build)) != privileged
