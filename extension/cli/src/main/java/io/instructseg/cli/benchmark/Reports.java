package io.instructseg.cli.benchmark;

import java.util.Locale;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What reports have in common: for programs, the fields of the records in snake case. */
final class Reports {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

    private Reports() {
    }

    /** Of bytes, with a digit behind the point. */
    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f", bytes * 1e-6);
    }

    static ObjectNode json(Report report) {
        return MAPPER.valueToTree(report);
    }
}
