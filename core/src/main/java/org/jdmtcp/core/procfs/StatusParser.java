package org.jdmtcp.core.procfs;

import java.util.ArrayList;
import java.util.List;

/** One pass over the lines of a status file. Lines come and go with kernels, so unknown ones are passed over. */
final class StatusParser {
    private static final Ids NO_IDS = new Ids(0, 0, 0, 0);

    private final ByteText text;
    private String name = "";
    private int umask = -1;
    private char state;
    private int tgid;
    private int ngid;
    private int pid;
    private int ppid;
    private int tracerPid;
    private Ids uid = NO_IDS;
    private Ids gid = NO_IDS;
    private List<Integer> groups = List.of();
    private List<Integer> nsTgid = List.of();
    private List<Integer> nsPid = List.of();
    private List<Integer> nsPgid = List.of();
    private List<Integer> nsSid = List.of();
    private int threads;
    private long queued;
    private long queueLimit;
    private long pending;
    private long sharedPending;
    private long blocked;
    private long ignored;
    private long caught;
    private long capInheritable;
    private long capPermitted;
    private long capEffective;
    private long capBounding;
    private long capAmbient;
    private boolean noNewPrivs;
    private int seccomp;
    private int seccompFilters;
    private long lockedBytes;
    private String cpusAllowed = "";

    StatusParser(ByteText text) {
        this.text = text;
    }

    Status parse() {
        while (!text.atEnd()) {
            String key = text.until(':');
            text.skipBlanks();
            if (identity(key) || namespaces(key) || signals(key) || capabilities(key) || attributes(key)) {
                text.skipBlanks();
            }
            text.skipLine();
        }
        // Pid is near the top and the processors near the bottom: both there means that nothing between was cut off.
        if (pid == 0 || cpusAllowed.isEmpty()) {
            throw text.malformed(pid == 0 ? "a line 'Pid:'" : "a line 'Cpus_allowed:'");
        }
        return new Status(
                name,
                umask,
                state,
                tgid,
                ngid,
                pid,
                ppid,
                tracerPid,
                uid,
                gid,
                groups,
                nsTgid,
                nsPid,
                nsPgid,
                nsSid,
                threads,
                queued,
                queueLimit,
                pending,
                sharedPending,
                blocked,
                ignored,
                caught,
                capInheritable,
                capPermitted,
                capEffective,
                capBounding,
                capAmbient,
                noNewPrivs,
                seccomp,
                seccompFilters,
                lockedBytes,
                cpusAllowed);
    }

    private boolean identity(String key) {
        switch (key) {
            case "Name" -> name = commandName();
            case "Umask" -> umask = (int) text.octal();
            case "State" -> state = (char) text.next();
            case "Tgid" -> tgid = text.decInt();
            case "Ngid" -> ngid = text.decInt();
            case "Pid" -> pid = text.decInt();
            case "PPid" -> ppid = text.decInt();
            case "TracerPid" -> tracerPid = text.decInt();
            case "Uid" -> uid = ids();
            case "Gid" -> gid = ids();
            case "Groups" -> groups = numbers();
            case "Threads" -> threads = text.decInt();
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean namespaces(String key) {
        switch (key) {
            case "NStgid" -> nsTgid = numbers();
            case "NSpid" -> nsPid = numbers();
            case "NSpgid" -> nsPgid = numbers();
            case "NSsid" -> nsSid = numbers();
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean signals(String key) {
        switch (key) {
            case "SigQ" -> {
                queued = text.dec();
                text.expect('/');
                queueLimit = text.dec();
            }
            case "SigPnd" -> pending = text.hex();
            case "ShdPnd" -> sharedPending = text.hex();
            case "SigBlk" -> blocked = text.hex();
            case "SigIgn" -> ignored = text.hex();
            case "SigCgt" -> caught = text.hex();
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean capabilities(String key) {
        switch (key) {
            case "CapInh" -> capInheritable = text.hex();
            case "CapPrm" -> capPermitted = text.hex();
            case "CapEff" -> capEffective = text.hex();
            case "CapBnd" -> capBounding = text.hex();
            case "CapAmb" -> capAmbient = text.hex();
            case "NoNewPrivs" -> noNewPrivs = text.dec() != 0;
            case "Seccomp" -> seccomp = text.decInt();
            case "Seccomp_filters" -> seccompFilters = text.decInt();
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean attributes(String key) {
        switch (key) {
            case "VmLck" -> lockedBytes = text.dec() * 1024;
            case "Cpus_allowed" -> cpusAllowed = text.slice(text.position(), text.lineEnd());
            default -> {
                return false;
            }
        }
        return true;
    }

    private Ids ids() {
        return new Ids(number(), number(), number(), number());
    }

    private int number() {
        text.skipBlanks();
        return text.decInt();
    }

    private List<Integer> numbers() {
        List<Integer> found = new ArrayList<>(2);
        text.skipBlanks();
        while (text.peek() != '\n') {
            found.add(text.decInt());
            text.skipBlanks();
        }
        return found;
    }

    /** Newlines are written as backslash n, and backslashes doubled; nothing else is escaped here. */
    private String commandName() {
        String raw = text.slice(text.position(), text.lineEnd());
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        StringBuilder out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '\\' && i + 1 < raw.length()) {
                char escaped = raw.charAt(++i);
                out.append(escaped == 'n' ? '\n' : escaped);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
