/* 2000 descriptors, also with high numbers; each is still what it was. files_many LOG FOLDER [COUNT]. */
#include "app.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int count = argc > 3 ? atoi(argv[3]) : 2000;
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max < 8192 ? limit.rlim_max : 8192;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0 && argc > 2 && chdir(argv[2]) == 0);
    int *fd = calloc(count, sizeof *fd);
    CHECK(fd != NULL);
    for (int i = 0; i < count; i++) {
        char name[64];
        sprintf(name, "file-%d", i);
        int kind = i % 4;
        if (kind == 0 || kind == 1) {
            CHECK((fd[i] = open(name, O_CREAT | O_RDWR | O_TRUNC, 0600)) >= 0);
            CHECK(dprintf(fd[i], "content of %d\n", i) > 0 && lseek(fd[i], i % 11, SEEK_SET) == i % 11);
            if (kind == 1 && i % 100 == 1) CHECK(unlink(name) == 0);
        } else {
            CHECK((fd[i] = kind == 2 ? dup(fd[i - 1]) : open("/dev/null", O_WRONLY)) >= 0);
        }
        if (i == count - 1) CHECK((fd[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, limit.rlim_cur - 10)) >= 0);
    }
    for (;;) {
        for (int i = 0; i < count; i++) {
            int of = i % 4 == 2 ? i - 1 : i;
            char text[64] = {0}, expected[64];
            if (i % 4 == 3) {
                CHECK(write(fd[i], "x", 1) == 1);
                continue;
            }
            sprintf(expected, "content of %d\n", of);
            CHECK(lseek(fd[i], 0, SEEK_CUR) == of % 11);
            CHECK(pread(fd[i], text, sizeof text - 1, 0) == (ssize_t)strlen(expected) && strcmp(text, expected) == 0);
        }
        beat();
    }
}
