package io.instructseg.engine.text;

/** What is segmented; each medium has the prompts that it was trained with. */
public enum Medium {

    IMAGE("This is an image <temporal>\n<image>\n, please doing %s"
            + " Segmentation according to the following instruction:\n<refer>"),
    VIDEO("There are reference frames and key frame <temporal>\n<image>\n. Please doing %s"
            + " Segmentation according to the following instruction.\nThis is all the instruction: <refer>\n");

    /** What the user says for a mask in an image with an explanation, with placeholders. */
    static final String EXPLAINED_IMAGE = "This is an image <temporal>\n<image>\n, please doing Reasoning"
            + " Segmentation according to the following instruction and explain why:\n<refer>";

    private final String body;

    Medium(String body) {
        this.body = body;
    }

    /** What the user says, with placeholders. */
    String body(Task task) {
        return body.formatted(switch (task) {
            case REFERRING -> "Referring";
            case REASONING -> "Reasoning";
        });
    }
}
