"""What is offered, put together for some settings without the rest of the platform."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from base.places import REPOSITORY
from base.settings import Repository, Settings, load
from portfolios.accounts import AccountsStack
from portfolios.stack import PortfoliosStack
from products.product import Product, Template, on_offer, scratch_app, synth

REFERENCE_CATALOG = REPOSITORY / "tests" / "reference_catalog.yaml"


class Offer:
    """The portfolios of some products, and if need be the accounts that are prepared for them.

    Attributes:
        templates: The template of each product as the portfolios offer it, by identifier.
    """

    def __init__(self, folder: str, settings: Settings, products: Iterable[Product]) -> None:
        """Render the products.

        Args:
            folder: Where the CDK may write.
            settings: What an adopter decided.
            products: The products.

        Raises:
            UserError: If a product cannot be rendered or offered.
        """
        self._settings = settings
        self._products = tuple(products)
        self._app = scratch_app(folder)
        self._portfolios = PortfoliosStack(
            self._app, settings.names.portfolios_stack, settings=settings, products=self._products
        )
        self.templates: Mapping[str, Template] = self._portfolios.templates

    def check(self) -> None:
        """Derive the launch roles of all accounts, and write every template, as the application does.

        Nothing else in the application depends on products. Call it once.

        Raises:
            UserError: If the application would refuse a product; with its sentence.
        """
        AccountsStack(
            self._app,
            self._settings.names.accounts_stack,
            settings=self._settings,
            products=on_offer(self._products, self._settings),
            offered=self._portfolios.offered,
        )
        synth(self._app, "The platform")


@contextmanager
def offers(products: Iterable[Product], settings: Mapping[str, Settings]) -> Iterator[Mapping[str, Offer]]:
    """The products as they are offered under each of several settings.

    Args:
        products: The products.
        settings: Settings by a name.

    Raises:
        UserError: As `Offer` does.
    """
    products = tuple(products)
    with ExitStack() as folders:
        yield {
            name: Offer(folders.enter_context(tempfile.TemporaryDirectory()), each, products)
            for name, each in settings.items()
        }


def render(products: Iterable[Product], settings: Settings) -> Mapping[str, Template]:
    """The template of each product as the portfolios offer it, by identifier.

    Args:
        products: The products.
        settings: What an adopter decided.
    """
    with offers(products, {"only": settings}) as rendered:
        return rendered["only"].templates


def reference_settings(catalog: Path = REFERENCE_CATALOG) -> Mapping[str, Settings]:
    """The settings for which the ledger's templates are rendered, by how the repository is reached.

    Args:
        catalog: A catalog file that names CodeCommit.

    Raises:
        CatalogError: If it is not as it must be.
    """
    settings = load(catalog)
    connected = Repository(
        provider="github",
        connection_arn=f"arn:aws:codeconnections:{settings.region}:{settings.accounts.shared_services}"
        ":connection/00000000-0000-0000-0000-000000000000",
    )
    return {
        "codecommit": settings,
        "codeconnections": settings.model_copy(update={"repository": connected}),
    }
