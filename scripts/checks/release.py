"""Keep the versions that are offered, so that the portfolios go on offering them when newer ones come."""

from pathlib import Path

from base.places import REPOSITORY
from base.settings import CATALOG, load
from scripts.console.change import Change, Outcome
from scripts.console.command import CatalogFile, Pretend, output, report, sentences


def name(path: Path) -> str:
    """The name of a kept file, as people write it: from the repository's own folder on, if it is there.

    Args:
        path: The file.
    """
    return (path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path).as_posix()


def command(catalog: CatalogFile = CATALOG, pretend: Pretend = False) -> None:
    """Keep the template of each product's version in releases/, before it is deployed."""
    with sentences():
        settings = load(catalog)
        # Takes seconds, because it starts the CDK.
        from portfolios import ledger as ledgers  # noqa: PLC0415
        from portfolios import releases, versions  # noqa: PLC0415
        from portfolios.offer import offers, reference_settings  # noqa: PLC0415
        from products.discovery import discover  # noqa: PLC0415
        from products.product import on_offer  # noqa: PLC0415

        products = discover()
        ledger = ledgers.read(versions.LEDGER)
        with offers(products, reference_settings()) as offered:
            current = ledgers.digests({name: each.templates for name, each in offered.items()})
        ledgers.recorded_as_they_are(ledger, products, current)
        mine = on_offer(products, settings)
        with offers(mine, {"mine": settings}) as offered:
            templates = offered["mine"].templates
            offered["mine"].check()
        kept = list(releases.keep(mine, templates, settings, pretend=pretend))
        report(
            (Change(Outcome.CREATE if is_new else Outcome.IDENTICAL, name(path)) for path, is_new in kept),
            pretend=pretend,
        )
        for line in versions.shared_changes(ledger, products, current):
            output.print(line)
        if not pretend:
            versions.close(ledger, products)
        if not pretend and any(is_new for _, is_new in kept):
            output.print("Commit releases/ and the ledger, and deploy: scripts/cdk deploy --all")
