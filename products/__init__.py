"""What a team launches: one folder a product."""

import base.embedded_node  # noqa: F401  (before any module here imports aws_cdk)
