/* An open file whose contents are to stay as they are, and one with a hole; heartbeats go to standard output. openfile - FOLDER. */
#include "app.h"

static char data[300000], got[300000];

int main(int argc, char **argv) {
    CHECK(argc > 2);
    app_name = "openfile";
    app_log = STDOUT_FILENO;
    CHECK((mkdir(argv[2], 0755) == 0 || errno == EEXIST) && chdir(argv[2]) == 0);
    fill(data, sizeof data, 11);
    int file = open("data", O_RDWR | O_CREAT | O_TRUNC, 0640), sparse = open("sparse", O_RDWR | O_CREAT | O_TRUNC, 0600), twin = open("data", O_RDONLY);
    CHECK(file >= 0 && sparse >= 0 && twin >= 0 && chdir("/") == 0);
    CHECK(write(file, data, sizeof data) == sizeof data && pwrite(sparse, "end", 3, 1 << 30) == 3);
    CHECK(lseek(file, 777, SEEK_SET) == 777 && lseek(twin, 77777, SEEK_SET) == 77777);
    struct stat status;
    for (;;) {
        CHECK(pread(file, got, sizeof got, 0) == sizeof got && memcmp(data, got, sizeof got) == 0 && fstat(file, &status) == 0 && status.st_size == sizeof data && (status.st_mode & 0777) == 0640);
        CHECK(lseek(file, 0, SEEK_CUR) == 777 && lseek(twin, 0, SEEK_CUR) == 77777 && pread(twin, got, 100, 5) == 100 && memcmp(data + 5, got, 100) == 0);
        CHECK(pread(sparse, got, 9, (1 << 30) - 6) == 9 && memcmp(got, "\0\0\0\0\0\0end", 9) == 0 && fstat(sparse, &status) == 0 && status.st_blocks < 1000);
        beat();
    }
}
