package io.instructseg.engine.image;

/**
 * Decodes a VP8 key frame, which is what lossy WebP holds (RFC 6386), to the RGB bytes that libwebp gives by default.
 * Refuses what libwebp refuses, data that end early among it.
 */
final class Vp8Decoder {

    private static final int MACROBLOCK = 16;
    private static final int CHROMA_BLOCK = 8;

    /** Set in {@link #filters} where the edges within the macroblock are filtered, too. */
    private static final int INNER = 8;

    private final Vp8FrameHeader header;
    private final int columns;
    private final int rows;
    private final Vp8BoolDecoder first;
    private final Vp8BoolDecoder[] partitions;
    private final Vp8Quantizer[] quantizers;
    private final Vp8FilterStrengths strengths;
    private final Vp8Modes modes;
    private final Vp8Coefficients coefficients;
    private final Vp8SubblockPrediction subblocks = new Vp8SubblockPrediction();
    private final Vp8Plane y;
    private final Vp8Plane u;
    private final Vp8Plane v;
    /** Of each macroblock the entry of the strengths, and {@link #INNER}. */
    private final byte[] filters;

    private Vp8Decoder(byte[] data, int end, Vp8FrameHeader header) throws ImageException {
        this.header = header;
        columns = (header.width() + MACROBLOCK - 1) / MACROBLOCK;
        rows = (header.height() + MACROBLOCK - 1) / MACROBLOCK;
        first = new Vp8BoolDecoder(data, header.modesStart(), header.modesEnd());
        first.number(2); // color space and clamping, which libwebp ignores
        Vp8Segments segments = Vp8Segments.read(first);
        strengths = Vp8FilterStrengths.read(first, segments);
        partitions = partitions(data, header.modesEnd(), end, 1 << first.number(2));
        quantizers = Vp8Quantizer.read(first, segments);
        first.flag(); // whether the probabilities outlive the frame
        int[] probabilities = Vp8Probabilities.readCoefficients(first);
        modes = new Vp8Modes(first, segments, columns);
        coefficients = new Vp8Coefficients(probabilities, columns);
        requireMore(first);
        y = new Vp8Plane(columns * MACROBLOCK, rows * MACROBLOCK);
        u = new Vp8Plane(columns * CHROMA_BLOCK, rows * CHROMA_BLOCK);
        v = new Vp8Plane(columns * CHROMA_BLOCK, rows * CHROMA_BLOCK);
        filters = new byte[columns * rows];
    }

    /**
     * Decodes the frame that starts at {@code from}.
     *
     * @param size its bytes as its chunk states them
     * @param end where the data ends: libwebp reads the chunk's padding, too
     * @throws ImageException if it is no key frame, damaged, or larger than the limits
     */
    static RgbImage decode(byte[] data, int from, int size, int end, ImageLimits limits) throws ImageException {
        Vp8FrameHeader header = Vp8FrameHeader.read(data, from, size);
        limits.checkSize(header.width(), header.height());
        Vp8Decoder decoder = new Vp8Decoder(data, end, header);
        decoder.reconstruct();
        decoder.filter();
        return Vp8Rgb.convert(decoder.y, decoder.u, decoder.v, header.width(), header.height());
    }

    /** The partitions with the coefficients; all but the last state their size (RFC 6386, section 9.5). */
    private static Vp8BoolDecoder[] partitions(byte[] data, int from, int end, int count) throws ImageException {
        int start = from + 3 * (count - 1);
        Vp8BoolDecoder[] partitions = new Vp8BoolDecoder[count];
        for (int i = 0; i < count && start < end; i++) {
            int left = end - start;
            int size = i == count - 1 ? left : Math.min(Vp8FrameHeader.littleEndian(data, from + 3 * i, 3), left);
            partitions[i] = new Vp8BoolDecoder(data, start, start + size);
            start += size;
        }
        if (partitions[count - 1] == null) {
            throw new ImageException("damaged WebP: the data ends before the last of " + count + " partitions");
        }
        return partitions;
    }

    private void requireMore(Vp8BoolDecoder in) throws ImageException {
        if (in.exhausted()) {
            throw new ImageException("damaged WebP: the data ends before the picture of " + header.width() + "x"
                    + header.height() + " does");
        }
    }

    private void reconstruct() throws ImageException {
        for (int row = 0; row < rows; row++) {
            Vp8BoolDecoder partition = partitions[row % partitions.length];
            modes.startRow();
            coefficients.startRow();
            for (int column = 0; column < columns; column++) {
                modes.read(column);
                requireMore(first);
                readCoefficients(partition, column, row);
                requireMore(partition);
                predict(column, row);
            }
            y.extendRight(row * MACROBLOCK + MACROBLOCK - 1);
        }
    }

    private void readCoefficients(Vp8BoolDecoder partition, int column, int row) {
        boolean some = false;
        if (modes.skipped()) {
            coefficients.skip(column, modes.split());
        } else {
            some = coefficients.read(partition, column, modes.split(), quantizers[modes.segment()]);
        }
        int strength = 2 * modes.segment() + (modes.split() ? 1 : 0);
        filters[row * columns + column] = (byte) (strength + (some || modes.split() ? INNER : 0));
    }

    private void predict(int column, int row) {
        if (modes.split()) {
            predictSubblocks(column, row);
        } else {
            Vp8Prediction.predict(modes.luma(), y, column * MACROBLOCK, row * MACROBLOCK, MACROBLOCK);
            for (int block = 0; block < 16; block++) {
                addResidual(block, y, y.at(column * MACROBLOCK + block % 4 * 4, row * MACROBLOCK + block / 4 * 4));
            }
        }
        predictChroma(u, 16, column * CHROMA_BLOCK, row * CHROMA_BLOCK);
        predictChroma(v, 20, column * CHROMA_BLOCK, row * CHROMA_BLOCK);
    }

    private void predictSubblocks(int column, int row) {
        int x = column * MACROBLOCK;
        int top = row * MACROBLOCK;
        for (int block = 0; block < 16; block++) {
            int at = y.at(x + block % 4 * 4, top + block / 4 * 4);
            // what is right of the macroblock is not decoded yet but for the row above it
            int aboveRight = block % 4 == 3 ? y.at(x + MACROBLOCK, top - 1) : at - y.stride() + 4;
            subblocks.predict(modes.subblock(block), y, at, aboveRight);
            addResidual(block, y, at);
        }
    }

    private void predictChroma(Vp8Plane plane, int firstBlock, int x, int top) {
        Vp8Prediction.predict(modes.chroma(), plane, x, top, CHROMA_BLOCK);
        for (int i = 0; i < 4; i++) {
            addResidual(firstBlock + i, plane, plane.at(x + i % 2 * 4, top + i / 2 * 4));
        }
    }

    private void addResidual(int block, Vp8Plane plane, int at) {
        int from = block * Vp8InverseTransform.BLOCK;
        if (coefficients.hasAc(block)) {
            Vp8InverseTransform.addInverseDct(coefficients.values(), from, plane.samples(), at, plane.stride());
        } else if (coefficients.hasDc(block)) {
            Vp8InverseTransform.addDc(coefficients.values()[from], plane.samples(), at, plane.stride());
        }
    }

    private void filter() {
        Vp8LoopFilter filter = new Vp8LoopFilter(strengths, y, u, v);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int entry = filters[row * columns + column];
                filter.filter(column, row, entry % INNER, entry >= INNER);
            }
        }
    }
}
