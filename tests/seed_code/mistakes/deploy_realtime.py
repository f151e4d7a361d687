"""Mistakes in the seed `deploy_realtime`."""

from tests.seed_code.mistakes.mistake import Mistake

_STACK = "deploy/stack.py"
_MODEL_STACK = "deploy/model_stack.py"
_STACK_TESTS = "python -m pytest tests/test_stack.py"
_RESOLVE = "deploy/resolve_model.py"
_RESOLVE_TESTS = "python -m pytest tests/test_resolve_model.py"
_CARD_TESTS = "python -m pytest tests/test_document_validation.py"
_RESULTS_TESTS = "python -m pytest tests/test_results.py"

MISTAKES = (
    Mistake(
        name="production gets the configuration of test",
        file="app.py",
        old="StageConfiguration.load(stage)",
        new='StageConfiguration.load("test")',
        check=_STACK_TESTS,
    ),
    Mistake(
        name="production is deployed into the test account",
        file=_MODEL_STACK,
        old="account=project.account(stage)",
        new='account=project.account("test")',
        check=_STACK_TESTS,
    ),
    Mistake(
        name="captured requests are not encrypted with the account's key",
        file=_STACK,
        old='kms_key_id=f"arn:{cdk.Aws.PARTITION}:kms:{self.region}:{self.account}:{key_alias}",',
        new="",
        check=_STACK_TESTS,
    ),
    Mistake(
        name="answers are not captured",
        file=_STACK,
        old='for mode in ("Input", "Output")',
        new='for mode in ("Input",)',
        check=_STACK_TESTS,
    ),
    Mistake(
        name="the container of an endpoint may reach the network",
        file=_MODEL_STACK,
        old="enable_network_isolation=network_isolation",
        new="enable_network_isolation=False",
        check=_STACK_TESTS,
    ),
    Mistake(
        name="the number of instances is fixed",
        file=_STACK,
        old="initial_instance_count=configuration.instance_count",
        new="initial_instance_count=1",
        check=_STACK_TESTS,
    ),
    Mistake(
        name="the endpoint is renamed, so that an update replaces it",
        file="deploy/project.py",
        old='return f"{self.sagemaker_project_name}-{self.sagemaker_project_id}"',
        new='return f"{self.sagemaker_project_name}"',
        check=_STACK_TESTS,
    ),
    Mistake(
        name="a version of another group goes out",
        file=_RESOLVE,
        old='version["ModelPackageGroupName"] != group',
        new="False",
        check=_RESOLVE_TESTS,
    ),
    Mistake(
        name="a version that is not approved goes out",
        file=_RESOLVE,
        old='version["ModelApprovalStatus"] != "Approved"',
        new='version["ModelApprovalStatus"] == "Rejected"',
        check=_RESOLVE_TESTS,
    ),
    Mistake(
        name="the version that moved first goes out",
        file=_RESOLVE,
        old="        max(approved,",
        new="        min(approved,",
        check=_RESOLVE_TESTS,
    ),
    Mistake(
        name="a registry that cannot be read counts as an empty one",
        file=_RESOLVE,
        old="        raise\n\n\nif __name__",
        new="        return []\n\n\nif __name__",
        check=_RESOLVE_TESTS,
    ),
    Mistake(
        name="a failed test is not counted",
        file="deploy/results.py",
        old='if tags & {"failure", "error"})',
        new='if tags & {"error"})',
        check=_RESULTS_TESTS,
    ),
    Mistake(
        name="a skipped test counts as passed",
        file="deploy/results.py",
        old='"skipped" in tags and name not in failed',
        new="not tags and not name",
        check=_RESULTS_TESTS,
    ),
    Mistake(
        name="a card goes to review with failed tests",
        file="deploy/document_validation.py",
        old="    if passed:\n",
        new="    if True:\n",
        check=_CARD_TESTS,
    ),
    Mistake(
        name="the card of an approved version is written anew",
        file="deploy/document_validation.py",
        old='if newest.status == "Approved" and',
        new="if False and",
        check=_CARD_TESTS,
    ),
    Mistake(
        name="what others have written to the card meanwhile is lost",
        file="deploy/model_card.py",
        old="base = written if written.speaks_for(arns) else base",
        new="return written",
        check=_CARD_TESTS,
    ),
    Mistake(
        name="an unknown setting is ignored",
        file="deploy/project.py",
        old='extra="forbid"',
        new='extra="ignore"',
        check="python -m pytest tests/test_configuration.py",
    ),
)
