/* What a process is, beside its memory: umask, cwd, root, limits, niceness, personality, prctl settings, and as root credentials. */
#include "app.h"
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/personality.h>

static const char *KEYS[] = {"Umask:", "Uid:", "Gid:", "Groups:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:", "Name:", "THP_enabled:"};

/* Everything that can be read back, as one text; two texts are compared. */
static void describe(char *text, size_t size) {
    static char status[8192], small[256];
    size_t n = 0;
    slurp("/proc/self/status", status, sizeof status);
    for (unsigned i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        char *line = strstr(status, KEYS[i]);
        if (line != NULL) n += snprintf(text + n, size - n, "%.*s\n", (int)strcspn(line, "\n"), line);
    }
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        struct rlimit limit;
        CHECK(getrlimit(i, &limit) == 0);
        n += snprintf(text + n, size - n, "limit %d %lx %lx\n", i, limit.rlim_cur, limit.rlim_max);
    }
    int subreaper, death;
    CHECK(prctl(PR_GET_CHILD_SUBREAPER, &subreaper) == 0 && prctl(PR_GET_PDEATHSIG, &death) == 0);
    n += snprintf(text + n, size - n, "nice %d personality %x dumpable %d slack %d securebits %d subreaper %d death %d thp %d\n",
                  getpriority(PRIO_PROCESS, 0), personality(0xffffffff), prctl(PR_GET_DUMPABLE), prctl(PR_GET_TIMERSLACK),
                  prctl(PR_GET_SECUREBITS), subreaper, death, prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
    n += snprintf(text + n, size - n, "ioprio %ld oom %s", syscall(SYS_ioprio_get, 1, 0), slurp("/proc/self/oom_score_adj", small, sizeof small));
    struct stat root, here;
    CHECK(stat("/", &root) == 0 && stat(".", &here) == 0);
    CHECK(getcwd(small, sizeof small) != NULL);
    snprintf(text + n, size - n, "root %lx:%lx cwd %s %lx:%lx\n", root.st_dev, root.st_ino, small, here.st_dev, here.st_ino);
}

static void credentials(void) {
    gid_t groups[] = {11, 22, 33};
    CHECK(setgroups(3, groups) == 0);
    CHECK(prctl(PR_CAPBSET_DROP, CAP_SYS_TIME) == 0);
    CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS) == 0);
    CHECK(setresgid(44, 55, 66) == 0 && setresuid(0, 1000, 0) == 0);
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    CHECK(syscall(SYS_capget, &header, data) == 0);
    data[0].effective &= ~(1u << CAP_CHOWN);
    data[0].inheritable |= 1u << CAP_KILL;
    CHECK(syscall(SYS_capset, &header, data) == 0);
    CHECK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0) == 0);
    CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
}

static void soft(int resource, rlim_t value) {
    struct rlimit limit;
    CHECK(getrlimit(resource, &limit) == 0);
    limit.rlim_cur = value;
    CHECK(setrlimit(resource, &limit) == 0);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    char before[16384], after[16384];
    CHECK(mkdir(argc > 2 ? argv[2] : "attributes.cwd", 0755) == 0 || errno == EEXIST);
    CHECK(chdir(argc > 2 ? argv[2] : "attributes.cwd") == 0);
    umask(0137);
    soft(RLIMIT_NOFILE, 333), soft(RLIMIT_CORE, 0), soft(RLIMIT_NPROC, 3000), soft(RLIMIT_STACK, 7 << 20), soft(RLIMIT_FSIZE, 1 << 30);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    CHECK(fd >= 0 && write(fd, "321", 3) == 3 && close(fd) == 0);
    CHECK(personality(personality(0xffffffff) | ADDR_NO_RANDOMIZE) >= 0);
    CHECK(setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 2) == 0);
    CHECK(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 6) == 0);
    CHECK(prctl(PR_SET_NAME, "(odd) name\n ") == 0 && prctl(PR_SET_TIMERSLACK, 123456) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    CHECK(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0);
    if (geteuid() == 0) credentials();
    CHECK(prctl(PR_SET_PDEATHSIG, SIGWINCH) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    describe(before, sizeof before);
    for (;;) {
        describe(after, sizeof after);
        size_t same = 0;
        while (before[same] && before[same] == after[same]) same++;
        while (same > 0 && before[same - 1] != '\n') same--;
        if (strcmp(before, after) != 0)
            say("FAIL attributes: %.*s became %.*s", (int)strcspn(before + same, "\n"), before + same, (int)strcspn(after + same, "\n"), after + same), _exit(99);
        beat();
    }
}
