/* Seccomp: filters that would kill a careless checkpoint, stacked, one more in a thread; no_new_privs. As root. */
#include "app.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/utsname.h>

/* Answers one system call with an action, and one with another argument below a limit; allows the rest. */
static void filter(int call, uint32_t action, unsigned flags) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof code[0], code};
    CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0);
}

static int status(const char *key) {
    char text[8192], *line = strstr(slurp("/proc/thread-self/status", text, sizeof text), key);
    CHECK(line);
    return atoi(line + strlen(key));
}

static volatile int ready;
static volatile long thread_beats;

static void *confined(void *unused) {
    filter(SYS_getppid, SECCOMP_RET_ERRNO | ENOTNAM, 0);
    ready = 1;
    for (;;) {
        CHECK(syscall(SYS_getppid) == -1 && errno == ENOTNAM && status("Seccomp_filters:\t") == 4);
        thread_beats++;
        tick(20);
    }
    return unused;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    filter(SYS_getppid, SECCOMP_RET_ERRNO | EXDEV, 0);
    filter(SYS_getitimer, SECCOMP_RET_KILL_PROCESS, SECCOMP_FILTER_FLAG_LOG); /* what a checkpoint asks everybody */
    filter(SYS_sigaltstack, SECCOMP_RET_KILL_PROCESS, 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, confined, NULL) == 0);
    while (!ready) sched_yield();
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            CHECK(syscall(SYS_getppid) == -1 && errno == EXDEV);
            filter(SYS_uname, SECCOMP_RET_ERRNO | EBADF, SECCOMP_FILTER_FLAG_TSYNC);
            pause();
        }
    }
    for (;;) {
        long before = thread_beats;
        struct utsname name;
        CHECK(syscall(SYS_getppid) == -1 && errno == EXDEV && uname(&name) == 0);
        CHECK(status("Seccomp:\t") == 2 && status("Seccomp_filters:\t") == 3 && status("NoNewPrivs:\t") == 1);
        beat();
        for (int i = 0; i < 500 && thread_beats == before; i++) tick(10);
        CHECK(thread_beats != before);
    }
}
