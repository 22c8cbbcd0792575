package io.instructseg.it.rest;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The packaged application's problems; with {@code -Dnative}, the native executable's. */
@QuarkusIntegrationTest
@WithTestResource(DemoModelDirectory.class)
class ProblemsIT extends ProblemsTest {
}
