/* Pipes and FIFOs with data in them: sizes, non-blocking, packet mode, one end closed, both ends in one process. pipes LOG FOLDER. */
#include "app.h"
#include <sys/ioctl.h>

static char data[300000], got[300000];

struct tube { int in, out; };

static struct tube tube(int flags, int size) {
    int fd[2];
    CHECK(pipe2(fd, flags) == 0);
    if (size > 0) CHECK(fcntl(fd[0], F_SETPIPE_SZ, size) == size);
    return (struct tube){fd[1], fd[0]};
}

static int queued(int fd) {
    int bytes = -1;
    CHECK(ioctl(fd, FIONREAD, &bytes) == 0);
    return bytes;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2 && chdir(argv[2]) == 0);
    fill(data, sizeof data, 3);
    struct tube plain = tube(O_CLOEXEC, 0), big = tube(0, 1 << 19), small = tube(O_NONBLOCK, 4096), packets = tube(O_DIRECT, 0), one_ended = tube(0, 0), eof = tube(0, 0), empty = tube(O_NONBLOCK, 0);
    signal(SIGPIPE, SIG_IGN);
    CHECK(unlink("fifo") == 0 || errno == ENOENT);
    CHECK(mkfifo("fifo", 0600) == 0);
    int both = open("fifo", O_RDWR), reader = open("fifo", O_RDONLY | O_NONBLOCK), writer = open("fifo", O_WRONLY);
    CHECK(both >= 0 && reader >= 0 && writer >= 0);
    CHECK(mkfifo("gone", 0600) == 0 || errno == EEXIST);
    int gone = open("gone", O_RDWR);
    CHECK(gone >= 0 && unlink("gone") == 0 && write(gone, "gone", 4) == 4);
    CHECK(write(eof.in, "last words", 10) == 10 && close(eof.in) == 0); /* data, and no writer any more */
    CHECK(close(one_ended.out) == 0);                                   /* a writer without a reader */
    for (int turn = 0;; turn++) {
        int size = 1000 + turn * 777 % 60000, large = 260000 + turn % 1000;
        CHECK(write(plain.in, data, size) == size && write(big.in, data + turn % 100, large) == large);
        while (write(small.in, data, 512) == 512) {
        }
        CHECK(errno == EAGAIN && queued(small.out) == 4096);
        for (int i = 1; i <= 9; i++) CHECK(write(packets.in, data + i, i * 100) == i * 100);
        CHECK(write(writer, data + 7, size) == size);
        for (int i = 0; i < 12; i++) {
            CHECK(queued(plain.out) == size && queued(big.out) == large && queued(small.out) == 4096 && queued(both) == size && queued(gone) == 4);
            CHECK(queued(eof.out) == 10 && queued(packets.out) == 4500 && queued(empty.out) == 0);
            CHECK(fcntl(big.out, F_GETPIPE_SZ) == 1 << 19 && fcntl(small.in, F_GETPIPE_SZ) == 4096 && fcntl(plain.in, F_GETPIPE_SZ) == 65536);
            CHECK(fcntl(plain.in, F_GETFD) == FD_CLOEXEC && fcntl(big.in, F_GETFD) == 0);
            CHECK((fcntl(small.in, F_GETFL) & ~0100000) == (O_WRONLY | O_NONBLOCK) && (fcntl(packets.in, F_GETFL) & O_DIRECT));
            CHECK((fcntl(reader, F_GETFL) & (O_ACCMODE | O_NONBLOCK)) == O_NONBLOCK && (fcntl(both, F_GETFL) & O_ACCMODE) == O_RDWR);
            CHECK(write(one_ended.in, "x", 1) == -1 && errno == EPIPE);
            CHECK(read(empty.out, got, 1) == -1 && errno == EAGAIN); /* not an end of file: the writer is there */
            beat();
        }
        CHECK(read(plain.out, got, sizeof got) == size && memcmp(got, data, size) == 0);
        int sum = 0;
        while (sum < large) {
            ssize_t n = read(big.out, got + sum, sizeof got - sum);
            CHECK(n > 0);
            sum += n;
        }
        CHECK(sum == large && memcmp(got, data + turn % 100, large) == 0);
        for (int i = 0; i < 8; i++) CHECK(read(small.out, got, 512) == 512 && memcmp(got, data, 512) == 0);
        for (int i = 1; i <= 9; i++) CHECK(read(packets.out, got, sizeof got) == i * 100 && memcmp(got, data + i, i * 100) == 0); /* packets keep their borders */
        CHECK(read(reader, got, sizeof got) == size && memcmp(got, data + 7, size) == 0);
        if (turn % 2 == 1) CHECK(read(gone, got, 4) == 4 && memcmp(got, "gone", 4) == 0 && write(gone, "gone", 4) == 4);
    }
}
