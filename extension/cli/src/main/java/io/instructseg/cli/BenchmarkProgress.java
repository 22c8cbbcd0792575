package io.instructseg.cli;

import java.io.PrintWriter;

import io.instructseg.cli.benchmark.Watcher;

/** Shows a benchmark's progress. */
record BenchmarkProgress(Progress progress, PrintWriter err) implements Watcher {

    @Override
    public void step(String name) {
        progress.step(name);
    }

    @Override
    public void update(String name, long done, long total) {
        progress.updateRequests(name, done, total);
    }

    @Override
    public void tell(String line) {
        err.println(line);
        err.flush();
    }
}
