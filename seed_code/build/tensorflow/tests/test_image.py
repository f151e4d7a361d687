"""Steps run in the image that trains, and the endpoint in the one that serves."""

from test_pipeline import own_images

# https://github.com/aws/deep-learning-containers/blob/master/available_images.md
REGISTRY = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"


def test_training_and_serving_have_images_of_their_own() -> None:
    assert own_images().jobs == f"{REGISTRY}/tensorflow-training:2.21-cpu-py312"
    assert own_images().endpoint == f"{REGISTRY}/tensorflow-inference:2.20-cpu-py312"
