"""Assumptions about the accounts themselves."""

from assumptions.assumption import Assumption, Setting, Source

_TESTS = "tests/products/test_fallbacks.py"

ACCOUNTS = (
    Assumption(
        key="codecommit-closed",
        assumed="The accounts may create CodeCommit repositories.",
        where=("pipelines/codecommit.py", "catalog.yaml"),
        source=Source(
            says="New customers could not from 25 July 2024 on; CodeCommit is open to them again.",
            url="https://docs.aws.amazon.com/codecommit/latest/userguide/welcome.html",
        ),
        if_wrong="No project could be created.",
        fallback="Teams keep their code with GitHub, GitLab or Bitbucket, through a connection.",
        setting=Setting(path="repository.provider", hoped="codecommit", fallback="github"),
        probe="Creates an empty throw-away repository.",
        probed=True,
        shown_by=f"{_TESTS}::test_codecommit_closed",
    ),
    Assumption(
        key="build-quota",
        assumed="A fresh account may run builds on CodeBuild's smallest compute.",
        where=("pipelines/build_project.py", "products/product.py"),
        source=Source(
            says="Quotas for concurrent builds depend on the compute; “internal metrics will determine the "
            "default quotas”.",
            url="https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html",
        ),
        if_wrong="Builds fail with “Cannot have more than 0 builds in queue for the account”.",
        fallback="Builds run on a larger compute, which has a quota of its own; or AWS raises the quota.",
        setting=Setting(path="assumptions.build_compute", hoped="small", fallback="medium"),
        probe="Asks Service Quotas for the concurrent builds of each compute.",
        probed=True,
        shown_by=f"{_TESTS}::test_build_quota",
    ),
    Assumption(
        key="instance-quota",
        assumed="A fresh account may run processing, training and endpoints on the seeds' instance types.",
        where=("seed_code/build/base/config.toml", "seed_code/deploy/realtime/config/test.json"),
        source=Source(
            says="Quotas are counted by instance type and by use, and are lower for new accounts.",
            url="https://docs.aws.amazon.com/sagemaker/latest/dg/regions-quotas.html",
        ),
        if_wrong="A job or an endpoint fails with ResourceLimitExceeded.",
        fallback="The team names another instance type in its repository: `config.toml`, or the stage's file "
        "in `config/`; or AWS raises the quota.",
        probe="Asks Service Quotas for the instance types that the seeds name.",
        probed=True,
        shown_by="tests/scripts/test_probe.py::test_instance_quota",
    ),
    Assumption(
        key="cloudformation-trust",
        assumed="CloudFormation tells `aws:SourceAccount` when it assumes a role that it was passed.",
        where=("portfolios/deployment_target.py", "base/roles.py"),
        source=Source(
            says="The key is recommended for policies of extensions; service roles are shown without it.",
            url="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
            "cross-service-confused-deputy-prevention.html",
        ),
        if_wrong="No endpoint would come up: CloudFormation could not assume its role.",
        fallback="The role trusts the service alone; `iam:PassRole` of its own account guards it.",
        setting=Setting(path="assumptions.cloudformation_trust", hoped="source_account", fallback="service"),
        probe="Creates a throw-away stack under a throw-away role with the condition.",
        probed=True,
        shown_by="tests/portfolios/test_fallbacks.py::test_cloudformation_trust",
    ),
    Assumption(
        key="key-alias",
        assumed="Policies may ask for `kms:ResourceAliases` of a key of another account.",
        where=("base/roles.py", "portfolios/deployment_target.py", "pipelines/registration.py"),
        source=Source(
            says="The condition key is explained for keys in general; other accounts are not mentioned.",
            url="https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html",
        ),
        if_wrong="Endpoints could not read their model, and deploy pipelines not hand over templates.",
        fallback="The roles may ask every key of the shared services account, whose policies decide.",
        setting=Setting(path="assumptions.key_access", hoped="alias", fallback="key_policy"),
        probe="Not probed, because it takes two accounts. The failure names kms:Decrypt.",
        shown_by="tests/portfolios/test_fallbacks.py::test_key_alias",
    ),
)
