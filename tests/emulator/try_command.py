"""`make try-product`: launch, change and delete one product, with what it is launched beside."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from base.user_error import UserError, trace
from emulator.machine.isolation import LoopbackSession
from products.discovery import discover
from products.product import Product
from rehearsal.processes import Emulator as EmulatorProcess
from tests.data_account import catalog_with_data_account
from tests.emulator.catalog_support import furnish_catalog
from tests.emulator.support import SETTINGS, Emulator
from tests.emulator.try_product import LAKE, TryError, furnish_lake, try_product

NEED_CATALOG = ("data_subscriptions", "build_from_subscription")
"""Products that are launched beside a data catalog, whose ids they are given."""


def _emulator(folder: Path, product: Product) -> EmulatorProcess:
    """An emulator whose organisation has the accounts that a product is about."""
    about_data = "data" in (*product.launched_in, *product.needs)
    return EmulatorProcess(folder, catalog=catalog_with_data_account(folder) if about_data else None)


def main(arguments: Sequence[str]) -> int:
    """Run the program.

    Args:
        arguments: The identifier of a product.

    Returns:
        0, or 2 with a sentence for each thing that failed.
    """
    try:
        products = {product.identifier: product for product in discover()}
        if len(arguments) != 1 or arguments[0] not in products:
            named = " ".join(each for each in arguments if each)
            mistake = f"There is no product {named}" if named else "No product is named"
            raise TryError(f"{mistake}: make try-product PRODUCT= takes one of {', '.join(products)}.")
        product = products[arguments[0]]
        with tempfile.TemporaryDirectory() as name, _emulator(Path(name), product) as process:
            emulator = Emulator(
                process=process,
                endpoint=process.endpoint,
                region=SETTINGS.region,
                session=LoopbackSession(process.endpoint, SETTINGS.region),
            )
            given = {}
            if product.identifier in NEED_CATALOG:
                given = furnish_catalog(emulator, Path(name), product.identifier)
            elif product.identifier != LAKE and "data" in (*product.needs, *product.launched_in):
                furnish_lake(emulator, products[LAKE], beside=product)
            for place in product.launched_in:
                try_product(emulator, product, place, given=given)
    except UserError as error:
        trace(error)
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
