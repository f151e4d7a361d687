"""What whoever reads nothing else reads: what happened, in how long, what was refused, what serves now."""

from dataclasses import dataclass

from rehearsal.display import duration
from rehearsal.record import Page, Status
from rehearsal.report.figures import number


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure at the top of the page.

    Attributes:
        title: What it is of.
        value: The figure.
        note: What else there is to say of it.
        status: Whether it is as it must be; empty if that is no question.
    """

    title: str
    value: str
    note: str = ""
    status: Status | str = ""


def sentence(page: Page) -> str:
    """Say what happened: what the story is about, or where it failed."""
    for position, act in enumerate(page.report.acts):
        if act.status == "failed":
            return (
                f"The story failed in act {position}, {act.name}, after {duration(page.report.seconds)}: "
                f"{act.detail.partition(chr(10))[0]}"
            )
    if page.report.status == "failed":
        return "Every act was played, but not everything below came out as it must."
    return page.summary


def figures(page: Page) -> list[Figure]:
    """Return the figures, the most telling first; those of what the story did not reach are left out."""
    report = page.report
    slowest = max(report.acts, key=lambda act: act.seconds)
    found = [
        Figure(
            title="Outcome",
            value="✓ as it must be" if report.status == "ok" else "✗ failed",
            note=f"{sum(act.status == 'ok' for act in report.acts)} of {len(report.acts)} acts",
            status=report.status,
        ),
        Figure(
            title="Time",
            value=duration(report.seconds),
            note=f"{duration(slowest.seconds)} of it: {slowest.name}",
        ),
    ]
    for title, rows, note in (
        ("Refusals", report.denied, "refused, each for the right reason"),
        ("Faults", report.faults, "brought about and recovered from"),
    ):
        if rows:
            good = sum(row.status == "ok" for row in rows)
            status: Status = "ok" if good == len(rows) else "failed"
            found.append(Figure(title=title, value=f"{good} of {len(rows)}", note=note, status=status))
    if page.serving is not None:
        metrics = next((model.metrics for model in report.models if model.version == page.serving), {})
        names = sorted(metrics, key=lambda name: name != page.primary_metric)[:3]
        found.append(
            Figure(
                title="Production serves",
                value=f"version {page.serving}",
                note=", ".join(f"{name.replace('_', ' ')} {number(metrics[name])}" for name in names),
            )
        )
    return found
