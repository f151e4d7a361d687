"""Functions are bundled with their library, the same way each time."""

import json
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest

import registry.function
from base import functions
from base.functions import bundle, services
from emulator.machine.environments import Environment, prepare
from pipelines.assets import CUSTOM_RESOURCES
from products.discovery import discover


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(functions, "BUNDLES", tmp_path / "bundles")
    code = tmp_path / "greeting"
    (code / "words").mkdir(parents=True)
    (code / "app.py").write_text("from aws_lambda_powertools import Logger\nimport words.hello\n")
    (code / "words" / "hello.py").write_text("HELLO = 'hello'\n")
    (code / "__pycache__").mkdir()
    (code / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"\0")
    return code


def names(bundled: Path) -> set[str]:
    return {path.relative_to(bundled).as_posix() for path in bundled.rglob("*") if path.is_file()}


def test_bundle_holds_the_code_and_what_it_imports(folder: Path) -> None:
    found = names(bundle(folder))
    assert {"app.py", "words/hello.py"} < found
    assert {"aws_lambda_powertools/__init__.py", "jmespath/__init__.py", "typing_extensions.py"} < found
    assert {"boto3/__init__.py", "botocore/__init__.py", "s3transfer/__init__.py"} < found
    assert not [name for name in found if "__pycache__" in name or name.endswith((".pyc", ".pth", "RECORD"))]
    # Licences travel with the code they cover.
    assert [name for name in found if name.startswith("jmespath-") and "LICENSE" in name]


def test_bundle_runs_on_its_own(folder: Path) -> None:
    # -I and -S: neither this environment's packages nor the current folder.
    program = (
        f"import sys; sys.path.insert(0, {str(bundle(folder))!r}); import app; print(app.words.hello.HELLO)"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "hello\n"


def test_what_a_run_leaves_in_a_bundle_is_not_published(folder: Path) -> None:
    bundled = bundle(folder)
    before = names(bundled)
    program = f"import sys; sys.path.insert(0, {str(bundled)!r}); import app"
    subprocess.run([sys.executable, "-I", "-S", "-c", program], check=True)
    assert names(bundled) > before
    assert names(bundle(folder)) == before


def test_equal_code_gives_one_bundle(folder: Path) -> None:
    first = bundle(folder)
    written = first.stat().st_mtime_ns
    time.sleep(0.01)
    (folder / "app.py").touch()
    assert bundle(folder) == first
    assert first.stat().st_mtime_ns == written
    (folder / "app.py").write_text("CHANGED = True\n")
    assert bundle(folder) != first


def test_several_at_once_leave_one_whole_bundle(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        (target,) = set(pool.map(bundle, [folder] * 8))
    assert [path.name for path in functions.BUNDLES.iterdir()] == [target.name]
    assert "aws_lambda_powertools/__init__.py" in names(target)


def test_an_interrupted_bundle_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bundle(folder)
    assert "app.py" in names(bundle(folder))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing-here"):
        bundle(tmp_path / "nothing-here")


# The SDK.

CODE = {
    "registry": registry.function.CODE,
    "custom resources": CUSTOM_RESOURCES,
    **{name: folder for product in discover() for name, folder in product.functions.items()},
}
"""Every folder that becomes a function."""

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: code and layers, unzipped.
MAXIMUM_BYTES = 250 * 1000**2

IN_THE_RUNTIME = """
import json, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import boto3, botocore
for module in pkgutil.walk_packages([sys.argv[1]]):
    if module.name.startswith(("model_registry", "custom_resources")):
        __import__(module.name)
clients = {name: boto3.client(name) for name in sys.argv[2].split(",")}
accepted = {}
if "s3" in clients:
    accepted = sorted(clients["s3"].meta.service_model.operation_model("CopyObject").input_shape.members)
print(json.dumps({"versions": [boto3.__version__, botocore.__version__], "copy": accepted}))
"""


@pytest.fixture(scope="module")
def runtime() -> Environment:
    """What a function finds in the Lambda runtime, as the emulator runs it."""
    return prepare("lambda")


def in_the_runtime(runtime: Environment, folder: Path, used: set[str] | frozenset[str]) -> Any:
    """What a bundle says of itself, started as Lambda does: with its folder before the runtime's packages."""
    ran = subprocess.run(
        [str(runtime.python), "-B", "-c", IN_THE_RUNTIME, str(folder), ",".join(sorted(used))],
        capture_output=True,
        text=True,
        check=True,
        env={
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
        },
    )
    return json.loads(ran.stdout)


def test_the_runtimes_own_sdk_is_older_than_what_promotion_needs(
    runtime: Environment, tmp_path: Path
) -> None:
    """Otherwise no test would see a function that leans on it."""
    said = in_the_runtime(runtime, tmp_path, {"s3"})
    assert said["versions"] == ["1.40.4", "1.40.4"]
    assert not {"IfMatch", "IfNoneMatch"} & set(said["copy"])


@pytest.mark.parametrize("name", CODE)
def test_every_function_runs_on_the_sdk_that_it_was_tested_with(runtime: Environment, name: str) -> None:
    """Whatever the runtime carries: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html."""
    files = list(CODE[name].rglob("*.py"))
    said = in_the_runtime(runtime, bundle(CODE[name]), services(files))
    assert said["versions"] == [boto3.__version__, botocore.__version__]
    if name == "registry":
        assert {"IfMatch", "IfNoneMatch"} < set(said["copy"])


@pytest.mark.parametrize("name", CODE)
def test_a_bundle_is_far_below_the_limit_and_holds_the_apis_in_use(name: str) -> None:
    bundled = bundle(CODE[name])
    size = sum(path.stat().st_size for path in bundled.rglob("*") if path.is_file())
    assert size < MAXIMUM_BYTES / 10
    models = {path.name for path in (bundled / "botocore" / "data").iterdir() if path.is_dir()}
    assert models == services(CODE[name].rglob("*.py"))


def test_every_caller_of_bundle_is_tested_here() -> None:
    root = Path(__file__).parents[2]
    callers = {
        path.relative_to(root).as_posix()
        for room in ("registry", "portfolios", "pipelines", "products")
        for path in (root / room).rglob("*.py")
        if re.search(r"[ (]bundle\(\w", path.read_text(encoding="utf-8"))
    }
    assert callers == {"registry/function.py", "portfolios/accounts.py", "products/product.py"}


def test_a_client_of_a_service_that_is_not_named_in_place_is_refused(folder: Path) -> None:
    (folder / "app.py").write_text("import boto3\n\nclient = boto3.client(NAME)\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"app\.py:3: write the name of the service"):
        bundle(folder)
