"""What a rehearsal cannot show; written into every report."""

LIMITS = (
    (
        "Names and types of resource properties are checked; AWS checks their values as well, and refuses "
        "some that pass here."
    ),
    (
        "Nothing here throttles, reaches a quota, or shows late what was written: AWS does all three, and "
        "every read here is consistent at once."
    ),
    (
        "No container image is pulled. Training, evaluation, builds and endpoints run as processes on this "
        "machine's Python, with the packages that the AWS image has and the code uses. How promotion "
        "copies a team's own image from one ECR registry to another is shown by tests alone."
    ),
    (
        "There is no network to speak of: VPCs, subnets and their endpoints are records, and whether one "
        "reaches another is not shown."
    ),
    (
        "Nothing is really encrypted. Whether whoever reads or writes an S3 object may use its KMS key is "
        "asked, and so is a key's policy where it is called directly; grants are not."
    ),
    (
        "Service control policies and IAM Identity Center take no part: each person has an identity that "
        "may assume one role instead."
    ),
    (
        "What CloudFormation needs is what AWS publishes for each resource type; a handler on AWS may ask "
        "for more or for less."
    ),
    (
        "Repositories are CodeCommit's. A source behind AWS CodeConnections (GitHub, GitLab, Bitbucket) "
        "cannot be rehearsed, as it is not on this machine."
    ),
    (
        "AWS RAM shares at once, and within the organisation alone: nobody is invited. What a model card "
        "says is checked as far as CloudFormation publishes its schema, and SageMaker's own export of a "
        "card, a PDF, is not made."
    ),
    (
        "Times and memory are this machine's. On AWS an endpoint alone takes minutes to come into service, "
        "and everything costs money."
    ),
)
