"""What a buildspec may say, and which files it hands on."""

from pathlib import Path

import pytest

from emulator.codebuild.buildspec import BuildspecError, NoArtifactsError, parse

MINIMAL = "version: 0.2\nphases: {build: {commands: [make]}}\n"


def test_reads_every_section() -> None:
    spec = parse(
        """
        version: 0.2
        run-as: root
        env:
          shell: bash
          variables: {STAGE: test, RETRIES: 3, VERBOSE: yes}
          parameter-store: {TOKEN: /team/token}
          secrets-manager: {PASSWORD: "database:password"}
          exported-variables: [COMMIT]
          git-credential-helper: yes
        phases:
          install:
            runtime-versions: {python: 3.12}
            commands: [pip install -r requirements.lock]
          pre_build: {on-failure: CONTINUE, commands: [make lint]}
          build: {commands: [make], finally: [make clean]}
          post_build: {commands: []}
        artifacts:
          files: "**/*"
          base-directory: out
          exclude-paths: ["**/*.pyc"]
          secondary-artifacts: {templates: {files: [template.json], discard-paths: yes}}
        cache: {paths: [/root/.cache/uv/**/*]}
        reports: {pytest: {files: [report.xml]}}
        """
    )

    assert spec.env.shell == "bash"
    assert spec.env.variables == {"STAGE": "test", "RETRIES": "3", "VERBOSE": "yes"}
    assert spec.env.parameter_store == {"TOKEN": "/team/token"}
    assert spec.env.exported_variables == ["COMMIT"]
    assert spec.phase("install").runtime_versions == {"python": "3.12"}
    assert spec.phase("pre_build").on_failure == "CONTINUE"
    assert spec.phase("build").finally_ == ["make clean"]
    assert spec.artifacts.files == ["**/*"]
    assert spec.artifacts.secondary_artifacts["templates"].files == ["template.json"]
    assert spec.cache.paths == ["/root/.cache/uv/**/*"]


def test_defaults() -> None:
    spec = parse(MINIMAL)

    assert spec.env.shell == "sh"
    assert spec.phase("install").commands == []
    assert spec.phase("build").on_failure is None
    assert spec.artifacts.files == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", "empty or not a mapping", id="empty"),
        pytest.param("version: [0.2", "not valid YAML", id="broken"),
        pytest.param("version: 0.1\nphases: {}", "version: .*'0.1'", id="older version"),
        pytest.param("version: 0.2", "phases: missing", id="no phases"),
        pytest.param(
            "version: 0.2\nphases: {bild: {commands: [a]}}", "phases.bild: .* no such key", id="phase"
        ),
        pytest.param(
            "version: 0.2\nphases: {build: {commands: [{echo: a}]}}",
            "phases.build.commands.0: expected text .*; quote it",
            id="unquoted colon",
        ),
        pytest.param(
            "version: 0.2\nphases: {build: {on-failure: RETRY, commands: [a]}}",
            "phases.build.on-failure: .*'RETRY'",
            id="unsupported reaction",
        ),
        pytest.param(
            "version: 0.2\nphases: {build: {commands: }}", "phases.build.commands: ", id="no commands"
        ),
    ],
)
def test_mistakes_get_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BuildspecError, match=sentence) as caught:
        parse(text)
    assert "\n" not in str(caught.value)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name in (
        "template.json",
        "out/a.txt",
        "out/.hidden",
        "out/deep/b.txt",
        "out/deep/c.pyc",
        "src/a.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        pytest.param({"files": ["template.json"]}, {"template.json"}, id="one file"),
        pytest.param({"files": ["out/*"]}, {"out/a.txt", "out/.hidden"}, id="one level"),
        pytest.param(
            {"files": ["**/*"], "base-directory": "out"},
            {"a.txt", ".hidden", "deep/b.txt", "deep/c.pyc"},
            id="everything below the base directory",
        ),
        pytest.param(
            {"files": ["**/*"], "base-directory": "out", "exclude-paths": ["**/*.pyc", ".hidden"]},
            {"a.txt", "deep/b.txt"},
            id="excluded",
        ),
        pytest.param(
            {"files": ["out/deep/b.txt", "template.json"], "discard-paths": "yes"},
            {"b.txt", "template.json"},
            id="paths discarded",
        ),
        pytest.param(
            {"files": ["./template.json", "missing.json"]}, {"template.json"}, id="one of two missing"
        ),
    ],
)
def test_selects_artifacts(section: dict[str, object], expected: set[str], source: Path) -> None:
    artifacts = parse(f"{MINIMAL}artifacts: {section}").artifacts

    assert set(artifacts.select(source)) == expected


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        pytest.param({"files": ["*.yaml"]}, "no matching artifact paths found for \\*.yaml", id="no file"),
        pytest.param(
            {"files": ["*"], "base-directory": "gone"}, "no matching base directory path", id="no base"
        ),
    ],
)
def test_says_when_nothing_matches(section: dict[str, object], sentence: str, source: Path) -> None:
    with pytest.raises(NoArtifactsError, match=sentence):
        parse(f"{MINIMAL}artifacts: {section}").artifacts.select(source)
