"""Train and measure a model on this machine: ``make train DATA=table.csv TARGET=price``.

Preprocess, Train and Evaluate run one after the other on the configuration, each in SageMaker's folders below
one of its own, as they do on SageMaker; nothing calls AWS.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.configuration import Configuration, ConfigurationError

SOURCE = Path(__file__).parent.parent / "src"


def main(arguments: list[str] | None = None) -> int:
    """Run the steps.

    Returns:
        The exit code of the step that failed; 0 when there is a model.
    """
    parser = argparse.ArgumentParser(prog="python -m pipelines.local", description=__doc__)
    parser.add_argument("data", help="a file, or a folder of files")
    parser.add_argument(
        "--target", required=True, help="header of the column to predict (--target=-x for -x)"
    )
    parser.add_argument("--output", type=Path, default=Path("build/local"), help="where everything goes")
    given = parser.parse_args(arguments)
    try:
        configuration = Configuration.load()
        if not given.data or not given.target:
            raise ConfigurationError("Name a table and its target: make train DATA=table.csv TARGET=price")
        run(Path(given.data), given.target, configuration, given.output.resolve())
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        # The step has said why.
        return error.returncode
    evaluation = given.output / "processing" / "evaluation"
    print(verdict(json.loads((evaluation / "evaluation.json").read_text(encoding="utf-8")), configuration))
    print(f"Model:   {given.output / 'model'}\nReport:  {evaluation / 'report.html'}")
    return 0


def verdict(evaluation: Mapping[str, Any], configuration: Configuration) -> str:
    """What the pipeline would do with the model.

    Args:
        evaluation: The content of ``evaluation.json``.
        configuration: The whole configuration.
    """
    skill, least = evaluation["metrics"]["skill_score"]["value"], configuration.quality.minimum_skill_score
    if skill < least:
        return f"The pipeline would not register it: its skill score {skill:.3g} is below {least:g}."
    return f"The pipeline would register it: its skill score {skill:.3g} reaches {least:g} (config.toml)."


def run(data: Path, target: str, configuration: Configuration, folder: Path) -> None:
    """Run the steps in a folder.

    Args:
        data: A file, or a folder of files.
        target: The header of the column to predict.
        configuration: The whole configuration.
        folder: Where SageMaker's folders are; what an earlier run left there goes.

    Raises:
        ConfigurationError: There is no such data, or the folder is not one of an earlier run.
        CalledProcessError: A step failed.
    """
    if not data.exists():
        raise ConfigurationError(f"There is no file {data}; give the path of a table.")
    marker = folder / ".local-run"
    if folder.exists() and not marker.exists():
        raise ConfigurationError(f"{folder} was not made by an earlier run; name another folder by --output.")
    shutil.rmtree(folder, ignore_errors=True)
    inputs = folder / "processing" / "input"
    (inputs / "data").mkdir(parents=True)
    marker.touch()
    if data.is_dir():
        shutil.copytree(data, inputs / "data", dirs_exist_ok=True)
    else:
        shutil.copy(data, inputs / "data")
    arguments = {**configuration.data.arguments, **configuration.evaluation.arguments}
    arguments |= configuration.checks.arguments
    _step("preprocess.py", {"target": target, **arguments}, folder)
    for name in ("train", "validation", "schema"):
        shutil.copytree(folder / "processing" / name, folder / "input" / "data" / name)
    _step("train.py", {name: str(value) for name, value in configuration.hyperparameters.items()}, folder)
    (inputs / "model").mkdir()
    with tarfile.open(inputs / "model" / "model.tar.gz", "w:gz") as archive:
        archive.add(folder / "model", ".")
    for name in ("train", "test", "schema"):
        shutil.copytree(folder / "processing" / name, inputs / name)
    _step("evaluate.py", configuration.evaluation.arguments, folder)


def _step(script: str, arguments: Mapping[str, str], folder: Path) -> None:
    given = [part for name, value in arguments.items() for part in (f"--{name}", value)]
    subprocess.run(  # noqa: S603
        [sys.executable, str(SOURCE / script), *given],
        env={**os.environ, "SAGEMAKER_BASE_DIR": str(folder)},
        check=True,
    )


if __name__ == "__main__":
    sys.exit(main())
