"""Whether the policies of the platform keep clear of the limits of AWS."""

from rich.markup import escape

from base.settings import Settings
from scripts.console.change import OperatorError
from scripts.console.command import output


def check_sizes(settings: Settings) -> None:
    """Render every template and measure its policies; warn of those that come near a limit.

    Args:
        settings: What the adopter decided.

    Raises:
        OperatorError: If policies are longer than AWS takes.
        UserError: If a template cannot be rendered.
    """
    # Takes seconds, because it starts the CDK.
    from access.platform import longest, synthesize  # noqa: PLC0415
    from access.sizes import measure, measure_written  # noqa: PLC0415
    from pipelines.deliveries.delivery import roles_that_read_versions  # noqa: PLC0415

    platform = synthesize(settings)
    templates = platform.by_name
    serving_roles = roles_that_read_versions(platform.deliveries, settings.names)
    measured = {*measure(longest(settings, templates)), *measure_written(settings, serving_roles)}
    near = sorted((each for each in measured if each.is_near), key=lambda each: each.share, reverse=True)
    if too_large := [each.sentence for each in near if each.is_too_large]:
        raise OperatorError("\n".join(too_large))
    for each in near:
        output.print(f"[yellow]warning[/]  {escape(each.sentence)}")
    output.print(f"{len(measured)} policies in {len(templates)} templates are within the limits of AWS.")
