/* Descriptors on their way (SCM_RIGHTS): files, pipes, sockets, a socket in its own queue; the same open files arrive. unixqueue LOG FOLDER. */
#include "app.h"
#include "sockets.h"

static char data[200000], got[200000];

static void same_offset(int a, int b) { CHECK(lseek(a, 7, SEEK_CUR) >= 0 && lseek(a, 0, SEEK_CUR) == lseek(b, 0, SEEK_CUR)); }

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2 && chdir(argv[2]) == 0);
    fill(data, sizeof data, 8);
    int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK(file >= 0 && ftruncate(file, 100000) == 0);
    for (int turn = 0;; turn++) {
        int stream[2], packet[2], datagram[2], tube[2], inner[2], knot[2], fds[16], count;
        CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, stream) == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET, 0, packet) == 0 && socketpair(AF_UNIX, SOCK_DGRAM, 0, datagram) == 0);
        CHECK(pipe(tube) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, inner) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, knot) == 0);
        int large = 60000 + turn, only = open("file", O_RDONLY), on = 1;
        CHECK(only >= 0 && lseek(only, 4000 + turn, SEEK_SET) > 0 && lseek(file, turn, SEEK_SET) == turn);
        /* in a stream: bytes, bytes with three files, bytes, bytes with one */
        CHECK(write(stream[0], data, large) == large);
        CHECK(give(stream[0], data + large, 5000, (int[]){file, only, tube[0]}, 3) == 5000 && write(stream[0], data + 1, 777) == 777);
        CHECK(give(stream[0], "e", 1, &tube[1], 1) == 1 && write(stream[0], "tail", 4) == 4);
        CHECK(write(tube[1], "through the pipe", 16) == 16);
        CHECK(setsockopt(packet[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0);
        for (int i = 0; i < 3; i++) CHECK(give(packet[0], data + i, 100 + i, &file, 1) == 100 + i && give(datagram[0], data + i, 50 + i, &only, 1) == 50 + i);
        /* an end of a connection that is nowhere but in the queue of another, with data and a file in its own queue */
        CHECK(give(inner[1], "inside", 6, &file, 1) == 6 && give(knot[0], "k", 1, &inner[0], 1) == 1 && give(knot[0], "k", 1, &knot[1], 1) == 1);
        CHECK(close(only) == 0 && close(tube[0]) == 0 && close(tube[1]) == 0 && close(inner[0]) == 0);
        pid_t child = fork(); /* a sender that is dead at the checkpoint */
        CHECK(child >= 0);
        if (child == 0) _exit(give(packet[0], "dead", 4, &file, 1) == 4 ? 0 : 1);
        int status;
        CHECK(waitpid(child, &status, 0) == child && status == 0);
        for (int i = 0; i < 12; i++) {
            CHECK(recv(stream[1], got, 10, MSG_PEEK) == 10 && lseek(file, 0, SEEK_CUR) == turn);
            beat();
        }
        int sum = 0;
        while (sum < large) {
            sum += CHECKED(receive(stream[1], got + sum, large - sum, fds, &count, NULL));
            CHECK(count == 0);
        }
        CHECK(memcmp(got, data, large) == 0);
        CHECK(receive(stream[1], got, sizeof got, fds, &count, NULL) == 5000 && count == 3 && memcmp(got, data + large, 5000) == 0);
        same_offset(fds[0], file);
        CHECK(lseek(fds[1], 0, SEEK_CUR) == 4000 + turn && (fcntl(fds[1], F_GETFL) & O_ACCMODE) == O_RDONLY);
        only = fds[1];
        CHECK(read(fds[2], got, 100) == 16 && memcmp(got, "through the pipe", 16) == 0);
        tube[0] = fds[2];
        close(fds[0]);
        CHECK(receive(stream[1], got, 778, fds, &count, NULL) == 778 && count == 1 && memcmp(got, data + 1, 777) == 0 && got[777] == 'e');
        CHECK(write(fds[0], "p", 1) == 1 && read(tube[0], got, 1) == 1 && close(fds[0]) == 0 && read(tube[0], got, 1) == 0);
        CHECK(read(stream[1], got, 9) == 4 && memcmp(got, "tail", 4) == 0);
        for (int i = 0; i < 3; i++) {
            struct ucred from;
            CHECK(receive(packet[1], got, sizeof got, fds, &count, &from) == 100 + i && count == 1 && from.pid == getpid() && memcmp(got, data + i, 100 + i) == 0);
            same_offset(fds[0], file);
            CHECK(close(fds[0]) == 0 && receive(datagram[1], got, sizeof got, fds, &count, NULL) == 50 + i && count == 1);
            same_offset(fds[0], only);
            close(fds[0]);
        }
        struct ucred from;
        CHECK(receive(packet[1], got, sizeof got, fds, &count, &from) == 4 && count == 1 && memcmp(got, "dead", 4) == 0 && close(fds[0]) == 0);
        CHECK(from.pid == child && from.uid == getuid() && from.gid == getgid());
        CHECK(receive(knot[1], got, 1, fds, &count, NULL) == 1 && count == 1);
        inner[0] = fds[0];
        CHECK(receive(inner[0], got, 9, fds, &count, NULL) == 6 && count == 1 && memcmp(got, "inside", 6) == 0);
        same_offset(fds[0], file);
        CHECK(close(fds[0]) == 0 && write(inner[0], "i", 1) == 1 && read(inner[1], got, 1) == 1);
        CHECK(receive(knot[1], got, 1, fds, &count, NULL) == 1 && count == 1 && write(fds[0], "n", 1) == 1 && read(knot[0], got, 1) == 1);
        for (int i = 0; i < 2; i++) close(stream[i]), close(packet[i]), close(datagram[i]), close(inner[i]), close(knot[i]);
        close(fds[0]), close(only), close(tube[0]);
    }
}
