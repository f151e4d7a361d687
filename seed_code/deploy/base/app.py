"""Writes a template for each stage: into ``CDK_OUTDIR``, or ``cdk.out``."""

import os
import sys

from deploy import embedded_node  # noqa: F401

# isort: split
import aws_cdk as cdk

from deploy.configuration import StageConfiguration
from deploy.project import STAGES, ConfigurationError, Project
from deploy.stack import StageStack


def main() -> int:
    """Write the templates.

    Returns:
        The exit code; 2 when a setting is missing or wrong.
    """
    try:
        project = Project.from_environment(os.environ)
        configurations = {stage: StageConfiguration.load(stage) for stage in STAGES}
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    app = cdk.App(
        analytics_reporting=False,
        # cfn-lint checks the templates in the build; the CDK's own rules would take seconds more.
        builtin_cloud_formation_validation=False,
        outdir=os.environ.get("CDK_OUTDIR", "cdk.out"),
        stack_traces=False,
        tree_metadata=False,
    )
    for stage, configuration in configurations.items():
        StageStack(app, project=project, stage=stage, configuration=configuration)
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
