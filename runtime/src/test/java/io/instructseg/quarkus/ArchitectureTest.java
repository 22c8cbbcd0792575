package io.instructseg.quarkus;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** What the enforcer does not see. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.instructseg.quarkus");

    @Test
    void theRuntimeKnowsNoTensorFlow() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("org.tensorflow..", "org.bytedeco..",
                "com.google.protobuf..", "io.instructseg.tensorflow..").check(CLASSES);
    }

    @Test
    void theApiKnowsTheEngineMutinyAndCdiOnly() {
        classes().that().resideInAPackage("io.instructseg.quarkus").should().onlyDependOnClassesThat().resideInAnyPackage(
                "io.instructseg.quarkus", "io.instructseg.engine..", "io.smallrye.mutiny..", "jakarta.enterprise.util",
                "jakarta.inject", "java..").check(CLASSES);
    }

    @Test
    void optionalCapabilitiesAreKnownInTheirPackagesOnly() {
        noClasses().that().resideOutsideOfPackage("..rest..").should().dependOnClassesThat().resideInAnyPackage(
                "jakarta.ws.rs..", "org.jboss.resteasy..", "org.eclipse.microprofile.openapi..").check(CLASSES);
        noClasses().that().resideOutsideOfPackage("..health..").should().dependOnClassesThat()
                .resideInAPackage("org.eclipse.microprofile.health..").check(CLASSES);
        noClasses().that().resideOutsideOfPackage("..metrics..").should().dependOnClassesThat()
                .resideInAPackage("io.micrometer..").check(CLASSES);
        noClasses().that().resideOutsideOfPackage("..messaging..").should().dependOnClassesThat().resideInAnyPackage(
                "org.eclipse.microprofile.reactive.messaging..", "io.smallrye.reactive.messaging..", "org.apache.kafka..")
                .check(CLASSES);
        noClasses().that().resideOutsideOfPackages("..messaging..", "..rest..").should().dependOnClassesThat()
                .resideInAPackage("io.vertx..").check(CLASSES);
        noClasses().that().resideOutsideOfPackages("..messaging..", "..tracing..").should().dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..").check(CLASSES);
    }
}
