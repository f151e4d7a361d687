"""How a step of the pipeline starts and ends: its arguments, and one sentence where it fails."""

import argparse
import gc
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Never

import folders
from card import CardError
from errors import DataError, UsageError

# SageMaker shows the beginning of the files `output/message` (processing) or `output/failure` (training) as
# the reason of the failure:
# https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html
MAXIMUM_REASON = 1024
# How many new objects there must be before Python looks for cycles; rows in portions are fewer.
OBJECTS = 500_000


class Arguments(argparse.ArgumentParser):
    """A parser whose every option takes the value behind it, such as ``--target -log10(p)``."""

    def __init__(self, description: str | None) -> None:
        super().__init__(description=description, allow_abbrev=False)

    def given(self, arguments: Sequence[str] | None = None) -> argparse.Namespace:
        """Read the arguments of the command line.

        Raises:
            UsageError: They are wrong.
        """
        left = list(sys.argv[1:] if arguments is None else arguments)
        joined = []
        while left:
            option = left.pop(0)
            action = self._option_string_actions.get(option)
            # To argparse what begins with a dash is an option, unless an equals sign stands before it.
            takes_value = action is not None and action.nargs != 0 and left
            joined.append(f"{option}={left.pop(0)}" if takes_value else option)
        return self.parse_args(joined)

    def error(self, message: str) -> Never:
        """Say what is wrong, as all steps do."""
        raise UsageError(f"{self.prog} was started with wrong arguments: {message}.")


def run(main: Callable[[], None]) -> None:
    """Run a step's main function; whatever is raised ends it with one sentence.

    The exit code is 2 where a person can correct something, and 1 where the code or the machine failed: then
    the log has the traceback.
    """
    # Rows are many lists without cycles: to look for some takes a quarter of the time.
    gc.set_threshold(OBJECTS)
    try:
        main()
    except (CardError, DataError, UsageError) as error:
        _fail(str(error), 2)
    except MemoryError:
        traceback.print_exc()
        _fail("The machine has too little memory for this data; choose a larger one in config.toml.", 1)
    except Exception as error:
        traceback.print_exc()
        kind, said = type(error).__name__, " ".join(str(error).split())
        _fail(f"The step failed ({kind}: {said[:600]}); its log has the traceback.", 1)


def _fail(sentence: str, code: int) -> Never:
    """Leave a sentence where SageMaker and a person look for it."""
    sentence = " ".join(sentence.split())
    output = folders.base() / "output"
    output.mkdir(parents=True, exist_ok=True)
    for name in ("message", "failure"):
        (output / name).write_text(sentence[:MAXIMUM_REASON], encoding="utf-8")
    print(sentence, file=sys.stderr)
    sys.exit(code)
