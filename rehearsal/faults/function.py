"""The promotion function from outside: what it has logged, and the processes it runs in."""

import json
from collections.abc import Iterator

import psutil

from rehearsal.story import Story


def sentences(story: Story, arn: str) -> list[str]:
    """What the function has logged about a version: one sentence a delivery, of success or of failure."""
    return [str(line["message"]) for line in _lines(story) if line.get("model_package") == arn]


def processes(story: Story) -> list[psutil.Process]:
    """The processes in which the function runs, or has run and waits for work."""
    # The emulator unpacks each function into a folder that carries its name.
    mark = f"lambda-{story.stage.names.promotion_function}-"
    return [process for process in psutil.Process().children(recursive=True) if mark in _command(process)]


def _lines(story: Story) -> Iterator[dict[str, object]]:
    logs = story.stage.administrator("shared_services", "logs")
    group = story.stage.administrator("shared_services", "lambda").get_function_configuration(
        FunctionName=story.stage.names.promotion_function
    )["LoggingConfig"]["LogGroup"]
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
        for event in page["events"]:
            try:
                line = json.loads(event["message"])
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
