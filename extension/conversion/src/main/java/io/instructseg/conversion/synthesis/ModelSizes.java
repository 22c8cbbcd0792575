package io.instructseg.conversion.synthesis;

import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.conversion.ConversionException;
import io.instructseg.conversion.HyperparameterReader;
import io.instructseg.format.Hyperparameters;

/** Sizes from a JSON file with the keys of {@code hyperparameters} in {@code model.json}; an absent one is the official. */
public final class ModelSizes {

    private static final long MAX_BYTES = 1 << 20;
    private static final JsonMapper MAPPER = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT).disable(MapperFeature.ALLOW_COERCION_OF_SCALARS).build();

    private ModelSizes() {
    }

    /**
     * @throws ConversionException if it is no file, too long, malformed, or has keys or values that no model has, naming
     *         them
     */
    public static Hyperparameters read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ConversionException(file + " is missing, or no file");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new ConversionException(file + " has " + Files.size(file) + " bytes, more than " + MAX_BYTES);
        }
        byte[] json = Files.readAllBytes(file);
        try {
            JsonNode given = MAPPER.readTree(json);
            if (given == null || !given.isObject()) {
                throw new ConversionException(file + " holds no JSON object");
            }
            ObjectNode sizes = MAPPER.valueToTree(HyperparameterReader.official());
            replace(sizes, given);
            return MAPPER.treeToValue(sizes, Hyperparameters.class);
        } catch (JsonMappingException e) {
            throw new ConversionException(file + ": " + path(e) + rootMessage(e), e);
        } catch (JsonProcessingException e) {
            throw new ConversionException(file + " is malformed: " + e.getOriginalMessage(), e);
        } catch (CharConversionException e) {
            throw new ConversionException(file + " is malformed: " + e.getMessage(), e);
        }
    }

    private static void replace(ObjectNode sizes, JsonNode given) {
        given.properties().forEach(field -> {
            if (sizes.get(field.getKey()) instanceof ObjectNode group && field.getValue().isObject()) {
                replace(group, field.getValue());
            } else {
                sizes.set(field.getKey(), field.getValue());
            }
        });
    }

    private static String path(JsonMappingException e) {
        String path = e.getPath().stream().map(field -> field.getFieldName() == null ? "[]" : field.getFieldName())
                .collect(Collectors.joining("."));
        return path.isEmpty() ? "" : path + ": ";
    }

    /** What a constructor of {@link Hyperparameters} says stands alone; it names the value. */
    private static String rootMessage(JsonMappingException e) {
        return e.getCause() instanceof IllegalArgumentException cause ? cause.getMessage() : e.getOriginalMessage();
    }
}
