"""Mistakes in the seed of `build_from_s3`."""

from tests.seed_code.mistakes.mistake import Mistake


def _mistake(name: str, file: str, old: str, new: str, test: str) -> Mistake:
    """A mistake in a script that the tests of one file must notice."""
    check = f"python -m pytest --exitfirst tests/{test}.py"
    return Mistake(name=name, file=f"src/{file}.py", old=old, new=new, check=check)


READING = (
    _mistake("unusable data is accepted", "target", "ROWS = 30", "ROWS = 0", "test_preprocess"),
    _mistake(
        "one text makes classes of numbers",
        "target",
        "return 2 * good >= profile.known",
        "return good == profile.known",
        "test_preprocess",
    ),
    _mistake(
        "decimal commas are not seen",
        "reading",
        'return "," if votes[","] > votes["."] else "."',
        'return "."',
        "test_reading",
    ),
    _mistake(
        "a part is not read as it was written",
        "parts",
        "quoting=csv.QUOTE_ALL",
        "quoting=csv.QUOTE_MINIMAL",
        "test_reading",
    ),
    _mistake(
        "numbers of Parquet have another decimal mark than its texts",
        "parquet",
        'repr(value).replace(".", mark)',
        "repr(value)",
        "test_parquet",
    ),
    _mistake("lists become texts", "parquet", "types.is_nested(kind) or ", "", "test_parquet"),
    _mistake(
        "a missing number becomes a text",
        "parquet",
        '"" if math.isnan(value) else repr',
        "repr",
        "test_parquet",
    ),
    _mistake(
        "equal rows are all in one part",
        "split",
        "keys = _scattered(keys, self._number(keys))",
        "keys = _scattered(keys, keys)",
        "test_split",
    ),
    _mistake(
        "memory grows with the rows that are different",
        "split",
        "                self._different = None\n",
        "                pass\n",
        "test_split",
    ),
    _mistake(
        "numbers beyond single precision reach the algorithm",
        "encoding",
        "math.copysign(LARGEST, value)",
        "value",
        "test_tables",
    ),
)

SIZE = (
    _mistake(
        "batches have the answers of other rows",
        "batches",
        "self._next + 1, self._row + len(features)",
        "self._next + 1, self._row",
        "test_large",
    ),
    _mistake(
        "every instance keeps a model",
        "together",
        "yield own == first",
        "yield True",
        "test_together",
    ),
    _mistake(
        "each instance centers the target by its own rows",
        "learning",
        "count, added = total(np.array([len(values), values.sum()]))",
        "count, added = np.array([len(values), values.sum()])",
        "test_together",
    ),
)

NUMBERS = (
    _mistake(
        "test rows are trained on, too",
        "preprocess",
        "                next(turns[part]).write(cells)\n",
        "                next(turns[part]).write(cells)\n                next(turns[0]).write(cells)\n",
        "test_numbers",
    ),
    _mistake(
        "the validation part is trained on",
        "train",
        'for name in ("train", "validation")\n',
        'for name in ("validation", "validation")\n',
        "test_own_booster",
    ),
    _mistake(
        "early stopping watches the training part",
        "train",
        "for name, matrix in matrices.items()]",
        "for name, matrix in reversed(matrices.items())]",
        "test_own_booster",
    ),
    _mistake(
        "the training part is evaluated",
        "evaluate",
        "    truth = target_of(model.schema, test)\n",
        '    test = folders.processing("input/train")\n    truth = target_of(model.schema, test)\n',
        "test_numbers",
    ),
    _mistake(
        "the baseline is of the test part",
        "evaluate",
        'known = target_of(model.schema, folders.processing("input/train"))',
        "known = target_of(model.schema, test)",
        "test_numbers",
    ),
    _mistake(
        "answers stay in the scale of training",
        "model",
        "return raw * scale + center",
        "return raw",
        "test_own_booster",
    ),
    _mistake(
        "the skill score measures the baseline",
        "scores",
        "error = abs(self.best - self.scores[self.primary])",
        "error = abs(self.best - self.baseline[self.primary]) / 2",
        "test_numbers",
    ),
)

PICTURES = (
    _mistake(
        "the confusion is turned round",
        "diagnostics",
        "np.add.at(counts, (truth, answered), 1)",
        "np.add.at(counts, (answered, truth), 1)",
        "test_diagnostics",
    ),
    _mistake(
        "chances are compared with the other class",
        "diagnostics",
        "truth == 1",
        "truth == 0",
        "test_diagnostics",
    ),
    _mistake(
        "contributions are in the scale of training",
        "explain",
        "values *= scale",
        "values *= 1",
        "test_explain",
    ),
    _mistake(
        "what is expected without features is left out",
        "explain",
        "values[:, :, -1] += center",
        "values[:, :, -1] += 0",
        "test_explain",
    ),
    _mistake(
        "importance can cancel out",
        "diagnostics",
        "np.abs(contributions[:, :, :-1])",
        "(contributions[:, :, :-1])",
        "test_diagnostics",
    ),
    _mistake(
        "a segment is measured by all rows",
        "segments",
        "[each == name for each in names]",
        "[True for _ in names]",
        "test_segments",
    ),
    _mistake("names break the page", "pictures", "return html.escape(", "return (", "test_pictures"),
    _mistake(
        "a picture stands on its head", "pictures", "HEIGHT - BOTTOM - axis", "TOP + axis", "test_pictures"
    ),
)

CHECKS = (
    _mistake(
        "drift is never found", "baseline", "math.log(now / was)", "math.log(now / now)", "test_baseline"
    ),
    _mistake(
        "chance counts as drift",
        "baseline",
        "(len(bins) - 1) * (1 / first",
        "0 * (1 / first",
        "test_baseline",
    ),
    _mistake(
        "drifted data is trained on",
        "preprocess",
        "if drift.index > maximum_drift:",
        "if False:",
        "test_baseline",
    ),
    _mistake(
        "a column may be gone",
        "preprocess",
        "if changes and not columns_may_change:",
        "if False:",
        "test_baseline",
    ),
    _mistake(
        "a leak is not refused",
        "examine",
        "if told > options.maximum_explained:",
        "if False:",
        "test_baseline",
    ),
    _mistake(
        "empty columns are not refused",
        "examine",
        "if share > options.maximum_missing:",
        "if False:",
        "test_baseline",
    ),
    _mistake(
        "any version's data is the measure",
        "registered",
        'ModelApprovalStatus="Approved"',
        'ModelApprovalStatus="Rejected"',
        "test_registered",
    ),
    _mistake(
        "a card that nobody approved speaks for production",
        "registered",
        'ModelCardStatus="Approved"',
        'ModelCardStatus="Draft"',
        "test_registered",
    ),
    _mistake(
        "the baseline's score is production's",
        "registered",
        'group["name"] == "Model"',
        'group["name"] == "Baseline"',
        "test_registered",
    ),
    _mistake(
        "a worse model counts as better",
        "evaluate",
        "skill_score - theirs",
        "theirs - skill_score",
        "test_registered",
    ),
    Mistake(
        name="a model that is worse than production's is registered",
        file="pipelines/definition.py",
        old="conditions=[reaches, keeps_up]",
        new="conditions=[reaches]",
        check="python -m pytest --exitfirst tests/test_pipeline.py",
    ),
)

REQUESTS = (
    _mistake(
        "null is zero",
        "endpoint",
        "    return [cell.strip() if isinstance(cell, str) else cell for cell in row]\n",
        "    row = [0 if cell is None else cell for cell in row]\n"
        "    return [str(cell).strip() for cell in row]\n",
        "test_endpoint",
    ),
    _mistake(
        "blank rows get no answer",
        "endpoint",
        'list(csv.reader(io.StringIO(text, newline=""), strict=True))',
        '[row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]',
        "test_endpoint",
    ),
    _mistake(
        "a wrong request is an error of the server",
        "endpoint",
        "status: HTTPStatus = HTTPStatus.BAD_REQUEST",
        "status: HTTPStatus = HTTPStatus.INTERNAL_SERVER_ERROR",
        "test_endpoint",
    ),
    _mistake(
        "a header is answered", "endpoint", "if _is_header(rows[0], schema)", "if False", "test_endpoint"
    ),
)

SETTINGS = (
    _mistake(
        "a hyperparameter has a name that XGBoost does not know",
        "hyperparameters",
        'name="reg_lambda"',
        'name="reg_lamda"',
        "test_booster",
    ),
    _mistake(
        "a hyperparameter is not given to XGBoost",
        "train",
        "if value is not None}",
        'if value is not None and name != "max_depth"}',
        "test_booster",
    ),
    _mistake(
        "a bound is not looked at",
        "hyperparameter",
        "value <= self.most",
        "value != self.most",
        "test_hyperparameters",
    ),
    Mistake(
        name="hyperparameters reach the training job as numbers",
        file="pipelines/jobs.py",
        old="parameter.to_string()",
        new="parameter",
        check="python -m pytest --exitfirst tests/test_pipeline.py",
    ),
    Mistake(
        name="an unknown setting is ignored",
        file="pipelines/configuration.py",
        old='extra="forbid"',
        new='extra="ignore"',
        check="python -m pytest --exitfirst tests/test_configuration.py",
    ),
)

STEPS = (
    Mistake(
        name="unused import",
        file="src/train.py",
        old="import folders",
        new="import folders, os",
        check="ruff check .",
    ),
    _mistake(
        "a bug ends without a sentence", "step", "except Exception as", "except ValueError as", "test_step"
    ),
    _mistake(
        "a value with a dash is an option", "step", "action.nargs != 0", "action.nargs == 0", "test_step"
    ),
    _mistake("the card leaves findings out", "card", "**_findings(version),", "", "test_document"),
)

DATA = (
    Mistake(
        name="a version does not say what it learned from",
        file="pipelines/data.py",
        old='return {"input_data_uri": self.location}',
        new="return {}",
        check="python -m pytest --exitfirst tests/test_pipeline.py",
    ),
)

MISTAKES = (*READING, *SIZE, *NUMBERS, *PICTURES, *CHECKS, *REQUESTS, *SETTINGS, *STEPS, *DATA)
