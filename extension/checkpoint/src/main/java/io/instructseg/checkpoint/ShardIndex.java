package io.instructseg.checkpoint;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

import com.fasterxml.jackson.core.JsonToken;

/** A {@code *.index.json}: which weight file of the same directory holds which tensor. */
final class ShardIndex {

    private static final String WEIGHT_MAP = "weight_map";
    private static final long LONGEST = 64 << 20;
    private static final int MOST_SHARDS = 1000;

    private final WeightFile file;
    private final Map<String, String> shardOfTensor = new HashMap<>();
    private final SortedSet<String> shards = new TreeSet<>();

    private ShardIndex(WeightFile file) {
        this.file = file;
    }

    static ShardIndex read(WeightFile file) throws IOException {
        if (file.size() > LONGEST) {
            throw file.error("an index of " + file.size() + " bytes, expected at most " + LONGEST);
        }
        ShardIndex index = new ShardIndex(file);
        StrictJson.readObject(file, 0, file.size(), (key, parser) -> {
            if (key.equals(WEIGHT_MAP)) {
                StrictJson.readMembers(parser, (tensor, value) -> {
                    StrictJson.expect(value, JsonToken.VALUE_STRING);
                    index.add(tensor, value.getText());
                });
            } else {
                parser.skipChildren();
            }
        });
        if (index.shards.isEmpty()) {
            throw file.error("no tensors in '" + WEIGHT_MAP + "'");
        }
        return index;
    }

    private void add(String tensor, String shard) throws CheckpointException {
        shardOfTensor.put(tensor, shard);
        shards.add(shard);
        if (shardOfTensor.size() > StrictJson.MOST_TENSORS || shards.size() > MOST_SHARDS) {
            throw file.error("more than " + StrictJson.MOST_TENSORS + " tensors or " + MOST_SHARDS + " shards");
        }
    }

    /** The names of the weight files, sorted. */
    SortedSet<String> shards() {
        return shards;
    }

    /**
     * Tells which tensors don't lie in the shard that the index names, or in others, too.
     *
     * @param tensorsOfShard the tensors found in each shard
     */
    void compare(Map<String, ? extends Map<String, ?>> tensorsOfShard, Consumer<String> disagreements) {
        shardOfTensor.forEach((tensor, shard) -> {
            if (!tensorsOfShard.get(shard).containsKey(tensor)) {
                disagreements
                        .accept("tensor " + CheckpointException.quote(tensor) + " is not in " + shard + " as the index says");
            }
        });
        tensorsOfShard.forEach((shard, tensors) -> {
            for (String tensor : tensors.keySet()) {
                String expected = shardOfTensor.get(tensor);
                if (!shard.equals(expected)) {
                    disagreements.accept("tensor " + CheckpointException.quote(tensor) + " in " + shard + (expected == null
                            ? " is not in the index"
                            : " is a duplicate: the index expects it in " + expected));
                }
            }
        });
    }
}
