package io.instructseg.conversion;

/** Told while a conversion goes on, on the converting thread. */
@FunctionalInterface
public interface ConversionListener {

    /**
     * @param step what is being done, for a person to read
     * @param done of the step, in bytes of the checkpoint
     * @param total of the step
     */
    void progress(String step, long done, long total);
}
