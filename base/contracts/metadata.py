"""Customer metadata of central model versions."""

ARTIFACT_SHA256 = "artifact_sha256"
RECEIPT_SHA256 = "receipt_sha256"
RECEIPT_URI = "receipt_uri"
SOURCE_ACCOUNT = "source_account"
SOURCE_CREATED = "source_created"
SOURCE_MODEL_PACKAGE_ARN = "source_model_package_arn"

WRITTEN_BY_PROMOTION = (
    ARTIFACT_SHA256,
    RECEIPT_SHA256,
    RECEIPT_URI,
    SOURCE_ACCOUNT,
    SOURCE_CREATED,
    SOURCE_MODEL_PACKAGE_ARN,
)
"""Where a version comes from, and where its receipt is: only promotion writes these."""
