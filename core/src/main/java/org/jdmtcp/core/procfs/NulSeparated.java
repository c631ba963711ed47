package org.jdmtcp.core.procfs;

import java.util.ArrayList;
import java.util.List;

/** Byte strings that each end in a NUL, as in cmdline and environ. */
final class NulSeparated {
    private NulSeparated() {}

    /** The last one may lack its NUL: programs overwrite this memory to change the title that ps shows. */
    static List<String> parse(ByteText text) {
        List<String> found = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int nul = text.indexOf(0, from);
            int to = nul < 0 ? text.length() : nul;
            found.add(text.slice(from, to));
            from = to + 1;
        }
        return found;
    }
}
