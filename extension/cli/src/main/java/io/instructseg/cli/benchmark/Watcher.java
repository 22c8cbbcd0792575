package io.instructseg.cli.benchmark;

/** Is told how far a benchmark has come. */
public interface Watcher {

    /** A step begins whose length is not known. */
    void step(String name);

    /** How far a step has come, in requests. */
    void update(String name, long done, long total);

    /** Something to know at once. */
    void tell(String line);
}
