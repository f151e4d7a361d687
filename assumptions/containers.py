"""Assumptions about the container images that projects build."""

from assumptions.assumption import Assumption, Source

_SEED = "seed_code/build/container"

CONTAINERS = (
    Assumption(
        key="image-format",
        assumed="In CodeBuild's standard image, `docker buildx build` with `--output type=docker` and "
        "`--provenance=false`, then `docker push`, leave a manifest in Docker's own format in Amazon ECR.",
        where=(f"{_SEED}/pipelines/publication.py",),
        source=Source(
            says="Amazon ECR takes Docker's and OCI's formats. Endpoints refuse OCI's with “Unsupported "
            "manifest media type” (github.com/aws/amazon-sagemaker-feedback, issue 180); which one docker "
            "pushes depends on its release and its image store.",
            url="https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-manifest-formats.html",
        ),
        if_wrong="A model would be trained in an image that no endpoint takes.",
        fallback="The build of the image looks at the format of what it has pushed, and ends with a sentence "
        "before anything is trained.",
        probe="Not probed, because it takes a build. The stage Image of a project's first pipeline execution "
        "tells.",
        shown_by=f"{_SEED}/tests/test_publication.py::test_a_format_that_endpoints_do_not_take_is_refused",
    ),
    Assumption(
        key="image-scan",
        assumed="Amazon ECR scans an image within ten minutes of its push, also in a repository under a key "
        "of the customer's.",
        where=(f"{_SEED}/pipelines/scan.py", "pipelines/image_repository.py"),
        source=Source(
            says="A scan begins at the push and has a status; how long it takes is not said, and an "
            "operating system that it does not know gives UNSUPPORTED_IMAGE.",
            url="https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html",
        ),
        if_wrong="No model would be trained.",
        fallback='The build says what the scan said, or that there was none; `stops_at = "NEVER"` in '
        "`container.toml` goes on without.",
        probe="Not probed, because it takes an image. The stage Image of a project's first pipeline "
        "execution tells.",
        shown_by=f"{_SEED}/tests/test_scan.py::test_an_image_that_is_not_scanned_is_not_used",
    ),
)
