"""Named grants, of which the roles of people and functions are composed.

A grant that two roles share stands here once, with its reason. What one role alone may do
stands beside that role.
"""
