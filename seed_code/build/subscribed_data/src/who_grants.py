"""Who decides about the data: the owner of the data set, in the data catalog."""

ASK = "ask the owner of the data set to approve this account's subscription in the data catalog"
