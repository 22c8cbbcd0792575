package io.instructseg.conversion;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VersionDef;

import io.instructseg.format.VariablesFormat;
import io.instructseg.model.graph.Weight;

/**
 * The variables of a SavedModel as TensorFlow's checkpoint of the prefix {@code variables} (TensorFlow's
 * {@code tensor_bundle.h}): a file of all elements, and an index of names, shapes and places. TensorFlow's own operations want
 * whole tensors in memory; here they are written in pieces, several at once. Each begins where TensorFlow can use it when the
 * file is mapped; what lies between two is zero.
 */
final class TensorBundle implements Closeable {

    private final Path model;
    private final FileChannel data;
    private final Map<Weight, Place> places = new HashMap<>();

    /** Where a tensor lies, and the checksum of what of it is written. */
    private static final class Place {
        final long start;
        final CRC32C checksum = new CRC32C();
        long written;

        Place(long start) {
            this.start = start;
        }
    }

    /**
     * @param model the SavedModel's directory, which has none of its weights yet
     * @param weights in the order in which they will lie in the file
     */
    TensorBundle(Path model, Collection<Weight> weights) throws IOException {
        this.model = model;
        // not its parents: a conversion that is interrupted has deleted them
        Files.createDirectory(VariablesFormat.directory(model));
        this.data = FileChannel.open(VariablesFormat.data(model), StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE);
        long start = 0;
        for (Weight weight : weights) {
            places.put(weight, new Place(start));
            start = aligned(start + weight.bytes());
        }
    }

    private static long aligned(long position) {
        return (position + VariablesFormat.ALIGNMENT - 1) / VariablesFormat.ALIGNMENT * VariablesFormat.ALIGNMENT;
    }

    /**
     * Writes the next elements of a weight; of different weights also at once.
     *
     * @param elements in the variable's precision and layout, backed by an array
     */
    void append(Weight weight, ByteBuffer elements) throws IOException {
        Place place = places.get(weight);
        place.checksum.update(elements.duplicate());
        while (elements.hasRemaining()) {
            place.written += data.write(elements, place.start + place.written);
        }
    }

    /** Writes the index, when all elements are there. */
    void finish() throws IOException {
        data.force(true);
        SortedMap<String, byte[]> entries = new TreeMap<>();
        entries.put("", BundleHeaderProto.newBuilder().setNumShards(1)
                .setVersion(VersionDef.newBuilder().setProducer(1)).build().toByteArray());
        places.forEach((weight, place) -> entries.put(weight.name(), entry(weight, place).toByteArray()));
        Files.write(VariablesFormat.index(model), SortedTable.of(entries));
    }

    private static BundleEntryProto entry(Weight weight, Place place) {
        if (place.written != weight.bytes()) {
            throw new IllegalStateException(weight + " has " + place.written + " bytes");
        }
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        weight.shape().forEach(size -> shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size)));
        return BundleEntryProto.newBuilder().setDtype(dataType(weight)).setShape(shape).setOffset(place.start)
                .setSize(place.written).setCrc32C(VariablesFormat.mask(place.checksum)).build();
    }

    private static DataType dataType(Weight weight) {
        return switch (weight.precision()) {
            case FLOAT32 -> DataType.DT_FLOAT;
            case BFLOAT16 -> DataType.DT_BFLOAT16;
            case FLOAT16 -> DataType.DT_HALF;
        };
    }

    @Override
    public void close() throws IOException {
        data.close();
    }
}
