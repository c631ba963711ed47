package org.jdmtcp.tools.agent;

/**
 * What a tool says, on standard error; nothing unless there is a reason, since that stream is the program's.
 *
 * @param tool its name
 * @param quiet how often {@code --quiet} was given: once for no information, twice for no warnings
 */
public record Voice(String tool, int quiet) {
    public void info(final String text) {
        if (quiet < 1) {
            say(text);
        }
    }

    public void warn(final String text) {
        if (quiet < 2) {
            say(text);
        }
    }

    public void error(final String text) {
        say(text);
    }

    private void say(final String text) {
        System.err.println(tool + ": " + text);
    }
}
