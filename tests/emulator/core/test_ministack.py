"""The seams of ministack that the overlay takes hold of: names, and what they take.

A release that changes one fails here with its name, before a rehearsal fails somewhere else.
"""

import inspect
from typing import Any

import pytest
from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, responses, router
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict
from ministack.services import (
    athena,
    cloudformation,
    ecr,
    eventbridge,
    glue,
    iam,
    kms,
    lambda_svc,
    s3,
    sns,
    sqs,
    sts,
)
from ministack.services.cloudformation import changesets, engine, handlers, helpers, provisioners, stacks

REQUEST = "method path headers body query_params"


@pytest.mark.parametrize(
    ("where", "name", "parameters"),
    [
        (athena, "_create_workgroup", "data"),
        (athena, "_delete_workgroup", "data"),
        (athena, "_ensure_default_workgroup", ""),
        (cloudformation, "handle_request", REQUEST),
        (engine, "_evaluate_conditions", "template params"),
        (engine, "_fetch_include_snippet", "location"),
        (engine, "_parse_template", None),
        (engine, "_resolve_dynamic_reference", "literal"),
        (engine, "_resolve_parameters", None),
        (engine, "_resolve_refs", "value resources params conditions mappings stack_name stack_id"),
        (engine, "_rule_account_records", "parameter_type"),
        (eventbridge, "_apply_input_transformer", "transformer rule view"),
        (eventbridge, "_archive_event", "event view"),
        (eventbridge, "_dispatch_event", "event view"),
        (eventbridge, "_ensure_default_bus", ""),
        (eventbridge, "_invoke_target", "target event rule view"),
        (eventbridge, "_pattern_event_view", "event"),
        (eventbridge, "_put_events", "data allow_aws_source"),
        (eventbridge, "_put_permission", "data"),
        (eventbridge, "_remove_permission", "data"),
        (glue, "_create_crawler", "data"),
        (glue, "_create_database", "data"),
        (glue, "_create_table", "data"),
        (glue, "_delete_crawler", "data"),
        (glue, "_delete_database", "data"),
        (glue, "_delete_table", "data"),
        (glue, "_update_crawler", "data"),
        (handlers, "_resolve_stack", "stack_name"),
        (helpers, "_error", "code message status"),
        (helpers, "_p", "params key default"),
        (helpers, "_validate_stack_tags", "tags"),
        (iam, "_boundary_policy_error", None),
        (iam, "_gen_secret", ""),
        (iam, "_gen_session_access_key", ""),
        (iam, "_gen_session_token", ""),
        (iam_actions, "_s3_action", "method path query_params"),
        (
            iam_actions,
            "extract_resource_arn",
            "service method path headers body query_params region account_id",
        ),
        (iam_actions, "request_tag_context", "service iam_action body params"),
        (iam_actions, "s3_service_context", "iam_action query_params path headers"),
        (iam_evaluator, "_gather_role_policies", "role_name account_id"),
        (iam_evaluator, "_permissions_boundary", "store name account_id"),
        (iam_evaluator, "_principal_org_id", "account_id"),
        (iam_evaluator, "_resolve_condition_key", "key ctx"),
        (iam_evaluator, "caller_arn", ""),
        (iam_evaluator, "combine_resource_policy", "identity ctx policy owner_account required limits"),
        (iam_evaluator, "evaluate", "ctx policies limits"),
        (iam_evaluator, "evaluate_resource_policy", "doc ctx service named_only direct_only"),
        (iam_evaluator, "resolve_principal", "access_key_id account_id credential"),
        (iam_evaluator, "validate_policy_document", "doc"),
        (kms, "handle_request", REQUEST),
        (kms, "key_policy_for_arn", "resource_arn"),
        (lambda_runtime, "_detect_runtime_binary", "runtime"),
        (lambda_runtime, "execution_credentials", "config"),
        (lambda_svc, "execution_credentials", "config"),
        (lambda_svc, "_execution_record_for_config", "func config"),
        (lambda_svc, "_get_func_record_for_ref", None),
        (lambda_svc, "function_policy_for_arn", "resource_arn"),
        (lambda_svc, "invoke_async_with_retry", "func event"),
        (responses, "request_scope", "account_id region"),
        (router, "extract_access_key_id", "headers query_params"),
        (s3, "_bucket_owner_account", "name"),
        (s3, "_copy_object", "bucket_name dest_key headers"),
        (s3, "_ensure_bucket", "name"),
        (s3, "_foreign_bucket_allows", "owner_account bucket_name key method query_params caller headers"),
        (s3, "_get_object_data", "bucket_name key version_id"),
        (s3, "_upload_part_copy", "bucket_name dest_key query_params headers"),
        (s3, "object_tags_for_condition", "bucket_name key query_params"),
        (sns, "topic_policy_for_arn", "topic_arn"),
        (sqs, "_act_send_message", "data qurl"),
        (sqs, "_queue_by_arn", "arn"),
        (sqs, "queue_policy_for_arn", "queue_arn"),
        (
            stacks,
            "_delete_resource",
            "resource_type physical_id props stack_name logical_id",
        ),
        (stacks, "_provision_resource", "resource_type logical_id props stack_name"),
        (stacks, "_replacing_change", None),
        (stacks, "_runs_on_worker_thread", "resource_type"),
        (
            stacks,
            "_update_resource",
            "resource_type physical_id old_props new_props stack_name logical_id old_attrs",
        ),
        (sts, "register_session", "access_key session"),
    ],
    ids=lambda value: getattr(value, "__name__", None) if inspect.ismodule(value) else None,
)
def test_a_function_is_there_and_takes_what_the_overlay_gives(
    where: Any, name: str, parameters: str | None
) -> None:
    signature = inspect.signature(getattr(where, name))
    if parameters is not None:
        assert " ".join(signature.parameters) == parameters


@pytest.mark.parametrize(
    ("where", "name", "kind"),
    [
        (app, "SERVICE_HANDLERS", dict),
        (athena, "_workgroups", AccountRegionScopedDict),
        (cloudformation, "_stack_events", AccountRegionScopedDict),
        (cloudformation, "_stacks", AccountRegionScopedDict),
        (ecr, "_images", AccountRegionScopedDict),
        (ecr, "_repo_policies", AccountRegionScopedDict),
        (ecr, "_repositories", AccountRegionScopedDict),
        (eventbridge, "_event_bus_policies", AccountRegionScopedDict),
        (eventbridge, "_event_buses", AccountRegionScopedDict),
        (glue, "_classifiers", AccountRegionScopedDict),
        (glue, "_crawlers", AccountRegionScopedDict),
        (glue, "_databases", AccountRegionScopedDict),
        (glue, "_security_configs", AccountRegionScopedDict),
        (glue, "_tables", AccountRegionScopedDict),
        (handlers, "_ACTION_HANDLERS", dict),
        (iam, "_access_keys", AccountScopedDict),
        (iam, "_roles", AccountScopedDict),
        (iam_actions, "SERVICE_TO_IAM_NAMESPACE", dict),
        (kms, "_aliases", AccountRegionScopedDict),
        (kms, "_keys", AccountRegionScopedDict),
        (provisioners, "_REPLACING_PROPERTIES", dict),
        (provisioners, "_RESOURCE_HANDLERS", dict),
        (provisioners, "_STACK_TAG_PROPERTY", dict),
        (router, "SERVICE_PATTERNS", dict),
        (s3, "_bucket_policies", AccountScopedDict),
        (s3, "_buckets", AccountScopedDict),
        (s3, "_object_tags", AccountScopedDict),
        (s3, "_object_versions", AccountScopedDict),
        (sts, "_sessions", dict),
    ],
)
def test_a_store_is_there_and_of_its_kind(where: Any, name: str, kind: type) -> None:
    assert isinstance(getattr(where, name), kind)


@pytest.mark.parametrize("module", [changesets, handlers, stacks])
def test_conditions_are_evaluated_by_the_imported_name(module: Any) -> None:
    assert module._evaluate_conditions is engine._evaluate_conditions


def test_a_service_without_an_iam_namespace_is_not_authorised_by_ministack() -> None:
    action = iam_actions.extract_iam_action(
        "servicecatalog",
        "POST",
        "/",
        {"x-amz-target": "AWS242ServiceCatalogService.ListPortfolios"},
        b"{}",
        {},
    )
    assert action is None
