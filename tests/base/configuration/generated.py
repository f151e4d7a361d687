"""Catalog files as hypothesis generates them: like those that people write, and like nothing at all."""

from collections.abc import Callable
from typing import Any

import yaml
from hypothesis import strategies as st

from base.configuration import regions
from tests.base.test_settings import EXAMPLE

Content = dict[str, Any]

WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
HYPHENATED = st.lists(WORD, min_size=1, max_size=3).map("-".join)
TEXT = st.text(max_size=40) | HYPHENATED
SCALAR = TEXT | st.integers() | st.floats() | st.booleans() | st.none() | st.dates() | st.datetimes()
ANYTHING = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT | st.booleans(), inner, max_size=3),
    max_leaves=6,
)
TAG_TEXT = HYPHENATED | st.text("abcXYZ0189 _.:/=+-@äß", min_size=1, max_size=30)
ROLE = st.text("abcXYZ019_+=,.@-", min_size=1, max_size=20)


@st.composite
def likely(draw: st.DrawFn) -> Content:
    """A file in which each value has the form that it should have, most of the time."""
    root, region = draw(WORD), draw(st.sampled_from([*sorted(regions.supported()), "eu-west-9"]))
    prefix = draw(HYPHENATED.map(lambda text: f"a{text}"[:12]))
    first = draw(st.integers(0, 10**12 - 6))
    accounts = [f"{first + number:012}" for number in range(6)]
    unit = st.text("abcdefghijkl0123456789", min_size=8, max_size=12).map(lambda end: f"ou-{root:a<4}-{end}")
    content: Content = {
        "example": True,
        "name_prefix": prefix,
        "region": region,
        "organization": {
            "id": f"o-{draw(st.text('abc0123456789', min_size=10, max_size=32))}",
            "organizational_units": {
                key: draw(unit) for key in ("workloads", "development", "test", "production")
            },
        },
        "accounts": dict(
            zip(
                ("management", "shared_services", "development", "test", "production"), accounts, strict=False
            )
        ),
        "repository": draw(_repositories(region, accounts[1])),
        "portfolios": {
            "provider_name": draw(HYPHENATED | st.text(min_size=1, max_size=50)),
            "support_email": f"{draw(WORD)}@{draw(WORD)}.example",
            "ml_admin": draw(_portfolios(3)),
            "sagemaker_projects": draw(_portfolios(1)),
        },
        "model_cards": {"layout": draw(st.sampled_from(["central", "hub_and_spoke"]))},
        "tags": draw(st.dictionaries(TAG_TEXT, TAG_TEXT, max_size=22)),
    }
    if draw(st.booleans()):
        content["accounts"]["data"] = accounts[5]
        content["organization"]["organizational_units"]["data"] = draw(unit)
        content["portfolios"]["data"] = draw(_portfolios(3))
    if draw(st.booleans()):
        content["permissions_boundary"] = "/".join(draw(st.lists(ROLE, min_size=1, max_size=3)))
    return content


@st.composite
def _repositories(draw: st.DrawFn, region: str, hub: str) -> Content:
    provider = draw(st.sampled_from(["codecommit", "github", "gitlab", "bitbucket"]))
    branch = draw(HYPHENATED | st.text("abB0_./-", min_size=1, max_size=12))
    if provider == "codecommit":
        return {"provider": provider, "default_branch": branch}
    service = draw(st.sampled_from(["codeconnections", "codestar-connections"]))
    arn = f"arn:aws:{service}:{region}:{hub}:connection/{draw(st.uuids())}"
    return {"provider": provider, "default_branch": branch, "connection_arn": arn}


@st.composite
def _portfolios(draw: st.DrawFn, values: int) -> Content:
    offered = st.lists(TAG_TEXT, min_size=1, max_size=values)
    content: Content = {"tag_options": draw(st.dictionaries(TAG_TEXT, offered, max_size=4))}
    if draw(st.booleans()):
        path = st.lists(ROLE, min_size=1, max_size=3).map("/".join)
        sign_in = HYPHENATED.map(
            lambda name: f"aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_{name}_*"
        )
        content["own_roles"] = draw(st.lists(path | sign_in, max_size=9))
    return content


def _places(content: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    return [found for key, value in children for found in ((*place, key), *_places(value, (*place, key)))]


@st.composite
def mistaken(draw: st.DrawFn) -> str:
    """The example with a few changes of any kind, as YAML."""
    content: Any = yaml.safe_load(EXAMPLE)
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(_places(content)))
        section = content
        for key in above:
            section = section[key]
        change: Callable[[Any, Any], None] = draw(st.sampled_from([_replace(draw), _remove, _add(draw)]))
        change(section, last)
        if not content:
            break
    written: str = yaml.safe_dump(content, allow_unicode=draw(st.booleans()), sort_keys=False)
    return written


def _replace(draw: st.DrawFn) -> Callable[[Any, Any], None]:
    def change(section: Any, key: Any) -> None:
        section[key] = draw(ANYTHING)

    return change


def _remove(section: Any, key: Any) -> None:
    del section[key]


def _add(draw: st.DrawFn) -> Callable[[Any, Any], None]:
    def change(section: Any, key: Any) -> None:
        if isinstance(section, dict):
            section[draw(TEXT | st.booleans() | st.integers())] = draw(ANYTHING)
        else:
            section.append(draw(ANYTHING))

    return change
