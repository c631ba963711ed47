/* Memory of huge pages: private, copied by fork, shared, of a memfd. Without reserved pages there is nothing to see, and it says so. */
#include "app.h"
#include <linux/memfd.h>
#define MB (1UL << 20)

static char *map(size_t bytes, int flags, int fd) {
    char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
    CHECK(at != MAP_FAILED);
    return at;
}

static int is_huge(const char *at) {
    static char text[4 << 20];
    char start[32], *line;
    snprintf(start, sizeof start, "\n%lx-", (unsigned long)at);
    slurp("/proc/self/smaps", text + 1, sizeof text - 1), text[0] = '\n';
    CHECK((line = strstr(text, start)) != NULL && (line = strstr(line, "KernelPageSize:")) != NULL);
    return atol(line + 15) == 2048;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    char *probe = mmap(NULL, 24 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    if (probe == MAP_FAILED)
        for (;;) beat();
    CHECK(munmap(probe, 24 * MB) == 0);
    char *private = map(4 * MB, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1), *copied = map(2 * MB, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);
    char *shared = map(4 * MB, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1);
    int fd = memfd_create("huge", MFD_HUGETLB | MFD_HUGE_2MB);
    CHECK(fd >= 0 && ftruncate(fd, 2 * MB) == 0);
    char *file = map(2 * MB, MAP_SHARED, fd);
    fill(private, 2 * MB, 1), fill(copied, 2 * MB, 2), fill(shared, 2 * MB, 3), fill(file, 2 * MB, 4);
    int pipe_ends[2];
    CHECK(pipe(pipe_ends) == 0 && close(fd) == 0);
    _Atomic uint64_t *turn = (void *)(shared + 2 * MB), *answer = turn + 1;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        fill(copied, 2 * MB, 20);
        for (;; alive(pipe_ends[1])) {
            CHECK(filled(copied, 2 * MB, 20) && filled(shared, 2 * MB, 3) && filled(file, 2 * MB, 4));
            *answer = *turn;
        }
    }
    for (uint64_t n = 1;; n++) {
        for (*turn = n; *answer != n;) expect_alive(pipe_ends[0]);
        CHECK(filled(private, 2 * MB, 1) && filled(copied, 2 * MB, 2) && filled(shared, 2 * MB, 3) && filled(file, 2 * MB, 4));
        CHECK(is_huge(private) && is_huge(copied) && is_huge(shared) && is_huge(file));
        *(uint64_t *)(private + 2 * MB) = n;
        beat();
    }
}
