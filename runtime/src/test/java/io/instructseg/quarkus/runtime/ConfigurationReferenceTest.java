package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

/** The table in docs/configuration.md is the one that Quarkus generates from the configuration's Javadoc. */
class ConfigurationReferenceTest {

    private static final Path GENERATED = Path.of("target/quarkus-generated-doc/config/quarkus-instructseg.md");
    private static final Path PAGE = Path.of("../docs/configuration.md");
    private static final String BEGIN = "<!-- begin: generated -->\n";
    private static final String END = "<!-- end: generated -->\n";
    private static final String UPDATE = "instructseg.docs.update";
    private static final String COMMAND = "./mvnw test -pl deployment -am -Dtest=ConfigurationReferenceTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -D" + UPDATE;

    @Test
    void theTableIsTheGeneratedOne() throws IOException {
        String page = read(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(begin).as("%s: '%s' and '%s', in this order", PAGE, BEGIN.strip(), END.strip())
                .isBetween(BEGIN.length(), end);
        String generated = generated();
        if (System.getProperty(UPDATE) != null) {
            Files.writeString(PAGE, page.substring(0, begin) + generated + page.substring(end));
            return;
        }
        String table = page.substring(begin, end);
        assertThat(table.equals(generated)).withFailMessage(
                "docs/configuration.md is stale. Write it anew with%n  %s%nIt lacks %s%nand should not have %s", COMMAND,
                without(generated, table), without(table, generated)).isTrue();
    }

    private static List<String> without(String text, String other) {
        List<String> lines = other.lines().toList();
        return text.lines().filter(line -> !lines.contains(line)).toList();
    }

    /**
     * What the plugin wrote, corrected: its template has a cell's end on the line of a text, where Markdown takes it for a
     * part of the paragraph, and it makes upper case by the machine's locale: a Turkish one has an I with a dot.
     */
    private static String generated() throws IOException {
        return "\n" + read(GENERATED).replace("`</td>", "`\n</td>").replace('\u0130', 'I').replaceAll("\n{3,}", "\n\n").strip()
                + "\n\n";
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file).replace("\r\n", "\n");
    }
}
