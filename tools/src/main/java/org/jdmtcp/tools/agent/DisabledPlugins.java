package org.jdmtcp.tools.agent;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The installed plugins that dmtcp_launch is to do without. Their options are made of the plugins' ids. */
public final class DisabledPlugins implements QuickOptions {
    static final String ALL = "--disable-all-plugins";
    private static final String BEFORE = "--disable-";
    private static final String BEHIND = "-plugin";
    private static final String PLACEHOLDER = "ID";
    private static final String FORM = BEFORE + PLACEHOLDER + BEHIND;

    @Option(
            names = ALL,
            description =
                    "Do without all installed plugins; those of --with-plugin are used. What nobody claims is refused"
                            + " at a checkpoint.")
    boolean all;

    private final Set<String> ids = new TreeSet<>();

    // Here for --help; dmtcp_plugin list shows the ids.
    @Option(names = FORM, description = "Do without this plugin: fd, socket, shm, timer.")
    boolean wordForWord;

    static String option(final String id) {
        return BEFORE + id + BEHIND;
    }

    @Override
    public boolean takeFlag(final String name) {
        if (name.equals(ALL)) {
            final boolean first = !all;
            all = true;
            return first;
        }
        return id(name).map(ids::add).orElse(false);
    }

    private static Optional<String> id(final String name) {
        final int end = name.length() - BEHIND.length();
        return name.startsWith(BEFORE) && name.endsWith(BEHIND) && end > BEFORE.length()
                ? Optional.of(name.substring(BEFORE.length(), end)).filter(id -> !id.equals(PLACEHOLDER))
                : Optional.empty();
    }

    /** Makes picocli know the options of this kind that are among the arguments; whether they are options it finds itself. */
    public CommandLine knownBy(final CommandLine line, final String... arguments) {
        Arrays.stream(arguments)
                .distinct()
                .forEach(name -> id(name).ifPresent(id -> line.getCommandSpec()
                        .addOption(OptionSpec.builder(name)
                                .arity("0")
                                .type(boolean.class)
                                .hidden(true)
                                .setter(new Taker(id))
                                .build())));
        return line;
    }

    private final class Taker implements CommandLine.Model.ISetter {
        private final String id;

        Taker(final String id) {
            this.id = id;
        }

        @Override
        public <T> T set(final T value) {
            if (Boolean.TRUE.equals(value)) {
                ids.add(id);
            }
            return value;
        }
    }

    /** The ids. @throws IllegalArgumentException with a message for the user */
    public Set<String> ids() {
        if (wordForWord) {
            throw new IllegalArgumentException(
                    FORM + ": put the id of a plugin for ID, such as --disable-socket-plugin");
        }
        return ids;
    }

    /** Whether all are meant. */
    public boolean all() {
        return all;
    }
}
