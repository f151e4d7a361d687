"""From stage to stage: what happens to a central version in its deploy pipeline, beside the deployment."""
