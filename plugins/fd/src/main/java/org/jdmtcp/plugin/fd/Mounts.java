package org.jdmtcp.plugin.fd;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is mounted where, for the agent: lines of {@code /proc/self/mountinfo} ({@code proc_pid_mountinfo(5)}). */
final class Mounts {
    private static final Pattern LINE = Pattern.compile("(\\d+) \\d+ (\\d+:\\d+) \\S+ (\\S+) .*");
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private Mounts() {}

    /** Mount points of a file system, {@code "254:0"}, byte strings. */
    static Stream<String> paths(final String device) {
        return lines().filter(line -> line.group(2).equals(device)).map(line -> unescape(line.group(3)));
    }

    /** The mount point of a mount, as a process sees it. */
    static Optional<String> path(final int mountId) {
        return lines().filter(line -> Integer.parseInt(line.group(1)) == mountId)
                .map(line -> unescape(line.group(3)))
                .findFirst();
    }

    private static Stream<Matcher> lines() {
        return ProcText.lines("/proc/self/mountinfo").map(LINE::matcher).filter(Matcher::matches);
    }

    private static String unescape(final String path) {
        return OCTAL.matcher(path)
                .replaceAll(
                        octal -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
    }
}
