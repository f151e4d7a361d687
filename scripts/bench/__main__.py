"""Measure the synthesis, promotion, the build seed's steps and the rehearsal: `python -m scripts.bench`."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import app
from base.assemblies import FOLDER_VARIABLE, OUTDIR_VARIABLE
from base.places import REPOSITORY
from base.settings import load
from portfolios.stack import PortfoliosStack
from products.discovery import discover
from products.product import Template, render
from scripts.bench.tables import bench_tables, print_tables


@dataclass(frozen=True, kw_only=True)
class TemplateMeasure:
    """One template.

    Attributes:
        name: The product's identifier, or the stack's name.
        resources: How many resources it has.
        bytes: Its length as it is published.
        seconds: How long the rendering takes, once the process has rendered another; of products only.
    """

    name: str
    resources: int
    bytes: int
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class SynthMeasure:
    """The whole synthesis.

    Attributes:
        seconds: How long `python app.py` takes, from its start to its end, where nothing is kept.
        again_seconds: How long it takes once more, without a change.
        templates: The products, and then the platform's stacks.
    """

    seconds: float
    again_seconds: float
    templates: tuple[TemplateMeasure, ...]


def bench_synth() -> SynthMeasure:
    """Synthesize the bundle as `cdk synth` does, and each product once more by itself."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = _synthesize(Path(folder, "new"), kept=Path(folder, "kept"))
        again_seconds = _synthesize(Path(folder, "again"), kept=Path(folder, "kept"))
        stacks = [
            _measure(path.name.removesuffix(".template.json"), json.loads(path.read_text(encoding="utf-8")))
            for path in sorted(Path(folder, "new").glob("*.template.json"))
        ]
    return SynthMeasure(seconds=seconds, again_seconds=again_seconds, templates=(*_products(), *stacks))


def _synthesize(outdir: Path, *, kept: Path) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, str(REPOSITORY / "app.py")],
        env=os.environ | {OUTDIR_VARIABLE: str(outdir), FOLDER_VARIABLE: str(kept)},
        check=True,
    )
    return time.perf_counter() - start


def _products() -> list[TemplateMeasure]:
    settings, products = load(), discover()
    with tempfile.TemporaryDirectory() as folder:
        # Renders all of them for the first time, which starts jsii and loads the modules of the CDK.
        published = PortfoliosStack(app.new_app(folder), "bench", settings=settings, products=products)
        measures = []
        for product in products:
            start = time.perf_counter()
            template = render(product, settings, published.assets[product.identifier])
            measures.append(_measure(product.identifier, template, time.perf_counter() - start))
        return measures


def _measure(name: str, template: Template, seconds: float | None = None) -> TemplateMeasure:
    return TemplateMeasure(
        name=name,
        resources=len(template["Resources"]),
        bytes=len(json.dumps(template, indent=1).encode()),
        seconds=seconds,
    )


def print_synth(console: Console, measure: SynthMeasure) -> None:
    """Print a measure as a table.

    Args:
        console: Where.
        measure: What was measured.
    """
    title = f"Synthesis of everything: {measure.seconds:.2f} s, and {measure.again_seconds:.2f} s again"
    table = Table(title=title, title_justify="left")
    table.add_column("Template")
    for column in ("Resources", "Bytes", "Seconds"):
        table.add_column(column, justify="right")
    for each in measure.templates:
        seconds = "" if each.seconds is None else f"{each.seconds:.2f}"
        table.add_row(each.name, str(each.resources), f"{each.bytes:,}", seconds)
    console.print(table)


def bench_promotion() -> dict[str, Any]:
    """Promote versions at the emulator, in a process of its own, and return what it took."""
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal.promotion_bench"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        check=True,
    )
    measures: dict[str, Any] = json.loads(done.stdout)
    return measures


def print_promotion(console: Console, measures: Mapping[str, Any]) -> None:
    """Print what promotion took as a table.

    Args:
        console: Where.
        measures: From `bench_promotion`.
    """
    table = Table(title="Promotion", title_justify="left")
    table.add_column("Of")
    for column in ("Artifact, MiB", "Central versions", "AWS calls", "Seconds", "Memory at most, MiB"):
        table.add_column(column, justify="right")
    for name, each in measures.items():
        table.add_row(
            name,
            f"{each['artifact_mib']:,}",
            str(each["versions"]),
            f"{each['calls']:,}",
            f"{each['seconds']:.2f}",
            f"{each['peak_memory_mib']:,}",
        )
    console.print(table)


def bench_rehearsal() -> dict[str, Any]:
    """Play the rehearsal once, as `make rehearse` does, and return its report."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "rehearsal", "--report-folder", folder],
            cwd=REPOSITORY,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        report: dict[str, Any] = json.loads(Path(folder, "report.json").read_text(encoding="utf-8"))
        return report


def print_rehearsal(console: Console, report: Mapping[str, Any]) -> None:
    """Print the seconds of each act as a table.

    Args:
        console: Where.
        report: The rehearsal's report.
    """
    title = f"Rehearsal: {report['seconds']:.1f} s, {report['peak_memory_mib']:,} MiB at most"
    table = Table("Act", "Actor", title=title, title_justify="left")
    table.add_column("Seconds", justify="right")
    for act in report["acts"]:
        table.add_row(act["name"], act["actor"], f"{act['seconds']:.1f}")
    console.print(table)


if __name__ == "__main__":
    print_synth(Console(), bench_synth())
    print_promotion(Console(), bench_promotion())
    print_tables(Console(), list(bench_tables()))
    print_rehearsal(Console(), bench_rehearsal())
