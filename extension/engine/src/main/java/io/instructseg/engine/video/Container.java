package io.instructseg.engine.video;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import io.instructseg.engine.video.VideoException.Kind;

/** The formats that are read, told by their first bytes. Playlists and the like, which name other files, are not among them. */
enum Container {
    MP4("mov"),
    MATROSKA("matroska"),
    GIF("gif");

    /** How many bytes tell. */
    static final int HEAD = 12;

    private static final byte[] EBML = { 0x1a, 0x45, (byte) 0xdf, (byte) 0xa3 };
    /** Types of the first box of MP4 and of QuickTime files, which need not begin with {@code ftyp}. */
    private static final List<String> BOXES = List.of("ftyp", "moov", "mdat", "wide", "free", "skip", "pnot");

    private final String demuxer;

    Container(String demuxer) {
        this.demuxer = demuxer;
    }

    /** FFmpeg's name. */
    String demuxer() {
        return demuxer;
    }

    static Container of(byte[] head) throws VideoException {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
            return GIF;
        }
        if (head.length > EBML.length && Arrays.equals(head, 0, EBML.length, EBML, 0, EBML.length)) {
            return MATROSKA;
        }
        if (text.length() >= 8 && BOXES.contains(text.substring(4, 8))) {
            return MP4;
        }
        throw new VideoException(Kind.UNSUPPORTED, "not a video of a known format: found the first bytes "
                + HexFormat.ofDelimiter(" ").formatHex(head, 0, Math.min(head.length, 8))
                + ", expected MP4, MOV, WebM, MKV or GIF");
    }
}
