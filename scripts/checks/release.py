"""Keep the versions that are offered, so that the portfolios go on offering them when newer ones come."""

from base.places import REPOSITORY
from base.settings import CATALOG, load
from scripts.console.change import Change, OperatorError, Outcome
from scripts.console.command import CatalogFile, Pretend, output, report, sentences


def command(catalog: CatalogFile = CATALOG, pretend: Pretend = False) -> None:
    """Keep the template of each product's version in releases/, before it is deployed."""
    with sentences():
        settings = load(catalog)
        # Takes seconds, because it starts the CDK.
        from portfolios import releases, versions  # noqa: PLC0415
        from products.discovery import discover  # noqa: PLC0415
        from products.product import ProductError  # noqa: PLC0415

        try:
            products = discover()
            kept = list(
                releases.keep(products, versions.render(products, settings), settings, pretend=pretend)
            )
        except ProductError as error:
            raise OperatorError(str(error)) from error
        report(
            (
                Change(Outcome.CREATE if is_new else Outcome.IDENTICAL, str(path.relative_to(REPOSITORY)))
                for path, is_new in kept
            ),
            pretend=pretend,
        )
        if not pretend:
            versions.write(versions.released(versions.read()), versions.LEDGER)
        if not pretend and any(is_new for _, is_new in kept):
            output.print("Commit releases/, and deploy: scripts/cdk deploy --all")
