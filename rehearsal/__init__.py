"""The life of one model across five accounts, played on one machine: `python -m rehearsal`.

The rehearsal calls from outside what a user would call (the CDK command line, the AWS API, the team's
repository) and nothing of the bundle imports it.
"""
