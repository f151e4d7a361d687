"""Assumptions about versions, their groups and their approval."""

from assumptions.assumption import Assumption, Setting, Source

_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_CODE = "registry/functions/model_registry"
_TESTS = "tests/registry/test_fallbacks.py"

REGISTRY = (
    Assumption(
        key="group-policy",
        assumed="A group's policy takes everybody as principal, bounded by conditions on the organisation.",
        where=(
            f"{_CODE}/group_policy.py",
            f"{_CODE}/member_accounts.py",
            "pipelines/model_build.py",
        ),
        source=Source(
            says="All examples name roots of accounts; none has a condition. A policy has 20,480 characters.",
            url=f"{_GUIDE}/model-registry-version.html",
        ),
        if_wrong="No version would be promoted, and no project created.",
        fallback="Policies name the root of each account in the test and production units, as the "
        "organisation lists them when a version is promoted: room for about 300. An account that joins later "
        "reads a model from its next version on. What roles of these accounts may do is for their own "
        "policies to say.",
        setting=Setting(path="assumptions.group_policy", hoped="organization", fallback="accounts"),
        probe="Puts such a policy on a throw-away group.",
        probed=True,
        shown_by=f"{_TESTS}::test_group_policy",
    ),
    Assumption(
        key="last-modified-by",
        assumed="A version says in LastModifiedBy.IamIdentity which role has changed it last.",
        where=(f"{_CODE}/release/approval.py", f"{_CODE}/release/trail.py", "registry/release.py"),
        source=Source(
            says="IamIdentity belongs to “model package groups, model packages, and project entities only”; "
            "that it is there for every caller is not said.",
            url=f"{_API}/API_UserContext.html",
        ),
        if_wrong="No version would be released, because nobody knows who has approved it.",
        fallback="Release waits for CloudTrail's event of the approval, and looks the record up there; it "
        "takes a trail of management events, and some minutes. The team's approver is then missing in the "
        "receipt.",
        setting=Setting(path="assumptions.approver", hoped="version", fallback="cloudtrail"),
        probe="Changes a throw-away version, and reads who has changed it.",
        probed=True,
        shown_by=f"{_TESTS}::test_last_modified_by",
    ),
    Assumption(
        key="metadata-update",
        assumed="UpdateModelPackage keeps the customer metadata that it is not sent.",
        where=(f"{_CODE}/release/release.py", f"{_CODE}/promotion/central.py"),
        source=Source(
            says="“The metadata properties associated with the model package versions”: neither that an "
            "update merges them nor that it replaces them.",
            url=f"{_API}/API_UpdateModelPackage.html",
        ),
        if_wrong="A version would lose its commit and its origin when its receipt is noted.",
        fallback="Every update sends the whole map.",
        probe="Registers a throw-away version with two properties, updates one, and reads both.",
        probed=True,
        shown_by=f"{_TESTS}::test_metadata_update",
    ),
    Assumption(
        key="model-card-field",
        assumed="A version may be registered with the ModelCard of another account's version.",
        where=(f"{_CODE}/promotion/fields.py", f"{_CODE}/promotion/central.py"),
        source=Source(
            says="CreateModelPackage takes ModelCard with content and status; of versions that come from "
            "another account it says nothing.",
            url=f"{_API}/API_CreateModelPackage.html",
        ),
        if_wrong="A version that has such a card would never be promoted.",
        fallback="Promotion registers it without, and the receipt says so under `left_out`.",
        probe="Registers a throw-away version with the ModelCard that another one had.",
        probed=True,
        shown_by=f"{_TESTS}::test_model_card_field",
    ),
    Assumption(
        key="empty-lists",
        assumed="DescribeModelPackage leaves out lists that a version was registered without.",
        where=(f"{_CODE}/promotion/fields.py",),
        source=Source(
            says="CreateModelPackage asks lists such as AdditionalInferenceSpecifications for one entry at "
            "least; whether Describe returns empty ones is not said.",
            url=f"{_API}/API_DescribeModelPackage.html",
        ),
        if_wrong="The SDK would refuse to register what it has just read.",
        fallback="Promotion drops empty lists.",
        probe="Describes a throw-away version and looks for empty lists.",
        probed=True,
        shown_by=f"{_TESTS}::test_empty_lists",
    ),
    Assumption(
        key="updated-fields",
        assumed="The event of a changed version names the changed fields as UpdateModelPackage does.",
        where=(f"{_CODE}/events.py",),
        source=Source(
            says="One example has `UpdatedModelPackageFields`; its values are not listed.",
            url=f"{_GUIDE}/automating-sagemaker-with-eventbridge.html",
        ),
        if_wrong="Approvals would be overlooked, or every step of a deployment would start it again.",
        fallback="A list without any known name counts as none; what a deploy pipeline has taken up is not "
        "released again.",
        probe="Not probed, because events of AWS services cannot be read without a rule and a queue. The log "
        "of the release function shows each event.",
        shown_by=f"{_TESTS}::test_updated_fields",
    ),
    Assumption(
        key="list-tags",
        assumed="A group's policy can let another account list the group's tags.",
        where=(f"{_CODE}/promotion/central.py",),
        source=Source(
            says="ListTags is not among the actions of the examples for other accounts.",
            url=f"{_GUIDE}/model-registry-version.html",
        ),
        if_wrong="Promotion would end when it takes over the tags of a team's group.",
        fallback="The central group then has the platform's tags alone.",
        probe="Not probed, because it takes two accounts. The central group lacks the team's tags.",
        shown_by="tests/registry/test_promotion.py::test_tags_that_a_team_does_not_show_are_done_without",
    ),
    Assumption(
        key="client-token",
        assumed="SageMaker remembers a ClientToken as long as an event may be delivered again.",
        where=(f"{_CODE}/promotion/promote.py",),
        source=Source(
            says="“A unique token that guarantees that the call to this API is idempotent”; how long it does "
            "so is not said.",
            url=f"{_API}/API_CreateModelPackage.html",
        ),
        if_wrong="An event that is replayed days later would register a second version.",
        fallback="Promotion looks for the sentence with which a promoted version's description begins before "
        "it registers anything.",
        probe="Not probed, because it takes days.",
        shown_by="tests/registry/test_promotion_replay.py::test_a_redelivery_days_later_completes",
    ),
    Assumption(
        key="same-status",
        assumed="Setting the approval status that a version has already sends an event.",
        where=("scripts/versions/rollback.py",),
        source=Source(
            says="“Status change of a model package”, with no word on an update to the same status.",
            url=f"{_GUIDE}/automating-sagemaker-with-eventbridge.html",
        ),
        if_wrong="A rollback would approve an approved version, and nothing would follow.",
        fallback="A rollback sets the status to PendingManualApproval first, and then to Approved.",
        probe="Not probed, because events of AWS services cannot be read without a rule and a queue.",
        shown_by="tests/scripts/versions/test_rollback.py::test_the_target_is_approved_again",
    ),
)
