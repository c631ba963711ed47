/* pid, tid, pgid, sid, ppid, comm and cmdline of a tree with sessions, groups, orphans, dead group and session leaders. */
#include "app.h"

static int report[8], reports;
static pid_t stray[2];

static void same_for_ever(int fd, int orphan) {
    pid_t pid = getpid(), tid = gettid(), group = getpgid(0), session = getsid(0), parent = getppid();
    char start[1024], again[1024], expected[128];
    slurp("/proc/self/cmdline", start, sizeof start);
    prctl(PR_SET_NAME, orphan ? "an orphan" : "a child");
    for (;;) {
        CHECK(getpid() == pid && gettid() == tid && syscall(SYS_getpid) == pid);
        CHECK(getpgid(0) == group && getsid(0) == session);
        if (!orphan && getppid() != parent) exit(0);
        snprintf(expected, sizeof expected, "%d (%s) ", pid, orphan ? "an orphan" : "a child");
        CHECK(strncmp(slurp("/proc/self/stat", again, sizeof again), expected, strlen(expected)) == 0);
        CHECK(strcmp(slurp("/proc/self/cmdline", again, sizeof again), start) == 0);
        alive(fd);
    }
}

/* A child in a new session and/or group; with heir, it dies and its own child lives on in its session and group. */
static void grow(int new_session, int new_group, int heir) {
    int channel[2], told[2];
    CHECK(pipe2(channel, O_CLOEXEC) == 0 && pipe2(told, O_CLOEXEC) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(channel[0]);
        for (int i = 0; i < reports; i++) close(report[i]);
        if (new_session) CHECK(setsid() == getpid());
        if (new_group) CHECK(setpgid(0, 0) == 0);
        pid_t grandchild = fork();
        CHECK(grandchild >= 0);
        if (grandchild == 0 && heir) {
            char c;
            close(told[1]);
            CHECK(read(told[0], &c, 1) == 0); /* until the parent is gone */
            while (getppid() == getpgid(0)) tick(1);
            same_for_ever(channel[1], 1);
        }
        if (heir) {
            CHECK(write(channel[1], &grandchild, sizeof grandchild) == sizeof grandchild);
            exit(0);
        }
        same_for_ever(channel[1], 0);
    }
    close(channel[1]);
    close(told[0]);
    close(told[1]);
    if (heir) {
        static int strays;
        CHECK(read(channel[0], &stray[strays++], sizeof(pid_t)) == sizeof(pid_t));
        CHECK(waitpid(child, NULL, 0) == child);
    }
    report[reports++] = channel[0];
}

static void *thread(void *at) {
    pid_t tid = gettid();
    for (;;) {
        CHECK(gettid() == tid);
        __atomic_add_fetch((long *)at, 1, __ATOMIC_SEQ_CST);
        tick(10);
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pid_t pid = getpid(), group = getpgid(0), session = getsid(0);
    grow(0, 0, 0);
    grow(1, 0, 0);
    grow(0, 1, 0);
    grow(0, 1, 1);
    grow(1, 0, 1);
    int own = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    char stat[64];
    long turns = 0, before = 0;
    pthread_t other;
    CHECK(pthread_create(&other, NULL, thread, &turns) == 0);
    for (;;) {
        CHECK(getpid() == pid && gettid() == pid && getpgid(0) == group && getsid(0) == session);
        CHECK(pread(own, stat, sizeof stat, 0) == sizeof stat && atoi(stat) == pid);
        for (int i = 0; i < reports; i++) expect_alive(report[i]);
        for (int i = 0; i < 2; i++) CHECK(kill(stray[i], 0) == 0);
        long turned = before;
        for (int i = 0; i < 500 && turned == before; i++) { /* a busy machine may keep a thread waiting, not for seconds */
            tick(10);
            turned = __atomic_load_n(&turns, __ATOMIC_SEQ_CST);
        }
        CHECK(turned > before);
        before = turned;
        beat();
    }
}
