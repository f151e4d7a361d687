"""What an algorithm gives a build project."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Algorithm:
    """An algorithm: the image of AWS that its jobs run in, and the code that is its own.

    The version of the image, the hyperparameters and their defaults belong to the seed, because a team
    changes them in its repository.

    Attributes:
        image_repository: The repository of the image in the ECR registry of AWS.
        layers: The layers of its code, on what every build repository has.
    """

    image_repository: str
    layers: tuple[str, ...]
