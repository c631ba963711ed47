package org.jdmtcp.tools;

import java.util.OptionalInt;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the coordinator is: the options that all tools share, with their environment variables. */
public final class CoordinatorOptions {
    public static final String HOST_VARIABLE = "DMTCP_COORD_HOST";
    public static final String PORT_VARIABLE = "DMTCP_COORD_PORT";

    @Option(
            names = {"-h", "--coord-host"},
            paramLabel = "HOST",
            description = "Host of the coordinator (" + HOST_VARIABLE + "; default: localhost).")
    @Nullable String host;

    @Option(
            names = {"-p", "--coord-port"},
            paramLabel = "PORT",
            description = "Port of the coordinator (" + PORT_VARIABLE + "; default: 7779).")
    @Nullable Integer port;

    /** As the option on the command line. @return whether it is the first time */
    public boolean giveHost(String given) {
        boolean first = host == null;
        host = given;
        return first;
    }

    /** As the option on the command line. @return whether it is the first time */
    public boolean givePort(int given) {
        boolean first = port == null;
        port = given;
        return first;
    }

    /** The option, else the variable, else localhost. */
    public String host() {
        if (host != null) {
            return host;
        }
        String variable = System.getenv(HOST_VARIABLE);
        return variable == null || variable.isEmpty() ? "localhost" : variable;
    }

    /** The port, if the option or the variable names one; 0 stands for any free one. */
    public OptionalInt namedPort() {
        return port != null ? OptionalInt.of(check(port)) : portOf(System.getenv(PORT_VARIABLE));
    }

    private static OptionalInt portOf(@Nullable String variable) {
        if (variable == null || variable.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(check(Integer.parseInt(variable)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(PORT_VARIABLE + " is " + variable + ", which is not a port number", e);
        }
    }

    private static int check(int number) {
        if (number < 0 || number > 65535) {
            throw new IllegalArgumentException("port " + number + " is not between 0 and 65535");
        }
        return number;
    }

    /** The port, else the default one. */
    public int port() {
        return namedPort().orElse(CoordinatorAddress.DEFAULT_PORT);
    }

    /** The address of a coordinator that is there already. Throws {@link IllegalArgumentException} for port 0. */
    public CoordinatorAddress address() {
        return new CoordinatorAddress(host(), port());
    }
}
