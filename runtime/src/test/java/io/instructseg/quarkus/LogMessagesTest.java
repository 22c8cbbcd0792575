package io.instructseg.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;
import org.junit.jupiter.api.Test;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** Log messages have a number each, and docs/log-messages.md has them all. */
class LogMessagesTest {

    private static final Path PAGE = Path.of("../docs/log-messages.md");
    /** Number, level and text, then meaning and remedy, neither empty. */
    private static final Pattern ROW = Pattern.compile("(?m)^(\\| \\w+ \\| [A-Z]+ \\| `.*` \\|) [^|]{10,} \\| [^|]{5,} \\|$");

    private static List<JavaMethod> messages() {
        return new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.instructseg.quarkus").stream().filter(type -> type.isAnnotatedWith(MessageLogger.class))
                .map(JavaClass::getMethods).flatMap(methods -> methods.stream())
                .filter(method -> method.isAnnotatedWith(Message.class)).toList();
    }

    @Test
    void aNumberIsOneMessages() {
        assertThat(messages()).hasSizeGreaterThan(10).extracting(method -> method.getAnnotationOfType(Message.class).id())
                .doesNotHaveDuplicates().allMatch(id -> id > 0);
    }

    @Test
    void thePageHasThemAllInOrder() throws IOException {
        List<String> rows = ROW.matcher(Files.readString(PAGE).replace("\r\n", "\n")).results().map(MatchResult::group)
                .map(row -> row.substring(0, row.indexOf("` |") + 3)).toList();
        assertThat(rows).containsExactlyElementsOf(messages().stream().map(LogMessagesTest::row).sorted().toList());
    }

    private static String row(JavaMethod method) {
        Message message = method.getAnnotationOfType(Message.class);
        return "| INSTRUCTSEG%04d | %s | `%s` |".formatted(message.id(),
                method.getAnnotationOfType(LogMessage.class).level(), message.value());
    }
}
