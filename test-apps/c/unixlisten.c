/* Listening UNIX sockets: connections that wait to be accepted, accepted ones with names and credentials, a listener that is gone, restarted names. unixlisten LOG FOLDER. */
#include "app.h"
#include "sockets.h"

static char data[30000], got[30000];

static int client(const char *path, int type) {
    int fd = socket(AF_UNIX, type, 0);
    struct sockaddr_un address = un(path);
    CHECK(fd >= 0 && connect(fd, (void *)&address, sizeof address) == 0);
    return fd;
}

static int server(const char *path, int type, int backlog) {
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = un(path);
    unlink(path);
    CHECK(fd >= 0 && bind(fd, (void *)&address, sizeof address) == 0 && listen(fd, backlog) == 0);
    return fd;
}

static void expect_peer(int fd, pid_t pid) {
    struct ucred ids;
    socklen_t size = sizeof ids;
    CHECK(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &ids, &size) == 0 && ids.pid == pid && ids.uid == getuid());
}

static void expect_name(int fd, const char *own, const char *peer) {
    struct sockaddr_un name = {0};
    socklen_t size = sizeof name;
    CHECK(getsockname(fd, (void *)&name, &size) == 0 && strcmp(name.sun_path, own) == 0 && (*own || size == 2));
    memset(&name, 0, size = sizeof name);
    CHECK(getpeername(fd, (void *)&name, &size) == 0 && strcmp(name.sun_path, peer) == 0 && (*peer || size == 2));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2 && chdir(argv[2]) == 0);
    fill(data, sizeof data, 4);
    char absolute[100];
    snprintf(absolute, sizeof absolute, "%s/absolute", argv[2]);
    CHECK(strlen(argv[2]) < 80);
    int relative = server("relative", SOCK_STREAM, 3), full = server(absolute, SOCK_SEQPACKET, 0), gone = server("gone", SOCK_STREAM, 5);
    int a = client("gone", SOCK_STREAM), b = accept(gone, NULL, NULL);
    CHECK(a >= 0 && b >= 0 && close(gone) == 0 && unlink("gone") == 0);
    int stale = server("stale", SOCK_STREAM, 5), c = client("stale", SOCK_STREAM), d = accept(stale, NULL, NULL);
    CHECK(c >= 0 && d >= 0 && close(stale) == 0); /* its file stays */
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) { /* connects, and answers what it is sent */
        int fd = client(absolute, SOCK_SEQPACKET), n;
        expect_peer(fd, parent);
        expect_name(fd, "", absolute);
        while ((n = read(fd, got, sizeof got)) > 0) {
            expect_peer(fd, parent);
            expect_name(fd, "", absolute);
            CHECK(write(fd, got, n) == n);
        }
        exit(0);
    }
    int talk = accept(full, NULL, NULL), crowd = client(absolute, SOCK_SEQPACKET); /* fills a backlog of 0 */
    CHECK(talk >= 0);
    for (int turn = 0;; turn++) {
        int waiting[3], dead;
        for (int i = 0; i < 3; i++) waiting[i] = client("relative", SOCK_STREAM);
        CHECK(write(a, data, 20000) == 20000 && write(d, data, 3000) == 3000);
        for (int i = 0; i < 12; i++) {
            expect_name(a, "", "gone");
            expect_name(b, "gone", "");
            expect_name(c, "", "stale");
            expect_name(d, "stale", "");
            expect_name(talk, absolute, "");
            expect_name(waiting[1], "", "relative");
            expect_peer(talk, child);
            expect_peer(a, parent);
            struct stat status;
            CHECK(stat("relative", &status) == 0 && stat("stale", &status) == 0 && stat("gone", &status) == -1 && stat(absolute, &status) == 0);
            CHECK(send(talk, data + i, 100 + i, 0) == 100 + i && recv(talk, got, sizeof got, 0) == 100 + i && memcmp(got, data + i, 100 + i) == 0);
            int on = -1, extra = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
            socklen_t size = sizeof on;
            CHECK(getsockopt(full, SOL_SOCKET, SO_ACCEPTCONN, &on, &size) == 0 && on == 1);
            struct sockaddr_un address = un(absolute);
            CHECK(connect(extra, (void *)&address, sizeof address) == -1 && errno == EAGAIN && close(extra) == 0); /* the backlog is still 0 */
            beat();
        }
        for (int i = 0; i < 3; i++) {
            int one = accept(relative, NULL, NULL);
            CHECK(one >= 0 && write(waiting[i], &i, sizeof i) == sizeof i && read(one, &dead, sizeof dead) == sizeof dead && dead == i); /* their order is kept */
            expect_name(one, "relative", "");
            close(one), close(waiting[i]);
        }
        int sum = 0;
        while (sum < 20000) sum += CHECKED(read(b, got + sum, 20000 - sum));
        CHECK(memcmp(got, data, sum) == 0 && recv(c, got, 3000, MSG_WAITALL) == 3000 && memcmp(got, data, 3000) == 0 && crowd >= 0);
    }
}
