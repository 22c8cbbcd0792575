package io.instructseg.cli.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.image.Preprocessing;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.session.ModelSession;

/** A case's pictures, from their files, as the model takes them. */
final class CasePictures {

    private final GoldenCase golden;
    private final int clipSize;
    private final int size;

    CasePictures(GoldenCase golden, ModelSession session) {
        this.golden = golden;
        this.clipSize = session.size("CLIP");
        this.size = session.size("S");
    }

    /** SigLIP's bytes {@code [b, s, s, 3]}; of a video the key frame and then its references. */
    HostTensor clipPixels() throws IOException {
        List<RgbImage> resized = new ArrayList<>();
        for (Path file : golden.clipImages()) {
            resized.add(Preprocessing.siglipInput(decode(file), clipSize));
        }
        return bytes(resized, clipSize);
    }

    /** The backbone's padded bytes {@code [b, s, s, 3]}. */
    HostTensor backbonePixels() throws IOException {
        List<RgbImage> padded = new ArrayList<>();
        for (Path file : golden.images()) {
            padded.add(Preprocessing.backboneInput(decode(file), size).image());
        }
        return bytes(padded, size);
    }

    /** The picture whose mask was recorded: the first one, or the key frame. */
    RgbImage first() throws IOException {
        return decode(golden.images().get(0));
    }

    private static RgbImage decode(Path file) throws IOException {
        return ImageDecoder.decode(file, ImageLimits.DEFAULT).image();
    }

    private static HostTensor bytes(List<RgbImage> pictures, int side) {
        byte[] all = new byte[pictures.size() * side * side * 3];
        for (int i = 0; i < pictures.size(); i++) {
            System.arraycopy(pictures.get(i).pixels(), 0, all, i * side * side * 3, side * side * 3);
        }
        return HostTensor.bytes(all, pictures.size(), side, side, 3);
    }
}
