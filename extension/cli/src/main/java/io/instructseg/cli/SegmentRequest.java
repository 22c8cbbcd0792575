package io.instructseg.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.instructseg.engine.Instruction;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.text.Task;

/** What {@code segment} takes for pictures and videos alike. */
record SegmentRequest(String model, Task task, List<String> sentences, SegmentationOptions options, Optional<Path> overlay) {

    /** One for each sentence. */
    List<Instruction> instructions() {
        return sentences.stream().map(sentence -> new Instruction(task, List.of(sentence))).toList();
    }
}
