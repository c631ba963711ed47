package org.jdmtcp.plugin.timer;

import java.util.List;
import org.jdmtcp.spi.Barrier;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Phase;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.ProcessStateKind;
import org.jdmtcp.spi.Scope;

/** Restores timers: alarm and setitimer, timer_create, timerfd. */
public final class TimerPlugin implements Plugin {
    private TimerFd timerFd = new TimerFd();

    @Override
    public String id() {
        return "timer";
    }

    @Override
    public String description() {
        return "Interval timers, POSIX timers, timerfd";
    }

    @Override
    public List<DescriptorKind<?>> descriptors() {
        timerFd = new TimerFd();
        return List.of(timerFd);
    }

    @Override
    public List<ProcessStateKind<?>> processStates() {
        return List.of(new IntervalTimers(), new PosixTimers());
    }

    @Override
    public List<Barrier> barriers() {
        return List.of(new Barrier("arm-timerfd", Phase.RESTARTED, Scope.HOST, () -> timerFd.armAll()));
    }
}
