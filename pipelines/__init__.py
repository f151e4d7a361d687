"""CodePipeline, CodeBuild and storage around a team's repository, for products to compose."""

import base.embedded_node  # noqa: F401  (before any module here imports aws_cdk)
