"""What a rehearsal cannot show; written into every report."""

LIMITS = (
    (
        "Properties of resources are checked as far as their names and types go; AWS checks their values as "
        "well and refuses some that pass here."
    ),
    (
        "Nothing here throttles, reaches a quota, or is seen late: AWS does all three, and every read here "
        "is consistent at once."
    ),
    (
        "No container image is pulled. Training, evaluation and the endpoint run as processes on this "
        "machine's interpreter, with the packages of the AWS XGBoost image that the code imports."
    ),
    (
        "There is no network to speak of: VPCs, subnets and endpoints exist as records, and whether one "
        "reaches another is not shown."
    ),
    "KMS key policies are evaluated, and objects in S3 are not really encrypted.",
    (
        "Service control policies and IAM Identity Center are not part of it: each person has an identity "
        "that may assume one role instead."
    ),
    (
        "Permissions that CloudFormation needs are those that AWS publishes for each resource type; a "
        "handler on AWS may ask for more."
    ),
    "Times and memory are this machine's. On AWS an endpoint alone takes minutes to come into service.",
    "Nothing costs anything here.",
)
