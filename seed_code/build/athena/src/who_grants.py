"""Whom a sentence sends to who lacks a permission on the data."""

ASK = "ask the data lake's administrator to grant it, by the LF-tag that shares the lake"
