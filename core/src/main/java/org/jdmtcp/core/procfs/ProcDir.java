package org.jdmtcp.core.procfs;

/** The directory of a process or of one of its threads; {@code tid == pid} means the process as a whole. */
record ProcDir(int pid, int tid, String path) {
    static ProcDir of(int pid) {
        return new ProcDir(pid, pid, "/proc/" + pid);
    }

    static ProcDir of(int pid, int tid) {
        return new ProcDir(pid, tid, "/proc/" + pid + "/task/" + tid);
    }

    String file(String name) {
        return path + '/' + name;
    }
}
