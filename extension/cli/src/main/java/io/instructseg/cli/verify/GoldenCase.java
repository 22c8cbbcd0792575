package io.instructseg.cli.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.Instruction;
import io.instructseg.engine.text.Medium;
import io.instructseg.engine.text.Task;
import io.instructseg.engine.video.ReferenceFrames;

/**
 * A run of the official code: {@code case.json}, the pictures, and a {@code STAGE.safetensors} for each recorded stage. A
 * video's frames are named from the directory that the case is in.
 */
final class GoldenCase {

    static final String FILE = "case.json";

    private static final Map<String, Task> TASKS = new TreeMap<>(Map.of("RES", Task.REFERRING, "ReasonSeg", Task.REASONING,
            "R-VOS", Task.REFERRING, "ReVOS", Task.REASONING));
    private static final Set<String> VIDEO_TASKS = Set.of("R-VOS", "ReVOS");

    private final Path directory;
    private final JsonNode description;
    private final Map<String, TensorFile> stages = new HashMap<>();

    private GoldenCase(Path directory, JsonNode description) {
        this.directory = directory;
        this.description = description;
    }

    /** @throws IOException if the directory holds no case */
    static GoldenCase open(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new IOException(directory + " is no case: it has no " + FILE);
        }
        try {
            GoldenCase golden = new GoldenCase(directory, new ObjectMapper().readTree(file.toFile()));
            String task = golden.text("task");
            if (!TASKS.containsKey(task)) {
                throw new IOException(file + ": task is " + task + ", expected one of " + TASKS.keySet());
            }
            return golden;
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is malformed: " + e.getOriginalMessage(), e);
        }
    }

    Medium medium() throws IOException {
        return VIDEO_TASKS.contains(text("task")) ? Medium.VIDEO : Medium.IMAGE;
    }

    boolean isVideo() throws IOException {
        return medium() == Medium.VIDEO;
    }

    /** One instruction for each picture; for a video one. */
    List<Instruction> instructions() throws IOException {
        if (isVideo()) {
            return List.of(videoInstruction());
        }
        JsonNode sentences = required("sentences");
        List<Instruction> instructions = new ArrayList<>();
        if (!description.has("images")) {
            instructions.add(instruction(sentences));
        } else {
            for (JsonNode item : sentences) {
                instructions.add(instruction(item));
            }
        }
        if (instructions.size() != images().size()) {
            throw wrong("sentences", "for " + instructions.size() + " pictures", "for " + images().size());
        }
        return instructions;
    }

    /** Of several objects, each with a sentence or several, the one in question; or a single sentence. */
    private Instruction videoInstruction() throws IOException {
        JsonNode expressions = required("expressions");
        JsonNode own = expressions.isArray() ? expressions.get(index("object", expressions.size())) : expressions;
        return own.isTextual() ? new Instruction(TASKS.get(text("task")), List.of(own.textValue())) : instruction(own);
    }

    private Instruction instruction(JsonNode sentences) throws IOException {
        List<String> texts = new ArrayList<>();
        for (JsonNode sentence : sentences) {
            texts.add(sentence.isTextual() ? sentence.textValue() : "");
        }
        if (!sentences.isArray() || texts.isEmpty()) {
            throw wrong("sentences", sentences.toString(), "a list of sentences for each picture");
        }
        return new Instruction(TASKS.get(text("task")), texts);
    }

    /** What is segmented: pictures, or the key frame of a video. */
    List<Path> images() throws IOException {
        if (isVideo()) {
            return List.of(frames().get(key()));
        }
        if (!description.has("images")) {
            return List.of(image(required("image")));
        }
        List<Path> files = new ArrayList<>();
        for (JsonNode name : description.get("images")) {
            files.add(image(name));
        }
        return files;
    }

    private Path image(JsonNode name) throws IOException {
        try {
            return directory.resolve(name.asText());
        } catch (InvalidPathException e) {
            throw wrong("image", name.toString(), "the name of a file");
        }
    }

    /** All frames of a video. */
    List<Path> frames() throws IOException {
        List<Path> files = new ArrayList<>();
        for (JsonNode name : required("frames")) {
            try {
                files.add(directory.toAbsolutePath().normalize().resolveSibling(name.asText()));
            } catch (InvalidPathException e) {
                throw wrong("frames", name.toString(), "the name of a file");
            }
        }
        return files;
    }

    /** Place of the key frame among the frames. */
    int key() throws IOException {
        return index("frame", frames().size());
    }

    /** Places of the key frame's references, as the official code had them. */
    List<Integer> references() throws IOException {
        List<Integer> references = new ArrayList<>();
        int frames = frames().size();
        for (JsonNode reference : required("reference_frames")) {
            references.add(index("reference_frames", reference, frames));
        }
        return references;
    }

    ReferenceFrames referenceChoice() throws IOException {
        return ReferenceFrames.around(index("reference_frame_num", ReferenceFrames.MOST + 1));
    }

    /** What SigLIP sees: the pictures, of a video then the references. */
    List<Path> clipImages() throws IOException {
        List<Path> files = new ArrayList<>(images());
        if (isVideo()) {
            List<Path> frames = frames();
            references().forEach(reference -> files.add(frames.get(reference)));
        }
        return files;
    }

    /** Whether the official code's two decoders saw the same picture. */
    boolean decodersAgree() {
        return description.path("two_decoders_agree").asBoolean(true);
    }

    /** An index into {@code count} things. */
    int index(String field, int count) throws IOException {
        return index(field, required(field), count);
    }

    private int index(String field, JsonNode node, int count) throws IOException {
        if (!node.isIntegralNumber() || node.asLong() < 0 || node.asLong() >= count) {
            throw wrong(field, node.toString(), "0 to " + (count - 1));
        }
        return node.intValue();
    }

    private TensorFile stage(String name) {
        return stages.computeIfAbsent(name, stage -> new TensorFile(directory.resolve(stage + ".safetensors")));
    }

    /** Names of a stage's tensors; none if the stage was not recorded. */
    Set<String> names(String stage) throws IOException {
        return stage(stage).names();
    }

    /** Whether a stage's tensors were all recorded. */
    boolean holds(String stage, String... tensors) throws IOException {
        return names(stage).containsAll(Set.of(tensors));
    }

    /** A tensor, if it was recorded. */
    Optional<GoldenTensor> find(String stage, String name) throws IOException {
        return stage(stage).find(name);
    }

    /** @throws IOException if it was not recorded */
    GoldenTensor get(String stage, String name) throws IOException {
        return stage(stage).get(name);
    }

    private String text(String field) throws IOException {
        return required(field).asText();
    }

    private IOException wrong(String field, String found, String expected) {
        return new IOException(directory.resolve(FILE) + ": " + field + " is " + found + ", expected " + expected);
    }

    private JsonNode required(String field) throws IOException {
        JsonNode node = description.get(field);
        if (node == null) {
            throw new IOException(directory.resolve(FILE) + " has no field " + field);
        }
        return node;
    }
}
