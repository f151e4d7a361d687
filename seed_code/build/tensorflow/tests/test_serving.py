"""What TensorFlow Serving of an earlier version reads: the SavedModel, its signature and its answers.

AWS's image that serves is behind the one that trains. A graph may be read by an earlier version if it asks
for no later one and has no operation that the earlier one does not know:
https://www.tensorflow.org/guide/versions#graph_and_checkpoint_compatibility.
"""

from pathlib import Path

import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from conftest import Run
from model import SAVED, Model

# Operations that TensorFlow has had since its version 2.0.
KNOWN = {
    *("AddV2", "BiasAdd", "Cast", "ClipByValue", "ConcatV2", "Const", "GatherV2", "Identity", "MatMul"),
    *("Maximum", "Minimum", "Mul", "NoOp", "OneHot", "Pack", "PartitionedCall", "Placeholder", "RealDiv"),
    *("ReadVariableOp", "Relu", "Reshape", "Softmax", "Squeeze", "StatefulPartitionedCall"),
    *("StridedSlice", "Sub", "VarHandleOp", "AssignVariableOp", "RestoreV2", "SaveV2", "MergeV2Checkpoints"),
    *("ShardedFilename", "StaticRegexFullMatch", "Select", "StringJoin", "VarIsInitializedOp"),
    *("DisableCopyOnRead", "Tanh", "Erf", "Shape", "Prod", "Neg"),
}


def saved(run: Run) -> saved_model_pb2.SavedModel:
    content = saved_model_pb2.SavedModel()
    content.ParseFromString((run.model / SAVED / "saved_model.pb").read_bytes())
    return content


def test_the_graph_asks_for_no_later_version(run: Run) -> None:
    (graph,) = saved(run).meta_graphs
    assert graph.graph_def.versions.min_consumer <= 12
    assert not graph.graph_def.versions.bad_consumers
    functions = graph.graph_def.library.function
    nodes = [*graph.graph_def.node, *(node for each in functions for node in each.node_def)]
    assert {node.op for node in nodes} - KNOWN == set()


def test_the_signature_is_what_the_handler_asks(run: Run) -> None:
    model = Model.load(run.model)
    signature = model.signature
    (taken,) = signature.structured_input_signature[1].values()
    (given,) = signature.structured_outputs.values()
    width = 2 * len(model.schema.used)
    assert (taken.name, taken.dtype, taken.shape.as_list()) == ("inputs", tf.float32, [None, width])
    outputs = [None, len(model.schema.classes)] if model.schema.classes else [None]
    assert (given.dtype, given.shape.as_list()) == (tf.float64, outputs)


def test_a_version_is_where_tensorflow_serving_looks(run: Run) -> None:
    """A folder with a number as its name, below the name of the model."""
    (found,) = run.model.rglob("saved_model.pb")
    assert found.relative_to(run.model) == Path("network/1/saved_model.pb")


@pytest.mark.parametrize("name", ["keras_metadata.pb", "assets"])
def test_nothing_of_keras_is_needed_to_load_it(run: Run, name: str) -> None:
    assert not [each for each in run.model.rglob(name) if each.is_file()]
