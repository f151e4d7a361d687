"""What AWS asks of values together: rules that no single value of the catalog file can break alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from base.configuration import regions
from base.configuration.model import PortfolioSettings, Settings
from base.configuration.sentences import Mistake

PortfolioKey = Literal["ml_admin", "sagemaker_projects", "data"]
PORTFOLIOS: tuple[PortfolioKey, ...] = ("ml_admin", "sagemaker_projects", "data")

# https://docs.aws.amazon.com/servicecatalog/latest/dg/API_AssociatePrincipalWithPortfolio.html
MAXIMUM_PRINCIPALS = 10
# TagOptions of a portfolio: https://docs.aws.amazon.com/servicecatalog/latest/adminguide/limits.html
MAXIMUM_TAG_OPTIONS = 25
# Service Catalog takes the fewest tags: at the creation of a product, of which one is Studio's
# (https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreateProduct.html).
MAXIMUM_TAGS = 20 - 1
# Other services take 50, and a project's resources carry its name and its id
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
MAXIMUM_TAGS_WITH_OPTIONS = 50 - 2

# What documentation, and the example in the repository, put in the place of an id. Accounts of one digit
# repeated: https://docs.aws.amazon.com/accounts/latest/reference/ uses 111122223333 and its like.
_EXAMPLE_ACCOUNTS = {
    *(digit * 12 for digit in "0123456789"),
    *("012345678901", "123456789012", "111122223333", "444455556666", "777788889999"),
}
_EXAMPLE_ORGANIZATIONS = {"o-mlplatform1", "o-a1b2c3d4e5", "o-exampleorgid"}
_EXAMPLE_ROOTS = {"ml01", "a1b2", "examplerootid111"}


def mistakes(settings: Settings) -> Iterator[Mistake]:
    """Everything that is wrong with settings whose values are each well formed.

    Args:
        settings: The settings.
    """
    yield from _ids_once(settings)
    yield from _one_root(settings)
    yield from _data_account(settings)
    if not settings.example:
        yield from _placeholders(settings)
    yield from _repository(settings)
    yield from _tags(settings)
    for portfolio in PORTFOLIOS:
        offer: PortfolioSettings = getattr(settings.portfolios, portfolio)
        yield from _principals(settings, portfolio, offer)
        yield from _tag_options(settings, portfolio, offer)
    yield from _repetitions(
        settings.model_cards.required_fields, ("model_cards", "required_fields"), "is required already"
    )


def _ids_once(settings: Settings) -> Iterator[Mistake]:
    yield from _same_values(
        settings.accounts, ("accounts",), "each role of the platform has an account of its own"
    )
    yield from _same_values(
        settings.organization.organizational_units,
        ("organization", "organizational_units"),
        "each kind of account has a unit of its own",
    )


def _same_values(
    section: Iterable[tuple[str, str]], place: tuple[str, ...], reason: str
) -> Iterator[Mistake]:
    first: dict[str, str] = {}
    where = ".".join(place)
    for name, value in section:
        if value in first:
            yield Mistake(
                (*place, name), f"{where}.{name}: '{value}' is already {where}.{first[value]}: {reason}"
            )
        first.setdefault(value, name)


def _one_root(settings: Settings) -> Iterator[Mistake]:
    """The middle of a unit's id is that of the organisation's root, of which there is one.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
    """
    units = settings.organization.organizational_units
    root = _root(units.workloads)
    for name, unit in units:
        if _root(unit) != root:
            yield Mistake(
                ("organization", "organizational_units", name),
                f"organization.organizational_units.{name}: '{unit}' stands below the root r-{_root(unit)}, "
                f"and the workloads unit below r-{root}: an organisation has one root",
            )


def _data_account(settings: Settings) -> Iterator[Mistake]:
    """A StackSet reaches the data account by its unit, and other accounts name the account."""
    account, unit = ("accounts", "data"), ("organization", "organizational_units", "data")
    has_account = settings.accounts.data is not None
    has_unit = settings.organization.organizational_units.data is not None
    if has_account and not has_unit:
        yield Mistake(
            account, f"{'.'.join(account)}: the account is prepared through its unit: add {'.'.join(unit)}"
        )
    if has_unit and not has_account:
        yield Mistake(
            unit, f"{'.'.join(unit)}: data is read from one account of the unit: add {'.'.join(account)}"
        )
    if not has_account and settings.portfolios.data != PortfolioSettings():
        yield Mistake(
            ("portfolios", "data"),
            f"portfolios.data: there is no account to launch it in: add {'.'.join(account)} and "
            f"{'.'.join(unit)}, or remove it",
        )


def _root(unit: str) -> str:
    return unit.split("-")[1]


def _placeholders(settings: Settings) -> Iterator[Mistake]:
    """Ids that nobody has, in one sentence: a file that is just begun holds ten of them."""
    organization = settings.organization
    found: dict[tuple[str, ...], str] = {}
    if organization.id in _EXAMPLE_ORGANIZATIONS:
        found["organization", "id"] = organization.id
    for name, unit in organization.organizational_units:
        if _root(unit) in _EXAMPLE_ROOTS:
            found["organization", "organizational_units", name] = unit
    for name, account in settings.accounts:
        if account in _EXAMPLE_ACCOUNTS:
            found["accounts", name] = account
    if found:
        ids = ", ".join(f"{'.'.join(place)} '{value}'" for place, value in found.items())
        yield Mistake(
            next(iter(found)),
            f"{ids}: ids of the example or of AWS's documentation; write your own, or 'example: true' as "
            "long as the file describes nobody's organisation",
        )


def _repository(settings: Settings) -> Iterator[Mistake]:
    repository, region = settings.repository, settings.region
    if repository.connection_arn is None:
        if not regions.offers(regions.CODECOMMIT, region):
            yield Mistake(
                ("repository", "provider"),
                f"repository.provider: '{region}' has no AWS CodeCommit: name another provider or Region",
            )
        return
    place, where = ("repository", "connection_arn"), "repository.connection_arn"
    if not regions.offers(regions.CONNECTIONS, region):
        yield Mistake(
            ("repository", "provider"),
            f"repository.provider: '{region}' has no AWS CodeConnections: use codecommit, or another Region",
        )
    _, _, _, its_region, its_account, _ = repository.connection_arn.split(":")
    if its_region != region:
        yield Mistake(place, f"{where}: the connection is in {its_region}, and the platform in {region}")
    hub = settings.accounts.shared_services
    if its_account != hub:
        yield Mistake(
            place,
            f"{where}: the connection belongs to account {its_account}, and must be one of the shared "
            f"services account {hub}, which shares it with the development accounts",
        )


def _tags(settings: Settings) -> Iterator[Mistake]:
    if len(settings.tags) > MAXIMUM_TAGS:
        yield Mistake(
            ("tags",),
            f"tags: expected at most {MAXIMUM_TAGS} entries, and found {len(settings.tags)}: Service Catalog "
            "creates a product with 20 tags at most, and one of them is Studio's",
        )
    yield from _alike(settings.tags, ("tags",), {})


def _tag_options(settings: Settings, portfolio: str, offer: PortfolioSettings) -> Iterator[Mistake]:
    place = ("portfolios", portfolio, "tag_options")
    where, options = ".".join(place), offer.tag_options
    count = sum(map(len, options.values()))
    if count > MAXIMUM_TAG_OPTIONS:
        yield Mistake(
            place,
            f"{where}: a portfolio takes at most {MAXIMUM_TAG_OPTIONS} TagOptions, and this one has {count}",
        )
    if len(settings.tags) + len(options) > MAXIMUM_TAGS_WITH_OPTIONS:
        yield Mistake(
            place, f"{where}: with tags, a resource would carry more than 50: remove some of either"
        )
    # What is launched carries both: one would hide the other, or IAM refuse both.
    yield from _alike(options, place, {key.lower(): key for key in settings.tags})
    for key, values in options.items():
        yield from _repetitions(values, (*place, key), "is offered already")
        if portfolio == "sagemaker_projects" and len(values) > 1:
            yield Mistake(
                (*place, key),
                f"{where}.{key}: SageMaker's CreateProject has no place to choose one of {len(values)} "
                "values: keep one, which each project gets",
            )


def _alike(keys: Iterable[str], place: tuple[str, ...], of_tags: Mapping[str, str]) -> Iterator[Mistake]:
    """IAM holds keys that differ in case alone for the same, and takes each once.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
    """
    first: dict[str, str] = {}
    where = ".".join(place)
    for key in keys:
        folded = key.lower()
        if folded in of_tags:
            yield Mistake(
                (*place, key),
                f"{where}: 'tags' has '{of_tags[folded]}' already, and what is launched carries both: "
                f"rename or remove '{key}'",
            )
        if folded in first:
            yield Mistake(
                (*place, key),
                f"{where}: '{key}' and '{first[folded]}' differ in case alone, and IAM takes only one of "
                "them: keep one",
            )
        first.setdefault(folded, key)


def _principals(settings: Settings, portfolio: PortfolioKey, offer: PortfolioSettings) -> Iterator[Mistake]:
    place = ("portfolios", portfolio)
    where, people = ".".join(place), settings.names.roles_of_people
    for index, role in enumerate(offer.principals or ()):
        if role not in people:
            yield Mistake(
                (*place, "principals", index),
                f"{where}.principals[{index}]: the platform has no role '{role}': name one of "
                f"{', '.join(people)}, or list a role of your own under own_roles",
            )
    for index, role in enumerate(offer.own_roles):
        if role.lower() in people:
            yield Mistake(
                (*place, "own_roles", index),
                f"{where}.own_roles[{index}]: '{role}' is a role of the platform: list it under principals",
            )
    yield from _repetitions(offer.principals or (), (*place, "principals"), "is listed already")
    # IAM takes two names that differ in case alone for the same
    # (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
    folded = tuple(role.lower() for role in offer.own_roles)
    yield from _repetitions(folded, (*place, "own_roles"), "is listed already")
    count = len(settings.principals(portfolio))
    if count > MAXIMUM_PRINCIPALS:
        yield Mistake(
            place,
            f"{where}: a portfolio takes at most {MAXIMUM_PRINCIPALS} principals by name, and has {count}",
        )


def _repetitions(values: Sequence[str], place: tuple[str, ...], reason: str) -> Iterator[Mistake]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Mistake((*place, index), f"{'.'.join(place)}[{index}]: '{value}' {reason}: remove it")
