/* Mappings of files: private and modified in part, a page turned to zeros, shared, deleted, renamed. Needs a folder as second argument. */
#include "app.h"
#define PAGES 64
#define BYTES (PAGES * 4096UL)

static const char *folder;

static char *map_file(const char *name, int flags, uint64_t seed, char *path) {
    sprintf(path, "%s/%s", folder, name);
    static char content[BYTES];
    fill(content, BYTES, seed);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, content, BYTES) == (ssize_t)BYTES);
    char *at = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, flags, fd, 0);
    CHECK(at != MAP_FAILED && close(fd) == 0);
    return at;
}

static int mapped_as(const void *at, const char *path) {
    static char text[1 << 20];
    char start[64], *line;
    snprintf(start, sizeof start, "%lx-", (unsigned long)at);
    CHECK((line = strstr(slurp("/proc/self/maps", text, sizeof text), start)) != NULL);
    *strchr(line, '\n') = 0;
    return strstr(line, path) != NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK((folder = realpath(argc > 2 ? argv[2] : ".", NULL)) != NULL);
    char private_path[512], shared_path[512], deleted_path[512], old_path[512], new_path[512], read_path[512];
    char *private = map_file("private", MAP_PRIVATE, 1, private_path);
    char *shared = map_file("shared", MAP_SHARED, 2, shared_path);
    char *deleted = map_file("deleted", MAP_PRIVATE, 3, deleted_path);
    char *renamed = map_file("old-name", MAP_SHARED, 4, old_path);
    char *unread = map_file("unread", MAP_PRIVATE, 5, read_path);
    CHECK(unlink(deleted_path) == 0);
    sprintf(new_path, "%s/new-name", folder);
    CHECK(rename(old_path, new_path) == 0);
    fill(private + 8192, 4096, 100);                       /* modified */
    memset(private + 5 * 4096, 0, 4096);                   /* turned to zeros: not the same as never touched */
    fill(private + 9 * 4096, 4096, 101);                   /* modified, then given back to the file */
    CHECK(madvise(private + 9 * 4096, 4096, MADV_DONTNEED) == 0);
    fill(deleted + 4096, 4096, 102);
    CHECK(mprotect(private + 20 * 4096, 4096, PROT_READ) == 0);
    int fd = open(shared_path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    for (uint64_t n = 1;; n++) {
        for (int i = 0; i < PAGES; i++) {
            char *page = private + i * 4096;
            static const char zero[4096];
            CHECK(i == 2 ? filled(page, 4096, 100) : i == 5 ? memcmp(page, zero, 4096) == 0 : filled(page, 4096, 1 + i * 512));
            CHECK(i == 1 ? filled(deleted + 4096, 4096, 102) : filled(deleted + i * 4096, 4096, 3 + i * 512));
            CHECK(filled(unread + i * 4096, 4096, 5 + i * 512));
            if (i != 7) CHECK(filled(shared + i * 4096, 4096, 2 + i * 512) && filled(renamed + i * 4096, 4096, 4 + i * 512));
        }
        uint64_t *counter = (uint64_t *)(shared + 7 * 4096), *second = (uint64_t *)(renamed + 7 * 4096), in_file;
        CHECK(n == 1 || (counter[3] >= n - 1 && second[3] >= n - 1)); /* shared memory is as new as its file: perhaps newer than we are */
        counter[3] = n, second[3] = n;
        CHECK(pread(fd, &in_file, 8, 7 * 4096 + 24) == 8 && in_file == n); /* still one with the file */
        CHECK(mapped_as(private, private_path) && mapped_as(shared, shared_path) && mapped_as(renamed, new_path));
        struct stat status;
        CHECK(stat(new_path, &status) == 0 && stat(old_path, &status) == -1 && stat(deleted_path, &status) == -1);
        beat();
    }
}
