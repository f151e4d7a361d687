"""Digests as registries write them."""

import hashlib


def sha256(content: bytes) -> str:
    """The digest of a layer, a configuration or a manifest."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
