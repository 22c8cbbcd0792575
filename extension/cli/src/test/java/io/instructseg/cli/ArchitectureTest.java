package io.instructseg.cli;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import io.instructseg.engine.SegmentationModel;

/** What the enforcer does not see: rules between packages, and what signatures mention. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.instructseg");

    private static final List<String> NATIVE = List.of("org.tensorflow", "org.bytedeco", "com.google.protobuf");

    /** Or the rules below would hold of nothing. */
    @Test
    void allRoomsAreThere() {
        assertThat(Stream.of("tensorflow", "format", "checkpoint", "model", "conversion", "engine", "engine.session", "cli")
                .filter(room -> CLASSES.stream().noneMatch(type -> type.getPackageName().equals("io.instructseg." + room))))
                .isEmpty();
    }

    @Test
    void theEnginesApiMentionsNoTensorFlow() {
        classes().that().resideInAPackage("io.instructseg.engine..").and().arePublic().should(mentionNothingNative())
                .check(CLASSES);
    }

    @Test
    void inTheEngineOneAloneKnowsTensorFlow() {
        noClasses().that().resideInAPackage("io.instructseg.engine..").and()
                .resideOutsideOfPackages("io.instructseg.engine.session", "io.instructseg.engine.video")
                .should().dependOnClassesThat(inNativePackages()).check(CLASSES);
        noClasses().that().resideInAPackage("io.instructseg.engine.video").should().dependOnClassesThat()
                .resideInAPackage("org.tensorflow..").check(CLASSES);
    }

    @Test
    void inTheEngineOneAloneKnowsFFmpeg() {
        noClasses().that().resideOutsideOfPackage("io.instructseg.engine.video").should().dependOnClassesThat()
                .resideInAPackage("org.bytedeco.ffmpeg..").check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = { "io.instructseg.format..", "io.instructseg.checkpoint..", "io.instructseg.cli..",
            "io.instructseg.demo.." })
    void othersKnowNone(String packages) {
        noClasses().that().resideInAPackage(packages).should().dependOnClassesThat(inNativePackages()).check(CLASSES);
    }

    @Test
    void onlyTheFormatAndTensorFlowAreSharedByModelAndEngine() {
        noClasses().that().resideInAPackage("io.instructseg.engine..").should().dependOnClassesThat()
                .resideInAnyPackage("io.instructseg.model..", "io.instructseg.conversion..", "io.instructseg.checkpoint..",
                        "io.instructseg.cli..")
                .check(CLASSES);
        noClasses().that().resideInAnyPackage("io.instructseg.format..", "io.instructseg.tensorflow..").should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.instructseg.engine..", "io.instructseg.model..", "io.instructseg.conversion..",
                        "io.instructseg.checkpoint..", "io.instructseg.cli..")
                .check(CLASSES);
    }

    @Test
    void nothingKnowsQuarkus() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("io.quarkus..", "jakarta.enterprise..", "io.smallrye..")
                .check(CLASSES);
    }

    /** So all commands show how far that is. */
    @Test
    void oneAloneLoadsModelsForTheCommands() {
        noClasses().that().resideInAPackage("io.instructseg.cli..").and().doNotHaveSimpleName("ModelSource").should()
                .callMethodWhere(target(owner(type(SegmentationModel.class))).and(target(name("load")))).check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.instructseg.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> inNativePackages() {
        return DescribedPredicate.describe("are of native libraries", ArchitectureTest::isNative);
    }

    private static boolean isNative(JavaClass type) {
        String name = type.getBaseComponentType().getName();
        return NATIVE.stream().anyMatch(prefix -> name.startsWith(prefix + "."));
    }

    private static ArchCondition<JavaClass> mentionNothingNative() {
        return new ArchCondition<>("mention no class of TensorFlow's or FFmpeg's in what others can see") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream<JavaType> supertypes = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
                report(type.getFullName(), supertypes, type, events);
                type.getMembers().stream().filter(ArchitectureTest::isVisible)
                        .forEach(member -> report(member.getFullName(), types(member), type, events));
            }
        };
    }

    private static boolean isVisible(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC) || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    /** With type arguments, bounds and declared exceptions. */
    private static Stream<JavaType> types(JavaMember member) {
        if (!(member instanceof JavaCodeUnit unit)) {
            return Stream.of(((JavaField) member).getType());
        }
        Stream<JavaType> signature = Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream());
        Stream<JavaType> bounds = unit.getTypeParameters().stream().flatMap(parameter -> parameter.getUpperBounds().stream());
        return Stream.of(signature, bounds, unit.getExceptionTypes().stream().map(JavaType.class::cast))
                .flatMap(types -> types);
    }

    private static void report(String where, Stream<JavaType> types, JavaClass type, ConditionEvents events) {
        Collection<String> found = types.flatMap(mentioned -> mentioned.getAllInvolvedRawTypes().stream())
                .filter(ArchitectureTest::isNative).map(JavaClass::getName).collect(Collectors.toSet());
        if (!found.isEmpty()) {
            events.add(SimpleConditionEvent.violated(type, where + " mentions " + found));
        }
    }
}
