/* /dev/null, /dev/zero, /dev/full, /dev/urandom: flags, and a private mapping of /dev/zero. */
#include "app.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int null = open("/dev/null", O_RDWR | O_NONBLOCK | O_CLOEXEC), zero = open("/dev/zero", O_RDONLY), full = open("/dev/full", O_WRONLY), random = open("/dev/urandom", O_RDONLY);
    CHECK(null >= 0 && zero >= 0 && full >= 0 && random >= 0);
    int map = open("/dev/zero", O_RDWR);
    char *mapped = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE, map, 0);
    CHECK(mapped != MAP_FAILED && close(map) == 0);
    fill(mapped, 1 << 16, 5);
    for (;;) {
        char bytes[64], other[64];
        memset(bytes, 1, sizeof bytes);
        CHECK(write(null, bytes, 64) == 64 && read(null, bytes, 64) == 0);
        CHECK(read(zero, bytes, 64) == 64 && bytes[0] == 0 && memcmp(bytes, bytes + 1, 63) == 0);
        CHECK(write(full, bytes, 64) == -1 && errno == ENOSPC);
        CHECK(read(random, bytes, 64) == 64 && read(random, other, 64) == 64 && memcmp(bytes, other, 64) != 0);
        CHECK(fcntl(null, F_GETFL) == (O_RDWR | O_NONBLOCK | 0100000) && fcntl(null, F_GETFD) == FD_CLOEXEC);
        CHECK(filled(mapped, 1 << 16, 5) && mapped[1 << 18] == 0);
        beat();
    }
}
