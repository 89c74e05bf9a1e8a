"""A traced step reads every variable before it assigns it, also after TensorFlow has rewritten the graph."""

import keras
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.python.eager import context
from tensorflow.python.grappler import tf_optimizer
from tensorflow.python.training import saver

from gan_core.game.objective import Objective
from gan_core.losses import NonSaturating, Wasserstein
from gan_core.regularizers import GradientPenalty


def optimized_step(gan, due):
    """The nodes of one training step after the graph optimizers, by name."""
    gan.generator_is_due = due
    step = tf.function(gan.train_step, autograph=False).get_concrete_function({"real": tf.TensorSpec((4, 2))})
    graph = saver.export_meta_graph(graph_def=step.graph.as_graph_def(add_shapes=True), graph=step.graph)
    kept = meta_graph_pb2.CollectionDef()
    kept.node_list.value.extend([*(tensor.name for tensor in step.outputs), *(op.name for op in step.graph.control_outputs)])
    graph.collection_def["train_op"].CopyFrom(kept)
    config = context.context().config
    config.graph_options.rewrite_options.min_graph_nodes = -1
    return {node.name: node for node in tf_optimizer.OptimizeGraph(config, graph).node}


def ancestors(nodes, name):
    seen, stack = set(), [name]
    while stack:
        for edge in nodes[stack.pop()].input:
            source = edge.lstrip("^").split(":")[0]
            if source not in seen:
                seen.add(source)
                stack.append(source)
    return seen


def unordered_reads(nodes):
    """(write, read) of the same variable that may run in either order."""
    of = {name: ancestors(nodes, name) for name in nodes}
    reads = [node for node in nodes.values() if node.op == "ReadVariableOp"]
    writes = [node for node in nodes.values() if node.op.startswith("Assign")]
    assert reads
    assert writes
    return [(write.name, read.name) for write in writes for read in reads
            if write.input[0] == read.input[0] and read.name not in of[write.name] and write.name not in of[read.name]]


@pytest.fixture
def dropping_order():
    """The graph optimizers as TensorFlow sets them by default."""
    before = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options({"dependency_optimization": True})
    yield
    tf.config.optimizer.set_experimental_options({**before, "dependency_optimization": False})


@pytest.fixture
def make_traced(make_gan, make_generator, make_discriminator):
    def make(objective, **options):
        return make_gan(objective, generator=make_generator(batch_norm=True, dropout=0.3),
                        discriminators=make_discriminator(dropout=0.3), ema=0.9, compile={"run_eagerly": False}, **options)

    return make


@pytest.mark.parametrize("due", [True, False])
def test_a_critics_step_reads_before_it_writes(make_traced, due):
    gan = make_traced(Objective(Wasserstein(), regularizers=(GradientPenalty(10),)), n_critic=2)
    gan.make_train_function()
    assert unordered_reads(optimized_step(gan, due)) == []


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
def test_a_classifying_step_reads_before_it_writes(make_traced, update):
    gan = make_traced(Objective(NonSaturating()), update=update)
    gan.make_train_function()
    assert unordered_reads(optimized_step(gan, True)) == []


def test_without_our_setting_the_order_would_be_lost(make_traced, dropping_order):
    gan = make_traced(Objective(Wasserstein(), regularizers=(GradientPenalty(10),)), optimizer=keras.optimizers.Adam(0.01))
    assert unordered_reads(optimized_step(gan, False)) != []
