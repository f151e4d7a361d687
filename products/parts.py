"""Of which shared parts a product is made: layers of its seeds, functions, and modules of Python.

A change of a shared part may change several products, and a release says which.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from base.places import REPOSITORY
from base.seeds import SEED_CODE
from base.trees import digest_of, files_of
from products.discovery import definition
from products.product import Product

_ROOMS = ("base", "pipelines")
"""Whose modules products share."""

_OURS = (*_ROOMS, "products")


def parts(product: Product) -> Mapping[str, str]:
    """The digest of each shared part that a product is made of, by the part's place in the repository.

    Args:
        product: The product.
    """
    folders = [
        *(SEED_CODE / layer for seed in product.seeds.values() for layer in seed.layers),
        *product.functions.values(),
    ]
    modules = _with_what_they_import(
        (*_modules_of((product.stack, product.delivery), set()), *_declared_with(product))
    )
    files = [path for name in modules if name.partition(".")[0] in _ROOMS and (path := _file(name))]
    return {
        **{_name(path): digest_of(path) for path in sorted(files)},
        **{_name(folder): _digest_of_tree(folder) for folder in folders},
    }


def touched(
    before: Mapping[str, str], products: Iterable[Product], differing: Sequence[str]
) -> Mapping[str, tuple[str, ...]]:
    """The products that a change of a shared part touches, by the part.

    Args:
        before: The digest of each part at the last release.
        products: All products.
        differing: The identifiers of those whose template differs from the released one.

    Returns:
        For each part that has changed and that several products share, those of them that differ.
    """
    users: dict[str, list[str]] = {}
    changed = set()
    for product in products:
        for part, digest in parts(product).items():
            users.setdefault(part, []).append(product.identifier)
            if part in before and before[part] != digest:
                changed.add(part)
    return {
        part: found
        for part in sorted(changed)
        if len(users[part]) > 1 and (found := tuple(each for each in users[part] if each in differing))
    }


def _declared_with(product: Product) -> Iterator[str]:
    """What the product's declaration imports itself, such as the module that defines an algorithm."""
    path = definition(product)
    if path.is_file():
        module = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
        yield from (name for name in _imports(module) if name.partition(".")[0] in _ROOMS)


def _modules_of(values: Iterable[Any], seen: set[int]) -> Iterator[str]:
    """The modules of the functions, classes and objects that values lead to.

    A function of a room is followed by what it names, and not by all that its module imports: what makes a
    project that trains stands beside what makes one that deploys.
    """
    for value in values:
        if id(value) not in seen:
            seen.add(id(value))
            module, following = _look_at(value)
            if module and _is_ours(module):
                yield module
            yield from _modules_of(following, seen)


def _look_at(value: Any) -> tuple[str | None, Iterable[Any]]:
    """The module of a value, and the values that it leads to."""
    match value:
        case list() | tuple() | set() | frozenset():
            return None, value
        case Mapping():
            return None, value.values()
        case ModuleType():
            return value.__name__, ()
        case FunctionType() if _is_ours(value.__module__):
            is_product = value.__module__.partition(".")[0] == "products"
            return None if is_product else value.__module__, _named_by(value)
        case FunctionType() | type():
            return value.__module__, ()
        case _:
            kind = type(value)
            return kind.__module__, getattr(value, "__dict__", {}).values() if _is_ours(
                kind.__module__
            ) else ()


def _named_by(function: FunctionType) -> Iterator[Any]:
    yield from (cell.cell_contents for cell in function.__closure__ or ())
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        yield from (function.__globals__[name] for name in code.co_names if name in function.__globals__)
        codes += [each for each in code.co_consts if isinstance(each, CodeType)]


def _with_what_they_import(modules: Iterable[str]) -> set[str]:
    found: set[str] = set()
    left = list(modules)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _imports(name)
    return found


@cache
def _imports(module: str) -> tuple[str, ...]:
    path = _file(module)
    if path is None:
        return ()
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=imported):
                names |= {each.name for each in imported}
            case ast.ImportFrom(module=str(parent), names=imported, level=0):
                names |= {parent, *(f"{parent}.{each.name}" for each in imported)}
            case _:
                pass
    return tuple(name for name in sorted(names) if _is_ours(name) and _file(name))


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in _OURS


@cache
def _file(module: str) -> Path | None:
    path = REPOSITORY.joinpath(*module.split("."))
    return next((each for each in (path.with_suffix(".py"), path / "__init__.py") if each.is_file()), None)


def _digest_of_tree(folder: Path) -> str:
    lines = (f"{name}\0{digest_of(path)}\n" for name, path in files_of(folder))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()
