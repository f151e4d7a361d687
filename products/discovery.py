"""Where products are found.

A product is one folder below this one, as deep as families go:

* ``product.py`` defines ``PRODUCT``, a `products.product.Product`;
* ``README.md`` tells a team what it launches;
* ``stack.py`` holds the stack, where the product is not made of parts (`products.project`).

A folder without ``product.py`` whose folders are products is a family, such as ``build``. The identifier of a
product is the name of its folder, or that with the name of the family before it.
"""

import importlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from base.places import REPOSITORY
from base.seeds import SeedError
from products.product import LaunchAccount, Portfolio, Product, ProductError

# Names of launch roles hold it, and keys of assets.
MAXIMUM_IDENTIFIER = 32
# The CDK takes no longer one
# (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_servicecatalog.CloudFormationProduct.html).
MAXIMUM_NAME = 100
# https://docs.aws.amazon.com/servicecatalog/latest/dg/API_ProvisioningArtifactProperties.html, and the CDK
MAXIMUM_NOTE = 8191
# AWS::CloudFormation templates
# (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
MAXIMUM_DESCRIPTION = 1024

_DEFINITION = "product.py"
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SEMANTIC_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", re.ASCII)


def discover(package: str = "products", *, seeds: bool = True) -> tuple[Product, ...]:
    """Find every product by its folder, in the order of the identifiers.

    Args:
        package: The package below which products lie.
        seeds: Whether their seeds have to compose; what mends a seed has to find it first.

    Raises:
        ProductError: If a folder is not a whole product, or two products are called alike.
    """
    found = [
        _load(package, Path(root), folder, seeds=seeds)
        for root in importlib.import_module(package).__path__
        for folder in _folders(Path(root))
    ]
    _refuse_equal(found)
    return tuple(sorted(found, key=lambda product: product.identifier))


def definition(product: Product) -> Path:
    """The file that defines a product.

    Args:
        product: The product.
    """
    return REPOSITORY / folder(product) / _DEFINITION


def folder(product: Product) -> str:
    """The folder of a product, as people write it: from the repository's own folder on.

    Args:
        product: The product.
    """
    root = Path(importlib.import_module("products").__path__[0])
    found = next((each for each in _folders(root) if product.identifier in _identifiers(each)), None)
    return (found or root / product.identifier).relative_to(REPOSITORY).as_posix()


def _identifiers(place: Path) -> set[str]:
    """What a product in a folder may be called."""
    return {place.name, f"{place.parent.name}_{place.name}"}


def _folders(parent: Path) -> Iterator[Path]:
    for folder in sorted(parent.iterdir()):
        # Git leaves a folder behind that holds nothing but Python's caches.
        if folder.name.startswith((".", "__")) or not folder.is_dir() or not _has_files(folder):
            continue
        if (folder / _DEFINITION).is_file():
            yield folder
        elif any(folder.glob(f"**/{_DEFINITION}")):
            yield from _folders(folder)
        else:
            raise ProductError(
                f"{folder} has no {_DEFINITION}: define PRODUCT in one, or move the folder out of {parent}."
            )


def _has_files(folder: Path) -> bool:
    return any(path.name != "__pycache__" for path in folder.iterdir())


def _load(package: str, root: Path, folder: Path, *, seeds: bool) -> Product:
    path = folder / _DEFINITION
    try:
        module = importlib.import_module(".".join((package, *folder.relative_to(root).parts, "product")))
    except Exception as error:
        raise ProductError(f"{path} cannot be imported: {error}") from error
    product = getattr(module, "PRODUCT", None)
    if not isinstance(product, Product):
        raise ProductError(f"{path} defines no PRODUCT of type products.product.Product.")
    if mistakes := [*_mistakes(product, folder), *(_mistakes_of_seeds(product) if seeds else ())]:
        raise ProductError(f"{path}: {'; '.join(mistakes)}")
    return product


def _refuse_equal(products: Iterable[Product]) -> None:
    """Refuse products that people, or names of resources, could not tell apart."""
    seen: dict[str, Product] = {}
    for product in products:
        for what, value in (("identifier", product.identifier), ("name", product.name)):
            other = seen.setdefault(f"{what} {value.casefold()}", product)
            if other is not product:
                raise ProductError(
                    f'Two products have the {what} "{value}" ({other.identifier} and {product.identifier}): '
                    "give each its own."
                )


def _mistakes(product: Product, folder: Path) -> Iterator[str]:
    missing = [f"{name} ({path})" for name, path in product.functions.items() if not path.is_dir()]
    repeated = sorted(set(product.seeds) & set(product.functions))
    findings = {
        f'identifier is "{product.identifier}", and the folder "{folder.name}": give both one name.': (
            product.identifier not in _identifiers(folder)
        ),
        f'the identifier "{product.identifier}" must be lower-case words joined by single underscores, '
        f"{MAXIMUM_IDENTIFIER} characters at most.": (
            not _IDENTIFIER.fullmatch(product.identifier) or len(product.identifier) > MAXIMUM_IDENTIFIER
        ),
        f'version "{product.version}" is not MAJOR.MINOR.PATCH, such as 1.0.0.': (
            not _SEMANTIC_VERSION.fullmatch(product.version)
        ),
        f"name must have 1 to {MAXIMUM_NAME} characters.": not 1 <= len(product.name) <= MAXIMUM_NAME,
        f"note must have {MAXIMUM_NOTE:,} characters at most.": len(product.note) > MAXIMUM_NOTE,
        f"description must have 1 to {MAXIMUM_DESCRIPTION} bytes.": (
            not 1 <= len(product.description.encode()) <= MAXIMUM_DESCRIPTION
        ),
        _choice("portfolio", product.portfolio, get_args(Portfolio)): (
            product.portfolio not in get_args(Portfolio)
        ),
        "launched_in names no account: nobody could launch the product.": not product.launched_in,
        _choice("launched_in", ", ".join(product.launched_in), get_args(LaunchAccount)): (
            not set(product.launched_in) <= set(get_args(LaunchAccount))
        ),
        f"seeds and functions both name {', '.join(repeated)}: give each asset its own name.": bool(repeated),
        f"these folders do not exist: {', '.join(missing)}.": bool(missing),
        "a README.md is missing beside it: say what a team gets, what it costs, and how to remove it.": (
            not (folder / "README.md").is_file()
        ),
    }
    return (finding for finding, holds in findings.items() if holds)


def _choice(attribute: str, value: str, choices: tuple[str, ...]) -> str:
    *first, last = choices
    return f'{attribute} is "{value}", and there is only {", ".join(first)} and {last}.'


def _mistakes_of_seeds(product: Product) -> Iterator[str]:
    for seed in product.seeds.values():
        try:
            seed.origins()
        except SeedError as error:
            yield str(error)
