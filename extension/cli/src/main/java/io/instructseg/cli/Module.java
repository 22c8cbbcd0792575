package io.instructseg.cli;

import java.util.List;

/** The modules of InstructSeg, by the names of their weights. */
enum Module {

    BACKBONE("backbone", "model.vision_tower_mask."),
    VISION_ENCODER("vision encoder", "model.vision_tower."),
    PROJECTOR("projector", "model.mm_projector."),
    LANGUAGE_MODEL("language model", "model.layers.", "model.embed_tokens.", "model.final_layernorm.", "lm_head."),
    PERCEIVER("perceiver", "ovp_layers.", "temporal_query"),
    PIXEL_DECODER("pixel decoder", "pixel_decoder."),
    TEXT_FUSION("text fusion", "vmtf_layers.", "text_vmtf_projector.", "origin_SEG_token_projector.",
            "SEG_token_projector.", "local_project."),
    MASK_DECODER("mask decoder", "predictor.", "seg_query"),
    OTHER("other", "");

    private final String label;
    private final List<String> prefixes;

    Module(String label, String... prefixes) {
        this.label = label;
        this.prefixes = List.of(prefixes);
    }

    String label() {
        return label;
    }

    static Module of(String weight) {
        for (Module module : values()) {
            if (module.prefixes.stream().anyMatch(weight::startsWith)) {
                return module;
            }
        }
        return OTHER;
    }
}
