"""The query of the join: what it asks for, as far as a text shows it."""

from point_in_time import Group, query

CUSTOMERS = Group(
    name="customers",
    table=("link_customers", "customers"),
    identifier="customer",
    event_time="event_time",
    types={"event_time": "String", "customer": "Integral", "Spend": "Fractional"},
    wanted=("Spend",),
)
ORDERS = Group(
    name="orders",
    table=("link_orders", "orders"),
    identifier="customer",
    event_time="at",
    types={"at": "Fractional", "customer": "Integral", "count": "Integral"},
    wanted=("count",),
)


def test_the_labels_keep_their_columns_and_features_are_named_by_their_group() -> None:
    first, *_ = query("SELECT 1", [CUSTOMERS, ORDERS]).splitlines()
    assert first == ('SELECT labels.*, group0."spend" AS "customers_spend", group1."count" AS "orders_count"')


def test_each_group_is_read_through_its_link_and_joined_by_its_identifier() -> None:
    written = query("SELECT 1", [CUSTOMERS, ORDERS])
    assert written.count("LEFT JOIN") == 2
    assert 'FROM "link_customers"."customers"' in written
    assert 'FROM "link_orders"."orders"' in written
    assert 'CAST(group1."customer" AS varchar) = CAST(labels."customer" AS varchar)' in written


def test_what_was_written_last_holds_and_what_was_deleted_does_not() -> None:
    written = query("SELECT 1", [CUSTOMERS])
    assert "ORDER BY write_time DESC, api_invocation_time DESC" in written
    assert "AND NOT group0.is_deleted" in written
    assert "is_deleted = " not in written


def test_times_are_compared_as_the_type_of_the_event_time_has_them() -> None:
    texts, numbers = query("SELECT 1", [CUSTOMERS]), query("SELECT 1", [ORDERS])
    assert "date_format(CAST(labels.event_time AS timestamp)" in texts
    assert "to_unixtime" not in texts
    assert 'CAST("at" AS double) AS held_from' in numbers
    assert "group0.held_from <= to_unixtime(CAST(labels.event_time AS timestamp))" in numbers
