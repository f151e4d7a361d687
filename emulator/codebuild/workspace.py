"""What a build needs from AWS and hands back, each by a call of its service role.

Sources: https://docs.aws.amazon.com/codebuild/latest/userguide/sample-multi-in-out.html; variables:
https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html; cache:
https://docs.aws.amazon.com/codebuild/latest/userguide/build-caching.html.
"""

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from base import embedded_node
from emulator.codebuild.buildspec import Artifact, Buildspec, BuildspecError, parse
from emulator.codepipeline.artifact_store import ArtifactStore, Location, location
from emulator.core import archives, authorization, state
from emulator.docker import installation as docker
from emulator.iam import credentials
from emulator.machine import environments
from emulator.machine.isolation import clean_environment

DEFAULT_BUILDSPEC = "buildspec.yml"

_ALL_BELOW = re.compile(r"(/\*\*)?(/\*)?$")


class UnsupportedSourceError(Exception):
    """The build wants what this machine cannot give."""


class Workspace:
    """The folders of one build, and the credentials of its role."""

    def __init__(
        self,
        folder: Path,
        *,
        description: Mapping[str, Any],
        request: Mapping[str, Any],
        role_credentials: dict[str, Any],
        region: str,
    ) -> None:
        """Create the folders.

        Args:
            folder: An empty folder of the build's own.
            description: The build, as BatchGetBuilds describes it.
            request: The parameters of StartBuild.
            role_credentials: Temporary credentials of the service role.
            region: Region of the build.
        """
        self.source = folder / "output" / "src"
        self.home = folder / "home"
        self.scratch = folder / "shell"
        for path in (self.source, self.home, self.scratch, folder / "tmp"):
            path.mkdir(parents=True)
        self._folder = folder
        self._description = description
        self._request = request
        self._credentials = role_credentials
        self._region = region
        self._store = ArtifactStore(
            credentials=role_credentials, account=description["serviceRole"].split(":")[4], region=region
        )
        self._secondary_sources: dict[str, Path] = {}

    def fetch(self) -> Buildspec:
        """Download the source and read the buildspec.

        Raises:
            BuildspecError: There is no buildspec, or it is wrong.
            UnsupportedSourceError: The source is of a kind that this machine cannot reach.
            ClientError: The service role may not read the source.
        """
        match self._description["source"]["type"]:
            case "CODEPIPELINE":
                self._unpack(self._description["sourceVersion"], self.source)
                for secondary in self._request.get("secondarySourcesVersionOverride", []):
                    name = secondary["sourceIdentifier"]
                    self._secondary_sources[name] = self._folder / "output" / f"src-{name}"
                    self._unpack(secondary["sourceVersion"], self._secondary_sources[name])
            case "S3":
                self._unpack(self._description["source"]["location"], self.source)
            case "NO_SOURCE":
                pass
            case other:
                raise UnsupportedSourceError(f"The rehearsal cannot fetch a source of type {other}.")
        return parse(self._buildspec())

    def variables(self, spec: Buildspec) -> dict[str, str]:
        """Return the environment of the commands.

        The variables of the build win over those of its project, and these over the buildspec's.

        Raises:
            ClientError: The service role may not read a parameter or a secret.
        """
        wanted = {name: ("PLAINTEXT", value) for name, value in spec.env.variables.items()}
        wanted |= {name: ("PARAMETER_STORE", value) for name, value in spec.env.parameter_store.items()}
        wanted |= {name: ("SECRETS_MANAGER", value) for name, value in spec.env.secrets_manager.items()}
        for entry in self._description["environment"].get("environmentVariables", []):
            wanted[entry["name"]] = (entry.get("type", "PLAINTEXT"), entry["value"])
        read: dict[str, Callable[[str], str]] = {
            "PLAINTEXT": str,
            "PARAMETER_STORE": self._parameter,
            "SECRETS_MANAGER": self._secret,
        }
        own = {name: read[kind](value) for name, (kind, value) in wanted.items()}
        return clean_environment(self.home, self._machine() | own | self._build())

    def link_caches(self, spec: Buildspec, tell: Callable[[str], None]) -> None:
        """Put folders that outlive the build in their places, as CodeBuild's local cache does, by links."""
        cache = self._description["cache"]
        local = cache["type"] == "LOCAL" and "LOCAL_CUSTOM_CACHE" in cache.get("modes", [])
        if not local and cache["type"] != "S3":
            return
        refusal = self._cache_refusal(cache["location"]) if cache["type"] == "S3" else None
        if refusal is not None:
            tell(f"Not cached: {refusal}")
            return
        for pattern in spec.cache.paths:
            place = self._cached_place(pattern)
            if place is None or place.exists():
                tell(f"Not cached: {pattern} (the rehearsal keeps folders below the source and /root)")
                continue
            key = hashlib.sha256(
                f"{self._description['arn'].rpartition(':')[0]}\n{pattern}".encode()
            ).hexdigest()[:16]
            kept = state.folder("codebuild", "caches") / key
            kept.mkdir(parents=True, exist_ok=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(kept, target_is_directory=True)

    def upload(self, spec: Buildspec) -> None:
        """Upload the artifacts that the pipeline waits for.

        Raises:
            NoArtifactsError: The buildspec's artifacts section matches no file.
            ClientError: The service role may not write to the artifact bucket.
        """
        outputs = self._request.get("secondaryArtifactsOverride", [])
        for output in outputs:
            name = output["artifactIdentifier"]
            artifact: Artifact = spec.artifacts
            if len(outputs) > 1 or not artifact.files:
                artifact = spec.artifacts.secondary_artifacts.get(name, Artifact())
            content = archives.pack(artifact.select(self.source))
            place = Location(output["location"], output["path"])
            self._store.write(place, content, self._request.get("encryptionKeyOverride"))

    def client(self, service: str) -> Any:
        """Return a client that acts as the service role."""
        return credentials.client(service, self._credentials, self._region)

    def _unpack(self, place: str, folder: Path) -> None:
        archives.unpack(self._store.read(location(place)), folder)

    def _buildspec(self) -> str:
        text: str = self._description["source"].get("buildspec") or DEFAULT_BUILDSPEC
        if "\n" in text or text.startswith("{"):
            return text
        path = self.source / text
        if not path.is_file():
            raise BuildspecError(f"the source has no {text}")
        return path.read_text(encoding="utf-8")

    def _parameter(self, name: str) -> str:
        answer = self.client("ssm").get_parameter(Name=name, WithDecryption=True)
        return str(answer["Parameter"]["Value"])

    def _secret(self, reference: str) -> str:
        """Read `secret-id:json-key:version-stage:version-id`, of which all but the first may be missing."""
        parts = reference.split(":")
        length = 7 if parts[0] == "arn" else 1
        key, stage, version = [*parts[length:], "", "", ""][:3]
        chosen = {"VersionStage": stage, "VersionId": version}
        answer = self.client("secretsmanager").get_secret_value(
            SecretId=":".join(parts[:length]), **{name: value for name, value in chosen.items() if value}
        )
        secret = str(answer["SecretString"])
        return str(json.loads(secret)[key]) if key else secret

    def _cache_refusal(self, prefix: str) -> str | None:
        """Return why the service role may not keep a cache in S3; CodeBuild does without it then."""
        role = self._description["serviceRole"]
        principal = authorization.principal_of_role(role, "AWSCodeBuild")
        for action in ("s3:GetObject", "s3:PutObject"):
            refused = authorization.refusal(
                principal, action, f"arn:aws:s3:::{prefix}/cache", region=self._region
            )
            if refused is not None:
                return refused
        return None

    def _cached_place(self, pattern: str) -> Path | None:
        """Return the folder that a path of the cache section means; None if it is none of the build's own."""
        folder = _ALL_BELOW.sub("", pattern)
        if folder.startswith(("/root/", "~/")):
            return self.home / folder.removeprefix("/root/").removeprefix("~/")
        if folder.startswith("/") or ".." in Path(folder).parts or "*" in folder:
            return None
        return self.source / folder

    def _machine(self) -> dict[str, str]:
        """Variables of the standard image: its tools, and how it reaches packages."""
        image = environments.prepare("codebuild").copy(self._folder / "image")
        # uv builds no virtual environment on another one, and would take whatever Python comes next.
        interpreters = self._folder / "interpreters"
        interpreters.mkdir()
        for name in ("python", "python3"):
            (interpreters / name).symlink_to(Path(sys.executable).resolve())
        git = Path(str(shutil.which("git"))).parent
        mode = self._description["environment"].get("privilegedMode", False)
        tools = docker.install(self._folder / "docker", privileged=str(mode).lower() == "true")
        path = [image.bin, interpreters, tools, embedded_node.NODE_FOLDER, git]
        path += [Path("/usr/local/bin"), Path("/usr/bin"), Path("/bin")]
        return {
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join(str(folder) for folder in path),
            "TMPDIR": str(self._folder / "tmp"),
            **environments.download_settings(),
        }

    def _build(self) -> dict[str, str]:
        """Variables of the build itself; nobody can override them."""
        description = self._description
        return {
            **credentials.environment(self._credentials, self._region),
            "CI": "true",
            "CODEBUILD_BUILD_ARN": description["arn"],
            "CODEBUILD_BUILD_ID": description["id"],
            "CODEBUILD_BUILD_IMAGE": description["environment"]["image"],
            "CODEBUILD_BUILD_NUMBER": str(description["buildNumber"]),
            "CODEBUILD_BUILD_SUCCEEDING": "1",
            "CODEBUILD_INITIATOR": description["initiator"],
            "CODEBUILD_LOG_PATH": description["logs"].get("streamName", ""),
            "CODEBUILD_PROJECT_ARN": description["arn"].replace(":build/", ":project/").rpartition(":")[0],
            "CODEBUILD_RESOLVED_SOURCE_VERSION": description.get("resolvedSourceVersion", ""),
            "CODEBUILD_SOURCE_VERSION": description["sourceVersion"],
            "CODEBUILD_SRC_DIR": str(self.source),
            "CODEBUILD_START_TIME": str(int(description["startTime"] * 1000)),
            **{f"CODEBUILD_SRC_DIR_{name}": str(folder) for name, folder in self._secondary_sources.items()},
        }
