package io.instructseg.conversion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * What of PEFT's {@code adapter_config.json} decides how an adapter is merged. Options that change the arithmetic in another
 * way than these are refused by name, as are those that restrict it to layers (which PEFT's versions read differently) and
 * whatever is set and not known.
 *
 * @param rank rows of A, columns of B
 * @param scale factor of their product
 * @param assumed whether rank and scale are not configured
 * @param targets modules that have an adapter
 * @param excluded those of them that have none
 */
record AdapterConfig(int rank, double scale, boolean assumed, ModuleSelection targets, ModuleSelection excluded) {

    static final String FILE = "adapter_config.json";

    /** The official training's and merging scripts' defaults, which name them on the command line only. */
    static final AdapterConfig OFFICIAL = new AdapterConfig(8, 2, true, ModuleSelection.NONE, ModuleSelection.NONE);

    private static final int MAX_RANK = 4096;

    /** What is read, and what only matters to a training. */
    private static final Set<String> KNOWN = Set.of("r", "lora_alpha", "use_rslora", "target_modules", "peft_type", "bias",
            "init_lora_weights", "auto_mapping", "base_model_name_or_path", "inference_mode", "exclude_modules",
            "lora_dropout", "megatron_core", "peft_version", "revision", "task_type", "qalora_group_size");

    static AdapterConfig read(Path file) throws IOException {
        ConfigFile config = ConfigFile.readIfPresent(file);
        config.expect("peft_type", "LORA");
        config.expect("bias", "none");
        for (String name : config.names()) {
            if (!KNOWN.contains(name) && config.isSet(name)) {
                throw new ConversionException(file + ": " + name + " is set, which can't be merged here");
            }
        }
        // others (pissa, olora, loftq..) change the base's weights, too
        config.expectOneOf("init_lora_weights", true, false, "gaussian");
        config.expectOneOf("use_rslora", true, false);
        int rank = config.integer("r").orElseThrow(() -> missing(file, "r"));
        double alpha = config.number("lora_alpha").orElseThrow(() -> missing(file, "lora_alpha"));
        if (rank < 1 || rank > MAX_RANK) {
            throw new ConversionException(file + ": r is " + rank + ", expected 1 to " + MAX_RANK);
        }
        return new AdapterConfig(rank, alpha / (config.isSet("use_rslora") ? Math.sqrt(rank) : rank), false,
                ModuleSelection.read(config, "target_modules"), ModuleSelection.read(config, "exclude_modules"));
    }

    /** Whether PEFT gives such a module A and B. */
    boolean adapts(String module) throws ConversionException {
        return targets.contains(module) && !excluded.contains(module);
    }

    private static ConversionException missing(Path file, String name) {
        return new ConversionException(file + " is missing, or has no " + name);
    }
}
