package io.instructseg.quarkus.runtime.rest;

import java.util.List;
import java.util.Map;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.instructseg.engine.Conversation;
import io.instructseg.quarkus.runtime.wire.JsonAnswer;
import io.instructseg.quarkus.runtime.wire.RequestFields;

/** What the endpoint takes and gives, for the host's OpenAPI document alone: no code reads or writes these records. */
final class OpenApi {

    /** A picture of one pixel, so that the example can be tried out. */
    static final String REQUEST = """
            {"image": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
             "sentences": ["the dog", "the upper apple"], "task": "referring", "candidates": "best", "threshold": 0.5}""";
    static final String FORM = """
            {"image": "dog.jpg", "sentences": ["the dog"]}""";
    static final String ANSWER = """
            {"image": {"width": 4, "height": 3, "truncated": false},
             "segmentations": [{"sentence": "the dog", "task": "referring", "found": true, "score": 0.947,
              "mask": {"area": 2, "box": {"x": 1, "y": 0, "width": 1, "height": 2},
               "rle": {"size": [3, 4], "counts": "327"}, "polygons": [[[[1, 0], [2, 0], [2, 2], [1, 2], [1, 0]]]]}}],
             "timings": {"encode_vision": 12.3, "encode_backbone": 45.6}}""";
    static final String BAD_REQUEST = """
            {"status": 400, "title": "Bad Request", "detail": "sentences: found none, expected at least one",
             "field": "sentences"}""";

    static final String NOT_ACCEPTABLE = """
            {"status": 406, "title": "Not Acceptable", "detail": "Accept: found nothing that can be sent, expected \
            application/json, image/png or image/png; view=overlay"}""";
    static final String TOO_LARGE = """
            {"status": 413, "title": "Request Entity Too Large", "detail": "image: the picture has too many pixels: \
            found 10000x10000 = 100000000, the limit is 64000000", "field": "image"}""";
    static final String UNSUPPORTED = """
            {"status": 415, "title": "Unsupported Media Type", "detail": "image: not a picture of a known format: found \
            the first bytes 25 50 44 46, expected JPEG, PNG, WebP, GIF or BMP", "field": "image"}""";
    static final String DAMAGED = """
            {"status": 422, "title": "Unprocessable Content", "detail": "image: damaged PNG: expected an IHDR chunk of 13 \
            bytes first", "field": "image"}""";
    static final String FAILED = """
            {"status": 500, "title": "Internal Server Error", "detail": "stage reason of the model failed"}""";
    static final String BUSY = """
            {"status": 503, "title": "Service Unavailable", "detail": "too many requests wait for the model \
            already, or too many videos are segmented"}""";
    static final String LATE = """
            {"status": 504, "title": "Gateway Timeout", "detail": "the model did not answer in time"}""";

    static final String VIDEO_FORM = """
            {"video": "dog.mp4", "sentences": ["the dog"]}""";
    static final String FRAME = """
            {"index": 0, "time": 0.0, "segmentations": [{"sentence": "the dog", "task": "referring", "found": true,
             "score": 0.947, "mask": {"area": 2, "box": {"x": 1, "y": 0, "width": 1, "height": 2},
             "rle": {"size": [3, 4], "counts": "327"}, "polygons": [[[[1, 0], [2, 0], [2, 2], [1, 2], [1, 0]]]]}}]}""";
    static final String SUMMARY = """
            {"frames": 1, "ended": "complete"}""";
    static final String BROKEN = """
            {"status": 422, "title": "Unprocessable Content", "detail": "video: the video is damaged", "field": "video"}""";
    static final String EVENTS = """
            event: frame
            data: {"index":0,"time":0.0,"segmentations":[{"sentence":"the dog","task":"referring","found":false,\
            "score":0.2,"mask":{"area":0,"box":null,"rle":{"size":[3,4],"counts":"<"},"polygons":[]}}]}

            event: summary
            data: {"frames":1,"ended":"complete"}

            """;
    static final String VIDEO_NOT_ACCEPTABLE = """
            {"status": 406, "title": "Not Acceptable", "detail": "Accept: found nothing that can be sent, expected \
            application/x-ndjson or text/event-stream"}""";
    static final String VIDEO_TOO_LARGE = """
            {"status": 413, "title": "Request Entity Too Large", "detail": "video: the video is too long: found 7200.0 s \
            from where it is read, the limit is 3600.0", "field": "video"}""";
    static final String VIDEO_UNSUPPORTED = """
            {"status": 415, "title": "Unsupported Media Type", "detail": "Content-Type: found application/pdf, expected \
            multipart/form-data, video/* or application/octet-stream"}""";
    static final String VIDEO_DAMAGED = """
            {"status": 422, "title": "Unprocessable Content", "detail": "video: the video is empty: found 0 bytes", \
            "field": "video"}""";

    /** A picture of one pixel, as above. */
    static final String QUESTION = """
            {"image": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
             "question": "What color is it?", "turns": [{"question": "What is on the left?", "answer": "A hammer"}],
             "max_tokens": 40, "temperature": 0.7, "top_k": 50, "top_p": 0.9, "seed": 1, "stop": ["\\n"]}""";
    static final String QUESTION_FORM = """
            {"image": "dog.jpg", "question": "What is on the left?", "max_tokens": 40}""";
    static final String TEXT_ANSWER = """
            {"text": "Yellow", "finish": "end_of_text", "prompt_tokens": 790, "tokens": 1,
             "timings": {"encode_vision": 12.3, "prefill": 45.6, "decode": 7.8}}""";
    static final String TEXT_EVENTS = """
            event: text
            data: {"text":"Yellow"}

            event: summary
            data: {"finish":"end_of_text","prompt_tokens":790,"tokens":1,"timings":{"prefill":45.6,"decode":7.8}}

            """;
    static final String NO_QUESTION = """
            {"status": 400, "title": "Bad Request", "detail": "question: found none, expected words",
             "field": "question"}""";
    static final String ANSWER_NOT_ACCEPTABLE = """
            {"status": 406, "title": "Not Acceptable", "detail": "Accept: found nothing that can be sent, expected \
            application/json or text/event-stream"}""";
    static final String WORDLESS = """
            {"status": 501, "title": "Not Implemented", "detail": "the model has no words"}""";

    private OpenApi() {
    }

    // @formatter:off (which would make one line of each annotation)
    @Schema(name = "InstructSegRequest", description = "A picture, and what to segment in it",
            requiredProperties = { "image", "sentences" })
    record Request(
            @Schema(description = "The picture's file: JPEG, PNG, WebP, GIF or BMP, in base64",
                    format = "byte") String image,
            @Schema(description = "What to segment. Each sentence gets its own answer; the picture is encoded once",
                    minItems = 1, maxItems = RequestFields.MOST_SENTENCES) List<String> sentences,
            @Schema(description = "Whether sentences name what to segment, or imply it; the service's default if absent",
                    enumeration = { "referring", "reasoning" }) String task,
            @Schema(description = "The best mask alone, or those of all of the model's queries, too",
                    enumeration = { "best", "all" }, defaultValue = "best") String candidates,
            @Schema(description = "An answer with a lower score is not found; the service's default if absent",
                    minimum = "0", maximum = "1") Double threshold,
            @Schema(description = "Whether the model explains the mask in words; for one sentence, and reasoning only",
                    defaultValue = "false") Boolean explanation){
    }

    @Schema(name = "InstructSegForm", description = "The fields of InstructSegRequest as parts of a form",
            requiredProperties = { "image", "sentences" })
    record Form(
            @Schema(description = "The picture's file: JPEG, PNG, WebP, GIF or BMP", type = SchemaType.STRING,
                    format = "binary") String image,
            @Schema(description = "What to segment, a part for each sentence", minItems = 1,
                    maxItems = RequestFields.MOST_SENTENCES) List<String> sentences,
            @Schema(enumeration = { "referring", "reasoning" }) String task,
            @Schema(enumeration = { "best", "all" }, defaultValue = "best") String candidates,
            @Schema(minimum = "0", maximum = "1") Double threshold,
            @Schema(defaultValue = "false") Boolean explanation){
    }

    @Schema(name = "InstructSegAnswer", requiredProperties = { "image", "segmentations", "timings" })
    record Answer(Picture image,
            @Schema(description = "An answer for each sentence, in their order") List<Segmented> segmentations,
            @Schema(description = "Milliseconds that each stage of the model took, for all sentences together") Map<String,
                    Double> timings) {
    }

    @Schema(name = "InstructSegPicture", requiredProperties = { "width", "height", "truncated" })
    record Picture(int width, int height,
            @Schema(description = "Whether the file ended before the picture did") boolean truncated) {
    }

    @Schema(name = "InstructSegSegmentation", requiredProperties = { "sentence", "task", "found", "score", "mask" })
    record Segmented(String sentence, @Schema(enumeration = { "referring", "reasoning" }) String task,
            @Schema(description = "Whether the score reaches the threshold; if not, the mask is empty") boolean found,
            @Schema(description = "Of the best candidate", minimum = "0", maximum = "1") double score,
            MaskOf mask,
            @Schema(description = "Why it is this mask; only if it was asked for, and null if the model had no words for it",
                    nullable = true) String explanation,
            @Schema(description = "By falling score; only if all were asked for") List<CandidateOf> candidates){
    }

    @Schema(name = "InstructSegCandidate", requiredProperties = { "query", "score", "mask" })
    record CandidateOf(@Schema(description = "Index of the model's query") int query,
            @Schema(minimum = "0", maximum = "1") double score, MaskOf mask) {
    }

    @Schema(name = "InstructSegMask", requiredProperties = { "area", "box", "rle", "polygons" })
    record MaskOf(@Schema(description = "Number of pixels") long area,
            BoxOf box,
            RunLengths rle,
            @Schema(description = "Coordinates of a GeoJSON MultiPolygon in corners of pixels: rings are closed,"
                    + " exteriors come"
                    + " before their holes. Null for noise of more than " + JsonAnswer.MOST_CORNERS
                    + " corners", nullable = true) List<List<List<List<Integer>>>> polygons) {
    }

    @Schema(name = "InstructSegBox", description = "The smallest box around the mask, in pixels; null if that is empty",
            nullable = true, requiredProperties = { "x", "y", "width", "height" })
    record BoxOf(int x, int y, int width, int height) {
    }

    @Schema(name = "InstructSegRunLengths", description = "COCO's compressed run lengths",
            requiredProperties = { "size", "counts" })
    record RunLengths(@Schema(description = "Height and width", minItems = 2, maxItems = 2) List<Integer> size,
            String counts) {
    }

    @Schema(name = "InstructSegVideoForm", description = "A video, what to segment in it, and in which frames",
            requiredProperties = { "video", "sentences" })
    record VideoForm(
            @Schema(description = "The video's file: MP4, MOV, WebM, MKV or GIF", type = SchemaType.STRING,
                    format = "binary") String video,
            @Schema(description = "What to segment, a part for each sentence. Each gets its own answer; frames are encoded"
                    + " once", minItems = 1, maxItems = RequestFields.MOST_SENTENCES) List<String> sentences,
            @Schema(description = "Whether sentences name what to segment, or imply it; the service's default if absent",
                    enumeration = { "referring", "reasoning" }) String task,
            @Schema(description = "An answer with a lower score is not found; the service's default if absent",
                    minimum = "0", maximum = "1") Double threshold,
            @Schema(description = "Seconds: frames shown then or later", minimum = "0", defaultValue = "0") Double start,
            @Schema(description = "Seconds: frames shown before", minimum = "0") Double end,
            @Schema(description = "Every n-th frame", minimum = "1", defaultValue = "1") Integer stride,
            @Schema(description = "Seconds: one frame in each such time; not together with stride", minimum = "0")
            Double every,
            @Schema(description = "The most frames", minimum = "1") Integer frames,
            @Schema(description = "How many frames around it the model sees with each frame; as in its training if absent",
                    minimum = "0", maximum = "64") Integer references,
            @Schema(description = "Whether these come before it only, which is not what the model was trained with",
                    defaultValue = "false") Boolean causal){
    }

    @Schema(name = "InstructSegFrame", description = "The answers about a frame",
            requiredProperties = { "index", "time", "segmentations" })
    record FrameOf(@Schema(description = "Among the frames that are taken, from 0") int index,
            @Schema(description = "When it is shown, in seconds from the video's first frame") double time,
            @Schema(description = "An answer for each sentence, in their order") List<Segmented> segmentations) {
    }

    @Schema(name = "InstructSegVideoSummary", description = "Stands behind the last frame",
            requiredProperties = { "frames", "ended" })
    record VideoSummary(@Schema(description = "How many were answered") long frames,
            @Schema(enumeration = "complete") String ended) {
    }

    @Schema(name = "InstructSegQuestion", description = "A question, about a picture or about none",
            requiredProperties = "question")
    record QuestionRequest(
            @Schema(description = "The picture's file: JPEG, PNG, WebP, GIF or BMP, in base64", format = "byte") String image,
            @Schema(description = "What to answer") String question,
            @Schema(description = "What was asked and answered before about the same picture, the oldest first",
                    maxItems = Conversation.MOST_TURNS) List<TurnOf> turns,
            @Schema(description = "Where the answer ends at the latest; up to the service's limit", minimum = "1",
                    defaultValue = "256") Integer max_tokens,
            @Schema(description = "0 takes the likeliest token each time; above, one is drawn, the likelier the value is low",
                    minimum = "0", maximum = "100", defaultValue = "0") Double temperature,
            @Schema(description = "Drawn from as many of the likeliest tokens; 0: from all", minimum = "0",
                    defaultValue = "0") Integer top_k,
            @Schema(description = "Drawn from the likeliest tokens that are as probable together", minimum = "0",
                    exclusiveMinimum = true, maximum = "1", defaultValue = "1") Double top_p,
            @Schema(description = "The same seed gives the same answer", defaultValue = "0") Long seed,
            @Schema(description = "Texts that end the answer; they are not part of it", maxItems = 16) List<String> stop){
    }

    @Schema(name = "InstructSegQuestionForm", description = "The fields of InstructSegQuestion as parts of a form",
            requiredProperties = "question")
    record QuestionForm(
            @Schema(description = "The picture's file: JPEG, PNG, WebP, GIF or BMP", type = SchemaType.STRING,
                    format = "binary") String image,
            @Schema(description = "What to answer") String question,
            @Schema(description = "What was asked and answered before: the array as JSON") String turns,
            @Schema(description = "Where the answer ends at the latest; up to the service's limit", minimum = "1",
                    defaultValue = "256") Integer max_tokens,
            @Schema(description = "0 takes the likeliest token each time; above, one is drawn, the likelier the value is low",
                    minimum = "0", maximum = "100", defaultValue = "0") Double temperature,
            @Schema(description = "Drawn from as many of the likeliest tokens; 0: from all", minimum = "0",
                    defaultValue = "0") Integer top_k,
            @Schema(description = "Drawn from the likeliest tokens that are as probable together", minimum = "0",
                    exclusiveMinimum = true, maximum = "1", defaultValue = "1") Double top_p,
            @Schema(description = "The same seed gives the same answer", defaultValue = "0") Long seed,
            @Schema(description = "Texts that end the answer, a part for each", maxItems = 16) List<String> stop){
    }

    @Schema(name = "InstructSegTurn", requiredProperties = { "question", "answer" })
    record TurnOf(String question, String answer) {
    }

    @Schema(name = "InstructSegTextAnswer", requiredProperties = { "text", "finish", "prompt_tokens", "tokens", "timings" })
    record TextAnswer(String text,
            @Schema(description = "Why it ended", enumeration = { "end_of_text", "stop_string", "max_tokens" }) String finish,
            @Schema(description = "Tokens that the model read, the picture's included") int prompt_tokens,
            @Schema(description = "Tokens that the model made") int tokens,
            @Schema(description = "Milliseconds that each stage of the model took, all its runs together") Map<String,
                    Double> timings) {
    }

    @Schema(name = "InstructSegProblem", description = "Problem details (RFC 9457)",
            requiredProperties = { "status", "title", "detail" })
    record Problem(int status, String title, @Schema(description = "What was found and what was expected") String detail,
            @Schema(description = "The wrong field, if it is one: sentences[1]") String field) {
    }
    // @formatter:on
}
