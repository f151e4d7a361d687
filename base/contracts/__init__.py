"""What rooms agree on that do not import each other.

Constructs, commands and the analysis of policies import these values. The code of functions and the seeds of
repositories leave without this package, so they state a value again, and `tests/gates/test_contracts.py`
compares the two. That costs a table; shipping this package in every archive would change their digests with
each change of `base`.
"""
