package org.jdmtcp.tools.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Who runs a story. Run by root, the ordinary user is uid 1000 by setpriv; otherwise it is whoever runs the tests. */
enum Account {
    ROOT,
    ORDINARY;

    static final int ORDINARY_ID = 1000;

    static boolean testsRunAsRoot() {
        try {
            return ((Integer) 0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new AssertionError("whose is /proc/self?", e);
        }
    }

    void assumePossible() {
        assumeTrue(this == ORDINARY || testsRunAsRoot(), "needs root: run the tests as root to see this story");
        assumeTrue(
                this == ROOT
                        || Shell.run(as(List.of("test", "-x", Checkout.command("dmtcp_launch"))))
                                        .status()
                                == 0,
                "uid " + ORDINARY_ID + " cannot read this checkout: move it out of a private folder to see this story");
    }

    /** The command, run under this account, with the signals that a shell ignores for its background jobs not ignored. */
    List<String> as(List<String> command) {
        List<String> all = new ArrayList<>(List.of("env", "--default-signal=INT,QUIT"));
        if (changesUser()) {
            String id = Integer.toString(ORDINARY_ID);
            all.addAll(List.of("setpriv", "--reuid", id, "--regid", id, "--clear-groups", "--"));
        }
        all.addAll(command);
        return all;
    }

    /** Makes a file or folder this account's own. */
    void own(Path path) {
        if (changesUser()) {
            try {
                Files.setAttribute(path, "unix:uid", ORDINARY_ID);
                Files.setAttribute(path, "unix:gid", ORDINARY_ID);
            } catch (IOException e) {
                throw new AssertionError("chown " + path, e);
            }
        }
    }

    private boolean changesUser() {
        return this == ORDINARY && testsRunAsRoot();
    }
}
