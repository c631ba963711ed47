package org.jdmtcp.tools.it;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this checkout's commands and test programs are: above the folder that the tests run in. */
final class Checkout {
    static final Path ROOT = root();

    private Checkout() {}

    static String command(String name) {
        return ROOT.resolve("bin").resolve(name).toString();
    }

    static Path testApp(String name) {
        return ROOT.resolve("test-apps").resolve(name);
    }

    private static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve("bin/dmtcp_launch")) || Files.isDirectory(at.resolve("test-apps/c"))) {
                return at;
            }
        }
        throw new AssertionError("no folder above " + Path.of("").toAbsolutePath() + " has bin/dmtcp_launch");
    }
}
