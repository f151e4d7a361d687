"""Products are found by their folder, and a folder that is no product says why."""

import re
import sys
import textwrap
from pathlib import Path

import pytest

from base.settings import load
from products.discovery import discover
from products.product import Product, ProductError, render

WHOLE = {
    "product.py": """
        from pathlib import Path

        import aws_cdk as cdk

        from base.seeds import Seed
        from products.product import Product

        HERE = Path(__file__).parent


        def stack(scope, construct_id, /, *, settings, assets, synthesizer):
            return cdk.Stack(scope, construct_id, synthesizer=synthesizer)


        PRODUCT = Product(
            identifier="batch_scoring",
            name="Score a data set",
            description="Scores a data set with an approved model.",
            version="1.2.3",
            portfolio="sagemaker_projects",
            launched_in=("development",),
            stack=stack,
        )
    """,
    "README.md": "# Score a data set\n",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An importable package named ``catalogue`` without a product."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "catalogue"]:
        monkeypatch.delitem(sys.modules, name)
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")


def test_the_bundle_offers_its_products() -> None:
    identifiers = [product.identifier for product in discover()]
    assert {"build_from_s3", "deploy_realtime", "studio_domain"} <= set(identifiers)
    assert identifiers == sorted(identifiers)


def test_a_new_folder_is_a_new_product(package: Path) -> None:
    write(package / "batch_scoring", WHOLE)
    (product,) = discover("catalogue")
    assert isinstance(product, Product)
    assert (product.identifier, product.version, product.assets) == ("batch_scoring", "1.2.3", {})


def test_what_git_and_python_leave_behind_is_no_product(package: Path) -> None:
    write(package / "batch_scoring", WHOLE)
    (package / "removed" / "__pycache__").mkdir(parents=True)
    (package / "__pycache__").mkdir()
    (package / ".notes").mkdir()
    assert [product.identifier for product in discover("catalogue")] == ["batch_scoring"]


def test_products_lie_in_families(package: Path) -> None:
    """However deep; the family may be the beginning of the identifier."""
    write(package / "score" / "batch_scoring", WHOLE)
    other = WHOLE["product.py"].replace('"batch_scoring"', '"score_rows"').replace("Score a data", "Score a")
    write(package / "score" / "rows", WHOLE | {"product.py": other})
    assert [product.identifier for product in discover("catalogue")] == ["batch_scoring", "score_rows"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("Score a data set", 'the name "Score a data set" (batch_scoring and other)', id="equal"),
        pytest.param("SCORE A DATA SET", 'the name "SCORE A DATA SET"', id="but for capitals"),
    ],
)
def test_two_products_are_not_called_alike(package: Path, name: str, says: str) -> None:
    write(package / "batch_scoring", WHOLE)
    text = WHOLE["product.py"].replace('"batch_scoring"', '"other"').replace("Score a data set", name)
    write(package / "other", WHOLE | {"product.py": text})
    with pytest.raises(ProductError, match=re.escape(says)):
        discover("catalogue")


BROKEN_STACKS = {
    "output like a construct": (
        (
            "stack = cdk.Stack(scope, construct_id, synthesizer=synthesizer)\n"
            '    cdk.CfnResource(stack, "Data", type="AWS::SNS::Topic")\n'
            '    cdk.CfnOutput(stack, "Data", value="x")'
        ),
        "There is already a Construct with name 'Data'",
    ),
    "parameter like an output": (
        (
            "stack = cdk.Stack(scope, construct_id, synthesizer=synthesizer)\n"
            '    cdk.CfnParameter(stack, "Data")\n'
            '    cdk.CfnOutput(stack, "Data", value="x")'
        ),
        "There is already a Construct with name 'Data'",
    ),
    "bug of the author": ("stack = settings.no_such_thing", "no_such_thing"),
    "error without words": ("raise ValueError", "ValueError"),
}


@pytest.mark.parametrize(("lines", "says"), BROKEN_STACKS.values(), ids=BROKEN_STACKS)
def test_a_stack_that_cannot_be_made_is_one_sentence(package: Path, lines: str, says: str) -> None:
    old = "return cdk.Stack(scope, construct_id, synthesizer=synthesizer)"
    text = textwrap.dedent(WHOLE["product.py"]).replace(old, f"{lines}\n    return stack")
    write(package / "batch_scoring", WHOLE | {"product.py": text})
    (product,) = discover("catalogue")
    with pytest.raises(ProductError, match="The stack of batch_scoring cannot be made: ") as raised:
        render(product, load(), {})
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


MALFORMED = {
    "no-product-file": ({"product.py": None}, "has no product.py"),
    "no-readme": ({"README.md": None}, "README.md is missing"),
    "no-product": ({"product.py": "PRODUCTS = []"}, "defines no PRODUCT"),
    "other-type": ({"product.py": "PRODUCT = 'batch_scoring'"}, "defines no PRODUCT"),
    "syntax-error": ({"product.py": "PRODUCT ="}, "cannot be imported: invalid syntax"),
    "import-error": ({"product.py": "import nowhere"}, "cannot be imported: No module named 'nowhere'"),
}


@pytest.mark.parametrize(("changes", "sentence"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_folder(package: Path, changes: dict[str, str | None], sentence: str) -> None:
    files = {name: text for name, text in (WHOLE | changes).items() if text is not None}
    write(package / "batch_scoring", files)
    with pytest.raises(ProductError, match=sentence) as raised:
        discover("catalogue")
    assert "batch_scoring" in str(raised.value)


MISTAKES = {
    "another-name": ('identifier="batch_scoring"', 'identifier="scoring"', "give both one name"),
    "version": ('"1.2.3"', '"1.2"', 'version "1.2" is not MAJOR.MINOR.PATCH'),
    "leading-zero": ('"1.2.3"', '"1.02.3"', "is not MAJOR.MINOR.PATCH"),
    "no-name": ('"Score a data set"', '""', "name must have"),
    "no-description": ('"Scores a data set with an approved model."', '""', "description must have"),
    "long-name": ('"Score a data set"', '"x" * 101', "name must have 1 to 100 characters"),
    "long-note": ("stack=stack,", 'stack=stack, note="x" * 8192,', "note must have 8,191 characters at most"),
    "wide-description": (
        '"Scores a data set with an approved model."',
        '"é" * 513',
        "1 to 1024 bytes",
    ),
    "long-description": ('"Scores a data set with an approved model."', '"x" * 1025', "1 to 1024 bytes"),
    "nowhere": ('("development",)', "()", "nobody could launch"),
    "no-such-account": (
        '("development",)',
        '("dev",)',
        'launched_in is "dev", and there is only development, shared_services and data',
    ),
    "no-such-portfolio": (
        '"sagemaker_projects"',
        '"ml_admn"',
        'portfolio is "ml_admn", and there is only ml_admin and sagemaker_projects',
    ),
    "no-such-seed": (
        "stack=stack,",
        "stack=stack, seeds={'seed': Seed('nowhere')},",
        "There is no layer nowhere",
    ),
    "no-such-function": (
        "stack=stack,",
        "stack=stack, functions={'code': HERE / 'nowhere'},",
        r"do not exist: code \(.*nowhere\)",
    ),
    "asset-twice": (
        "stack=stack,",
        "stack=stack, seeds={'a': Seed('build/base')}, functions={'a': HERE},",
        "both name a",
    ),
}


@pytest.mark.parametrize(("old", "new", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_mistake(package: Path, old: str, new: str, sentence: str) -> None:
    assert old in WHOLE["product.py"]
    write(package / "batch_scoring", WHOLE | {"product.py": WHOLE["product.py"].replace(old, new)})
    with pytest.raises(ProductError, match=sentence):
        discover("catalogue")


@pytest.mark.parametrize("name", ["Batch", "batch-scoring", "batch__scoring", "a" * 33])
def test_identifier_names_a_role_and_a_module(package: Path, name: str) -> None:
    text = WHOLE["product.py"].replace('"batch_scoring"', f'"{name}"')
    write(package / name, WHOLE | {"product.py": text})
    with pytest.raises(ProductError, match="must be lower-case words joined by single underscores"):
        discover("catalogue")
