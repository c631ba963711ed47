/* A parent and eight children share 64 MiB copy-on-write: the content is right, and the memory is still shared after a restart. */
#include "app.h"
#define MB (1UL << 20)
#define SHARED (64 * MB)
#define CHILDREN 8

static long private_kib(pid_t pid) {
    char path[64], text[4096], *at;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    slurp(path, text, sizeof text);
    long sum = 0;
    CHECK((at = strstr(text, "Private_Clean:")) != NULL), sum += strtol(at + 14, NULL, 10);
    CHECK((at = strstr(text, "Private_Dirty:")) != NULL), sum += strtol(at + 14, NULL, 10);
    return sum;
}

static void child(char *memory, int n, int fd) {
    char *own = memory + n * MB;
    uint64_t version = 0;
    fill(own, MB, 5000 + version);
    for (size_t at = 0;; at = (at + 4 * MB) % SHARED) {
        for (size_t i = at; i < at + 4 * MB; i += MB)
            CHECK(i == n * MB ? filled(own, MB, 5000 + version) : filled(memory + i, MB, i));
        if (at == 0) fill(own, MB, 5000 + ++version);
        alive(fd);
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    char *memory = mmap(NULL, SHARED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    for (size_t i = 0; i < SHARED; i += MB) fill(memory + i, MB, i);
    pid_t pid[CHILDREN];
    int report[CHILDREN][2];
    for (int n = 0; n < CHILDREN; n++) {
        CHECK(pipe2(report[n], O_CLOEXEC) == 0 && (pid[n] = fork()) >= 0);
        if (pid[n] == 0) {
            for (int i = 0; i <= n; i++) close(report[i][0]);
            child(memory, n, report[n][1]);
        }
        close(report[n][1]);
    }
    for (;;) {
        for (int n = 0; n < CHILDREN; n++) expect_alive(report[n][0]);
        if (app_beats % 10 == 0) {
            long sum = private_kib(getpid());
            for (int n = 0; n < CHILDREN; n++) sum += private_kib(pid[n]);
            if (sum > 64 << 10) say("FAIL cow: %ld KiB are private, of 64 MiB that nine processes share", sum);
        }
        CHECK(filled(memory + app_beats % 64 * MB, MB, app_beats % 64 * MB));
        beat();
    }
}
