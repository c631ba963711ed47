package org.example.myplugin;

import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.Inquiry;
import org.jdmtcp.spi.ProcessStateKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/** One kind of state: how it is captured from a stopped process, and how a reborn process gets it back. */
final class Greeting implements ProcessStateKind<MyState> {
    private final MyPlugin plugin;

    Greeting(final MyPlugin plugin) {
        this.plugin = plugin;
    }

    @Override
    public String name() {
        return "greeting";
    }

    @Override
    public Parser<MyState> parser() {
        return MyState.parser();
    }

    @Override
    public Inquiry<MyState> inquire(final ProcessView process, final RemoteBatch batch) {
        // A system call that the process itself will make, together with those of all other plugins.
        final int parent = batch.must(SystemCall.GETPPID);
        return done -> {
            plugin.log().debug("the parent of {} is {}", process.command(), done.result(parent));
            return Optional.of(plugin.state());
        };
    }

    @Override
    public void restore(final MyState state, final ProcessView process, final RestoreContext context) {
        plugin.log().info(
                "{} (pid {}) says {} from checkpoint {}",
                process.command(),
                process.ownPid(),
                state.getGreeting(),
                state.getGeneration());
    }
}
