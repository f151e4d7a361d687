"""What is offered: portfolios, products, launch roles, versions, and the accounts made ready for them."""

import base.embedded_node  # noqa: F401  (before any module here imports aws_cdk)
