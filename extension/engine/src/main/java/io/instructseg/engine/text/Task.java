package io.instructseg.engine.text;

/** The four tasks of instructed visual segmentation (section 3.1 of the paper); each has the prompt it was trained with. */
public enum Task {

    /** RES: a picture and sentences that name the object. */
    REFERRING(image("Referring")),
    /** ReasonSeg: a picture and a question that implies the object. */
    REASONING(image("Reasoning")),
    /** R-VOS: a video and sentences that name the object. */
    VIDEO_REFERRING(video("Referring")),
    /** ReVOS: a video and a question that implies the object. */
    VIDEO_REASONING(video("Reasoning"));

    private final String body;

    Task(String body) {
        this.body = body;
    }

    /** What the user says, with placeholders. */
    String body() {
        return body;
    }

    private static String image(String kind) {
        return "This is an image <temporal>\n<image>\n, please doing " + kind
                + " Segmentation according to the following instruction:\n<refer>";
    }

    private static String video(String kind) {
        return "There are reference frames and key frame <temporal>\n<image>\n. Please doing " + kind
                + " Segmentation according to the following instruction.\nThis is all the instruction: <refer>\n";
    }
}
