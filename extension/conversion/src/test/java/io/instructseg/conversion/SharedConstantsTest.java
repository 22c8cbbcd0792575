package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TInt32;

class SharedConstantsTest {

    @Test
    void equalOnesOfAScopeAreOne() {
        GraphDef shared = SharedConstants.share(graph());
        assertThat(shared.getNodeList()).filteredOn(node -> node.getOp().equals("Const")).extracting(NodeDef::getName)
                .containsExactly("first/Const", "first/Const_2", "second/Const");
        try (Graph graph = new Graph()) {
            graph.importGraphDef(shared);
            try (Session session = new Session(graph);
                    TInt32 first = (TInt32) session.runner().fetch("first/sum").run().get(0);
                    TInt32 second = (TInt32) session.runner().fetch("second/sum").run().get(0)) {
                assertThat(first.getInt()).isEqualTo(2 + 2 + 3);
                assertThat(second.getInt()).isEqualTo(2 + 2);
            }
        }
    }

    @Test
    void whatWaitsForOneWaitsForTheOtherOne() {
        GraphDef shared = SharedConstants.share(graph());
        assertThat(shared.getNodeList()).filteredOn(node -> node.getName().equals("first/waits")).singleElement()
                .satisfies(node -> assertThat(node.getInputList()).containsExactly("^first/Const"));
    }

    /** 2 + 2 + 3 in one scope, 2 + 2 in another; something waits for the second 2. */
    private static GraphDef graph() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph).withSubScope("first");
            Operand<TInt32> two = tf.constant(2);
            Operand<TInt32> again = tf.constant(2);
            Operand<TInt32> four = tf.math.add(two, again);
            tf.withName("sum").math.add(four, tf.constant(3));
            tf.withControlDependencies(again).withName("waits").noOp();
            Ops other = Ops.create(graph).withSubScope("second");
            Operand<TInt32> same = other.constant(2);
            other.withName("sum").math.add(same, same);
            return graph.toGraphDef();
        }
    }
}
