package org.jdmtcp.tools.agent;

import java.util.concurrent.Callable;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.tools.ExitStatus;
import org.jdmtcp.tools.log.Logs;
import picocli.CommandLine;

/** How dmtcp_launch and dmtcp_restart read their command lines and fail. */
public final class ToolCommandLine {
    private ToolCommandLine() {}

    /** A command line for that tool, with options up to the first argument that is none. */
    public static CommandLine of(final Object command) {
        final CommandLine line = new CommandLine(command);
        line.setStopAtPositional(true);
        line.setUnmatchedOptionsArePositionalParams(false);
        line.getCommandSpec().exitCodeOnInvalidInput(ExitStatus.TOOL_FAILED.code());
        line.getCommandSpec().exitCodeOnExecutionException(ExitStatus.TOOL_FAILED.code());
        line.getCommandSpec()
                .usageMessage()
                .footer((ExitStatus.table(ExitStatus.TOOL_FAILED, ExitStatus.NOT_EXECUTABLE, ExitStatus.NOT_FOUND)
                                + "\n  Otherwise the program's own, 128 + N if signal N ended it.")
                        .split("\n"));
        line.setParameterExceptionHandler((exception, arguments) -> {
            final String tool = exception.getCommandLine().getCommandName();
            System.err.println(tool + ": " + exception.getMessage() + "; see " + tool + " --help");
            return ExitStatus.TOOL_FAILED.code();
        });
        line.setExecutionExceptionHandler((exception, failed, parsed) -> {
            return failed(failed.getCommandName(), exception);
        });
        return line;
    }

    /** Runs a command whose options are set already. */
    public static int run(final String name, final Callable<Integer> command) {
        try {
            return command.call();
        } catch (final Exception e) {
            return failed(name, e);
        }
    }

    private static int failed(final String name, final Exception exception) {
        System.err.println(
                name + ": " + (exception.getMessage() == null ? exception.toString() : exception.getMessage()));
        return ExitStatus.TOOL_FAILED.code();
    }

    /** Ends the process at once: the JVM's own way out costs time that the shell would wait. */
    public static void exit(final int status) {
        Logs.close();
        System.out.flush();
        System.err.flush();
        if (!Boolean.getBoolean("jdmtcp.recording")) {
            // The JVM would wait up to 0.3 s for threads of ours that sleep in system calls.
            Linux.raw(SystemCall.EXIT_GROUP, status);
        }
        Runtime.getRuntime().halt(status);
    }
}
