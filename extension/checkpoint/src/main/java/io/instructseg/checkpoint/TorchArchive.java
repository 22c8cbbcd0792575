package io.instructseg.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The zip archives of {@code torch.save} (since PyTorch 1.6): under one prefix, {@code data.pkl} describes the tensors as
 * views into storages, and {@code data/KEY} holds the bytes of a storage.
 */
final class TorchArchive {

    private static final String PICKLE = "/data.pkl";
    private static final int LONGEST_PICKLE = 64 << 20;
    private static final int LONGEST_BYTE_ORDER = 16;
    /** A pickle of the number 0x1950a86a20f9469cfc6c, with which {@code torch.save} began before. */
    private static final byte[] LEGACY_MAGIC = HexFormat.of().parseHex("80028a0a6cfc9c46f9206aa85019");

    private final WeightFile file;
    private final ZipArchive zip;
    private final String prefix;
    private final Problems problems;

    private TorchArchive(WeightFile file, ZipArchive zip, String prefix) {
        this.file = file;
        this.zip = zip;
        this.prefix = prefix;
        this.problems = new Problems(file.path());
    }

    /** The tensors of a file, in the order of its state dict. */
    static Map<String, StridedView> read(WeightFile file) throws IOException {
        refuseLegacy(file);
        ZipArchive zip = ZipArchive.read(file);
        TorchArchive archive = new TorchArchive(file, zip, findPrefix(file, zip));
        archive.requireWeights();
        return archive.readTensors();
    }

    private static void refuseLegacy(WeightFile file) throws IOException {
        int length = (int) Math.min(LEGACY_MAGIC.length, file.size());
        if (Arrays.equals(file.read(0, length).array(), LEGACY_MAGIC)) {
            throw file.error("written by torch.save in its legacy format, expected a zip archive: load and save it with "
                    + "PyTorch 1.6 or later");
        }
    }

    private static String findPrefix(WeightFile file, ZipArchive zip) throws CheckpointException {
        List<String> found = zip.entries().stream().map(ZipArchive.Entry::name)
                .filter(name -> name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()).toList();
        if (found.size() != 1) {
            throw file.error("a zip archive with " + found.size() + " entries PREFIX" + PICKLE
                    + ", expected one as torch.save writes it");
        }
        return found.get(0).substring(0, found.get(0).length() - PICKLE.length());
    }

    private void requireWeights() throws IOException {
        if (zip.entry(prefix + "/constants.pkl") != null) {
            throw file.error("a TorchScript program, expected a state dict as torch.save writes it");
        }
        ZipArchive.Entry byteOrder = zip.entry(prefix + "/byteorder");
        if (byteOrder != null) {
            String order = new String(zip.bytes(byteOrder, LONGEST_BYTE_ORDER).array(), StandardCharsets.US_ASCII);
            if (!order.equals("little")) {
                throw file.error("byte order " + CheckpointException.quote(order) + ", expected 'little'");
            }
        }
    }

    private Map<String, StridedView> readTensors() throws IOException {
        ByteBuffer pickle = zip.bytes(zip.entry(prefix + PICKLE), LONGEST_PICKLE);
        Object root = Unpickler.load(new PickleInput(file, pickle));
        if (!(root instanceof PickleDict stateDict)) {
            throw file.error("the pickle holds " + PickleStack.describe(root) + ", expected a dict of tensors");
        }
        Map<String, StridedView> tensors = new LinkedHashMap<>();
        stateDict.values().forEach((name, value) -> {
            if (value instanceof PickledTensor tensor) {
                tensors.put(name, locate(name, tensor));
            } else {
                problems.add("value " + CheckpointException.quote(name) + " is " + PickleStack.describe(value)
                        + ", expected a tensor");
            }
        });
        problems.throwIfAny();
        return tensors;
    }

    /** Where the tensor lies, or null and a problem. */
    private StridedView locate(String name, PickledTensor tensor) {
        PickledTensor.Storage storage = tensor.storage();
        String problem = storageProblem(storage);
        if (problem == null) {
            problem = viewProblem(tensor);
        }
        if (problem != null) {
            problems.add("tensor " + CheckpointException.quote(name) + ": " + problem);
            return null;
        }
        long first = TensorInfo.elements(tensor.shape()) == 0 ? 0 : tensor.offset();
        return new StridedView(storage.dataType(), tensor.shape(), tensor.strides(),
                storageEntry(storage).start() + first * storage.dataType().byteSize());
    }

    private ZipArchive.Entry storageEntry(PickledTensor.Storage storage) {
        return zip.entry(prefix + "/data/" + storage.key());
    }

    private String storageProblem(PickledTensor.Storage storage) {
        ZipArchive.Entry entry = storageEntry(storage);
        if (entry == null) {
            return "no storage " + CheckpointException.quote(storage.key()) + " in the archive";
        }
        if (StridedView.bytes(storage.dataType(), List.of(storage.elements())) != entry.size()) {
            return "storage " + CheckpointException.quote(storage.key()) + " has " + entry.size() + " bytes, expected "
                    + storage.elements() + " elements of " + storage.dataType();
        }
        return null;
    }

    /**
     * A view must lie inside of its storage. Nor must it have more elements, as a view that repeats some can: a small
     * file would then be read for ever.
     */
    private static String viewProblem(PickledTensor tensor) {
        long available = tensor.storage().elements();
        String view = "shape " + tensor.shape() + ", stride " + tensor.strides() + ", offset " + tensor.offset();
        if (tensor.shape().size() != tensor.strides().size() || tensor.offset() < 0
                || StridedView.bytes(tensor.storage().dataType(), tensor.shape()) < 0
                || tensor.strides().stream().anyMatch(stride -> stride < 0)) {
            return view + ": not a tensor";
        }
        if (TensorInfo.elements(tensor.shape()) == 0) {
            return null;
        }
        try {
            long last = tensor.offset();
            for (int d = 0; d < tensor.shape().size(); d++) {
                last = Math.addExact(last, Math.multiplyExact(tensor.shape().get(d) - 1, tensor.strides().get(d)));
            }
            return last < available && TensorInfo.elements(tensor.shape()) <= available ? null
                    : view + ": outside of or larger than its storage of " + available + " elements";
        } catch (ArithmeticException e) {
            return view + ": overflows";
        }
    }
}
