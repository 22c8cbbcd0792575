package io.instructseg.model;

import java.io.IOException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Golden model B, loaded once for the tests of a class. */
abstract class ModelBTest {

    static GoldenModel model;

    @BeforeAll
    static void loadModel() throws IOException {
        model = new GoldenModel("model-b", Sizes.MODEL_B);
    }

    @AfterAll
    static void closeModel() {
        model.close();
    }
}
