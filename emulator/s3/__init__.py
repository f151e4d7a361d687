"""Amazon S3: what ministack lacks between accounts and keys."""
