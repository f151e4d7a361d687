"""Whoever may not read the table yet is sent to the owner of the data set."""

import pytest

from refusals import sentence

WITHOUT_GRANT = (
    "TABLE_NOT_FOUND: line 3:6: Table 'awsdatacatalog.link.houses' does not exist",
    "Insufficient Lake Formation permission(s): Required Describe on houses",
    "COLUMN_NOT_FOUND: line 2:8: SELECT * not allowed from relation that has no columns",
)


@pytest.mark.parametrize("said", WITHOUT_GRANT)
def test_a_refusal_names_the_owner_of_the_data_set(said: str) -> None:
    assert sentence(said, file="src/query.sql").endswith(
        "ask the owner of the data set to approve this account's subscription in the data catalog."
    )
