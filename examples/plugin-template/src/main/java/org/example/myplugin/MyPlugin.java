package org.example.myplugin;

import java.util.List;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.PluginOption;
import org.jdmtcp.spi.PluginOptions;
import org.jdmtcp.spi.ProcessStateKind;

/** Leaves a greeting in the image of each process. Replace it by what you are here for. */
public final class MyPlugin implements Plugin {
    private String greeting = "";
    private int generation;

    @Override
    public String id() {
        return "my-plugin";
    }

    @Override
    public String description() {
        return "Leaves a greeting in the image of each process";
    }

    @Override
    public List<PluginOption> options() {
        return List.of(new PluginOption("greeting", "What to say (default: hello)"));
    }

    @Override
    public void configure(final PluginOptions options) {
        greeting = options.text("greeting").orElse("hello");
    }

    @Override
    public void on(final Event event) {
        log().debug("{}", event.getClass().getSimpleName());
        if (event instanceof Event.PreSuspend checkpoint) {
            generation = checkpoint.generation();
        }
    }

    @Override
    public List<ProcessStateKind<?>> processStates() {
        return List.of(new Greeting(this));
    }

    MyState state() {
        return MyState.newBuilder()
                .setGreeting(greeting)
                .setGeneration(generation)
                .build();
    }
}
