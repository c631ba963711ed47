/* Regular files and directories: offset, flags, append, deleted, renamed, shared descriptions, dup, close-on-exec. files LOG FOLDER. */
#include "app.h"
#include <dirent.h>
#include <sys/file.h>

static char content[65536];

static int make(const char *name, int flags) {
    int fd = open(name, O_CREAT | O_TRUNC | O_RDWR, 0640);
    CHECK(fd >= 0 && write(fd, content, sizeof content) == sizeof content && close(fd) == 0);
    CHECK((fd = open(name, flags)) >= 0);
    return fd;
}

static off_t where(int fd) { return lseek(fd, 0, SEEK_CUR); }

static void holds(int fd, off_t offset) {
    char text[100];
    CHECK(pread(fd, text, sizeof text, offset) == sizeof text && memcmp(text, content + offset, sizeof text) == 0);
}

/* The rest of a directory from its present position, names added up. */
static uint64_t rest_of(int fd, int *count) {
    char buffer[1024];
    uint64_t sum = 0;
    long n;
    while ((n = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0)
        for (long at = 0; at < n; at += *(unsigned short *)(buffer + at + 16), ++*count)
            for (char *c = buffer + at + 19; *c; c++) sum += mix(*c + (c - buffer - at) * 256);
    CHECK(n == 0);
    return sum;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2 && chdir(argv[2]) == 0 && (mkdir("many", 0755) == 0 || errno == EEXIST));
    fill(content, sizeof content, 9);
    int plain = make("plain", O_RDWR), append = make("append", O_WRONLY | O_APPEND | O_NONBLOCK), renamed = make("before", O_RDWR | O_CLOEXEC);
    int deleted = make("deleted", O_RDWR), read_only = make("read-only", O_RDONLY), path_only = open("plain", O_PATH), sync = make("sync", O_RDWR | O_DSYNC);
    int grown = make("grown", O_RDONLY), truncated = make("truncated", O_RDWR | O_TRUNC), again = open("deleted", O_RDONLY), hole;
    CHECK(write(truncated, "kept", 4) == 4);
    CHECK(rename("before", "after") == 0 && unlink("deleted") == 0 && lseek(plain, 12345, SEEK_SET) == 12345 && lseek(renamed, 77, SEEK_SET) == 77);
    CHECK(lseek(deleted, 4321, SEEK_SET) == 4321 && lseek(again, 99, SEEK_SET) == 99 && chmod("read-only", 0) == 0);
    CHECK((hole = make("hole", O_RDWR)) >= 0 && ftruncate(hole, 1L << 36) == 0 && pwrite(hole, "end", 3, (1L << 36) - 3) == 3 && unlink("hole") == 0);
    int twin = dup(plain), numbered = dup3(plain, 150, O_CLOEXEC);
    for (int i = 0; i < 200; i++) {
        char name[64];
        sprintf(name, "many/an-entry-with-a-long-name-%d", i);
        CHECK(close(open(name, O_CREAT | O_WRONLY, 0600)) == 0);
    }
    int directory = open("many", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fds[] = {plain, append, renamed, deleted, read_only, path_only, sync, grown, twin, numbered, truncated};
    char some[1024];
    CHECK(syscall(SYS_getdents64, directory, some, sizeof some) > 0);
    off_t position = where(directory);
    int flags[11], own[11], count = 0, shared[2], wanted[2];
    for (int i = 0; i < 11; i++) CHECK((flags[i] = fcntl(fds[i], F_GETFL)) >= 0 && (own[i] = fcntl(fds[i], F_GETFD)) >= 0);
    uint64_t names = rest_of(directory, &count);
    CHECK(lseek(directory, position, SEEK_SET) == position && pipe(shared) == 0 && pipe(wanted) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) { /* moves the shared description's offset when asked */
        char c;
        close(wanted[1]);
        while (read(wanted[0], &c, 1) == 1) CHECK(lseek(plain, 1, SEEK_CUR) > 0 && write(shared[1], "d", 1) == 1);
        exit(0);
    }
    for (long n = 0;; n++) {
        char c;
        CHECK(where(plain) == 12345 + n && where(twin) == where(plain) && where(numbered) == where(plain));
        CHECK(write(wanted[1], "w", 1) == 1 && read(shared[0], &c, 1) == 1 && where(twin) == 12346 + n);
        CHECK(where(renamed) == 77 && where(deleted) == 4321 && where(again) == 99 && where(directory) == position && where(truncated) == 4);
        CHECK(pread(truncated, some, 10, 0) == 4 && memcmp(some, "kept", 4) == 0);
        holds(plain, 1000), holds(renamed, 2000), holds(deleted, 3000), holds(again, 4000), holds(read_only, 5000), holds(sync, 6000), holds(grown, 7000);
        for (int i = 0; i < 11; i++) CHECK(fcntl(fds[i], F_GETFL) == flags[i] && fcntl(fds[i], F_GETFD) == own[i]);
        struct stat one, two;
        CHECK(fstat(deleted, &one) == 0 && fstat(again, &two) == 0 && one.st_ino == two.st_ino && one.st_nlink == 0 && one.st_size == sizeof content);
        CHECK(pwrite(deleted, &n, 8, 60000) == 8 && pread(again, some, 8, 60000) == 8 && memcmp(some, &n, 8) == 0); /* one file still */
        CHECK(fstat(path_only, &one) == 0 && stat("plain", &two) == 0 && one.st_ino == two.st_ino && read(path_only, &c, 1) == -1 && errno == EBADF);
        CHECK(fstat(renamed, &one) == 0 && stat("after", &two) == 0 && one.st_ino == two.st_ino && stat("before", &two) == -1 && stat("deleted", &two) == -1);
        CHECK(fstat(hole, &one) == 0 && one.st_size == 1L << 36 && one.st_blocks < 4096 && pread(hole, some, 3, (1L << 36) - 3) == 3 && memcmp(some, "end", 3) == 0);
        int found = 0;
        CHECK(rest_of(directory, &found) == names && found == count && lseek(directory, position, SEEK_SET) == position);
        CHECK(write(append, "+", 1) == 1 && fstat(append, &one) == 0 && where(append) == one.st_size);
        beat();
    }
}
