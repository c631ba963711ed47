/* Memory policies of threads and mappings (on one node they are told, too); as root a child in control groups of its own. numa LOG FOLDER. */
#include "app.h"
#include <linux/mempolicy.h>

static int group_known;

static long set(int mode, unsigned long nodes) { return syscall(SYS_set_mempolicy, mode, &nodes, 65); }

static int policy(void *address, unsigned long *nodes) {
    int mode = -1;
    unsigned long mask[16] = {0};
    CHECK(syscall(SYS_get_mempolicy, &mode, mask, 1025UL, address, address ? MPOL_F_ADDR : 0) == 0);
    *nodes = mask[0];
    return mode;
}

static void *other(void *unused) {
    unsigned long nodes;
    CHECK(set(MPOL_INTERLEAVE, 1) == 0);
    for (;;) {
        CHECK(policy(NULL, &nodes) == MPOL_INTERLEAVE && nodes == 1);
        tick(20);
    }
    return unused;
}

/* A control group of version 2, where this may be made. */
static int enter(const char *folder) {
    char path[128];
    snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    int made = mkdir(folder, 0755) == 0 || errno == EEXIST, fd = made ? open(path, O_WRONLY) : -1;
    return fd >= 0 && write(fd, "0", 1) == 1 && close(fd) == 0;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    unsigned long nodes, one = 1;
    char *bound = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *plain = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(bound != MAP_FAILED && plain != MAP_FAILED && syscall(SYS_mbind, bound + 8192, 65536UL, MPOL_BIND | MPOL_F_STATIC_NODES, &one, 65UL, 0) == 0 && set(MPOL_PREFERRED, 1) == 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, other, NULL) == 0);
    int tube[2], told[2];
    CHECK(pipe(tube) == 0 && pipe(told) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char c, text[4096];
        close(tube[1]);
        group_known = enter("/sys/fs/cgroup/jdmtcp-test") || enter("/sys/fs/cgroup/unified/jdmtcp-test");
        while (read(tube[0], &c, 1) == 1) {
            CHECK(!group_known || strstr(slurp("/proc/self/cgroup", text, sizeof text), "0::/jdmtcp-test\n"));
            CHECK(write(told[1], &c, 1) == 1);
        }
        exit(0);
    }
    for (;;) {
        char c = 'c', text[4096];
        CHECK(policy(NULL, &nodes) == MPOL_PREFERRED && nodes == 1 && policy(plain, &nodes) == MPOL_DEFAULT && policy(bound, &nodes) == MPOL_DEFAULT);
        CHECK(policy(bound + 8192, &nodes) == (MPOL_BIND | MPOL_F_STATIC_NODES) && nodes == 1 && policy(bound + 8192 + 65535, &nodes) == (MPOL_BIND | MPOL_F_STATIC_NODES));
        CHECK(policy(bound + 8192 + 65536, &nodes) == MPOL_DEFAULT && !strstr(slurp("/proc/self/cgroup", text, sizeof text), "jdmtcp-test"));
        CHECK(write(tube[1], &c, 1) == 1 && read(told[0], &c, 1) == 1);
        beat();
    }
}
