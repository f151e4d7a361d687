"""Amazon ECR: repositories, images with their layers, tokens, and pulls between accounts."""
