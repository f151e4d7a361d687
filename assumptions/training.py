"""What is assumed of the images in which neural networks are trained and served."""

from assumptions.assumption import Assumption, Source

_SEED = "seed_code/build/tensorflow"

TRAINING: tuple[Assumption, ...] = (
    Assumption(
        key="tensorflow-images",
        assumed="AWS publishes its TensorFlow images 2.21 for training and 2.20 for inference in each Region "
        "that the catalog takes.",
        where=(f"{_SEED}/pipelines/image.py", "products/build/neural_network/product.py"),
        source=Source(
            says="The SageMaker SDK knows the registry of each Region, and not what it holds.",
            url="https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html",
        ),
        if_wrong="The first step of a project's pipeline, or its endpoint, fails: its image is not found.",
        fallback="The definition of the pipeline is refused where the SDK knows no registry. By hand, name a "
        "version that is there in `pipelines/image.py` of the repository.",
        probe="Not probed, because AWS's registry opens to few roles. The first run of a pipeline tells.",
        shown_by="tests/seed_code/test_image_regions.py"
        "::test_the_images_of_tensorflow_are_published_in_all_of_these_regions",
    ),
    Assumption(
        key="tensorflow-serving",
        assumed="TensorFlow Serving in AWS's image 2.20, which is 2.19.1, serves what TensorFlow 2.21 saves.",
        where=(f"{_SEED}/src/network.py", f"{_SEED}/pipelines/image.py"),
        source=Source(
            says="AWS lists its images by the framework's version, and not what serves in them.",
            url="https://docs.aws.amazon.com/sagemaker/latest/dg/pre-built-containers-frameworks-deep-learning.html",
        ),
        if_wrong="The endpoint of a version would not start, in the test account first.",
        fallback="The network is saved with operations that TensorFlow has had since its version 2.0, and a "
        "repository's own checks fail if another comes in. The rehearsal serves it with TensorFlow 2.19.1.",
        probe="Not probed, because it takes an endpoint, which costs. The integration tests in test tell.",
        shown_by=f"{_SEED}/tests/test_serving.py::test_the_graph_asks_for_no_later_version",
    ),
    Assumption(
        key="tensorflow-packages",
        assumed="AWS's image of TensorFlow 2.21 for training has scikit-learn, pyarrow and boto3.",
        where=(f"{_SEED}/src/network.py", "seed_code/build/base/src/scores.py"),
        source=Source(
            says="The Dockerfiles up to 2.19 install what brings them; "
            "those of later images are not published.",
            url="https://docs.aws.amazon.com/sagemaker/latest/dg/pre-built-containers-frameworks-deep-learning.html",
        ),
        if_wrong="Preprocess or Train would fail as a module is missing, which the reason of the step names.",
        fallback="Nothing is registered. By hand, name another image in `pipelines/image.py`.",
        probe="Not probed, because it takes a job, which costs. The first run of a project's pipeline tells.",
        shown_by="tests/seed_code/test_image_packages.py::test_the_image_has_every_package_that_a_job_imports",
    ),
)
