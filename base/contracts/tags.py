"""Keys and values of tags that policies compare."""

PROJECT_ID = "sagemaker:project-id"
PROJECT_NAME = "sagemaker:project-name"
"""SageMaker tags with these what belongs to a project.

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-resources.html
"""

SOURCE_ACCOUNT = "source-account"
"""On a central model package group and a model card: the account whose models it holds."""

REGISTERS_DIRECTLY = "registers-directly"
"""On a central model package group: the role of that account which registers versions in it, if one does."""

APPROVAL = "approval-status"
"""On the objects of a central version: the approval status of the version."""

APPROVED = "Approved"
"""The approval status with which test accounts may read the objects."""

PRODUCTION = "production-status"
"""On the objects of a central version: whether production accounts may read them."""

ADMITTED = "Admitted"
"""The production status with which they may."""
