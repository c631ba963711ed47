package org.jdmtcp.tools.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A dmtcp_launch or dmtcp_restart that runs, with what it and its program write. */
record Launched(Process process, Path out, Path err) {
    int pid() {
        return (int) process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String stdout() {
        return text(out);
    }

    String stderr() {
        return text(err);
    }

    /** Its exit status, once it has ended. */
    int status() {
        try {
            if (!process.waitFor(Await.LONG.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("has not ended: " + describe());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void signal(String name) {
        Shell.run(java.util.List.of("kill", "-" + name, Integer.toString(pid())));
    }

    String describe() {
        return "pid " + pid() + (isAlive() ? " runs" : " ended with " + process.exitValue()) + "\nstdout: " + stdout()
                + "\nstderr: " + stderr();
    }

    private static String text(Path file) {
        try {
            return Shell.text(file);
        } catch (IOException e) {
            throw new AssertionError("reading " + file, e);
        }
    }
}
