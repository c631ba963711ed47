/* Pseudo-terminals of the program's own: numbers, settings, sizes, modes, what waits in both directions, ends that are closed. */
#include "app.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <termios.h>

typedef struct { int master, slave, number; } pty;

static pty make(void) {
    pty p = {.master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)};
    char name[32];
    CHECK(p.master >= 0 && unlockpt(p.master) == 0 && ptsname_r(p.master, name, sizeof name) == 0);
    CHECK(ioctl(p.master, TIOCGPTN, &p.number) == 0 && (p.slave = open(name, O_RDWR | O_NOCTTY)) >= 0);
    return p;
}

static int same(int fd, struct termios a) { /* field by field: there is padding between */
    struct termios b;
    CHECK(tcgetattr(fd, &b) == 0);
    return a.c_iflag == b.c_iflag && a.c_oflag == b.c_oflag && a.c_cflag == b.c_cflag && a.c_lflag == b.c_lflag && a.c_line == b.c_line
        && memcmp(a.c_cc, b.c_cc, sizeof a.c_cc) == 0 && a.c_ispeed == b.c_ispeed && a.c_ospeed == b.c_ospeed;
}

static struct termios settings(pty p, tcflag_t input, tcflag_t output, tcflag_t local) {
    struct termios t;
    CHECK(tcgetattr(p.slave, &t) == 0);
    t.c_iflag = input, t.c_oflag = output, t.c_lflag = local;
    t.c_cc[VEOL] = ';', t.c_cc[VEOL2] = 'Q', t.c_cc[VINTR] = 'Z', t.c_cc[VMIN] = 3;
    CHECK(tcsetattr(p.slave, TCSANOW, &t) == 0);
    return t;
}

static int events(int fd) {
    struct pollfd one = {.fd = fd, .events = POLLIN | POLLOUT | POLLPRI};
    CHECK(poll(&one, 1, 0) >= 0);
    return one.revents;
}

static void put(int fd, const char *text, size_t size) { CHECK(write(fd, text, size) == (ssize_t)size); }

/* One read gives exactly this. */
static void gives(int fd, const char *text, size_t size) {
    char buffer[8192];
    CHECK(read(fd, buffer, sizeof buffer) == (ssize_t)size && memcmp(buffer, text, size) == 0);
}

static void all(int fd, const char *text, size_t size) {
    char buffer[8192];
    size_t n = 0;
    while (n < size) {
        ssize_t some = read(fd, buffer + n, sizeof buffer - n);
        CHECK(some > 0);
        n += some;
    }
    CHECK(n == size && memcmp(buffer, text, size) == 0);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pty raw = make(), lines = make(), packet = make(), hung = make(), closed = make(), stopped = make(), fresh = {.master = open("/dev/ptmx", O_RDWR | O_NOCTTY)};
    pty *every[] = {&raw, &lines, &packet, &closed, &stopped, &fresh};
    struct winsize size = {24, 80, 640, 480}, size_now;
    struct termios raw_settings = settings(raw, 0, 0, 0), line_settings = settings(lines, ICRNL | IUTF8, OPOST | ONLCR, ICANON | ECHO | ISIG | IEXTEN | ECHOCTL);
    settings(packet, IXON, 0, 0);
    int on = 1, value, again = open(ptsname(raw.master), O_RDONLY | O_NONBLOCK | O_NOCTTY), writer = open(ptsname(raw.master), O_WRONLY | O_NOCTTY);
    CHECK(again >= 0 && writer >= 0 && fchmod(raw.slave, 0622) == 0 && ioctl(raw.slave, TIOCEXCL) == 0 && ioctl(raw.master, TIOCSWINSZ, &size) == 0);
    CHECK(ioctl(fresh.master, TIOCGPTN, &fresh.number) == 0 && fcntl(raw.master, F_SETFL, O_NONBLOCK) == 0 && ioctl(packet.master, TIOCPKT, &on) == 0);
    settings(closed, 0, 0, 0);
    put(closed.master, "typed ahead", 11);
    CHECK(close(closed.slave) == 0 && close(hung.master) == 0 && tcflow(stopped.slave, TCOOFF) == 0 && tcflow(packet.slave, TCOOFF) == 0 && tcflow(packet.slave, TCOON) == 0);
    char big[6000];
    for (size_t i = 0; i < sizeof big; i++) big[i] = mix(i);
    for (int turn = 0;; turn++) {
        size_t n = turn % 3 == 0 ? 0 : turn % 3 == 1 ? 700 : sizeof big;
        put(raw.master, big, n), put(writer, big + 1, n / 2);
        const char typed[] = "one\ntwo\x04\x04semi;\x16;\x16\x04lit\x16\n\x04Q\x16Qq\n\x7f\x15half\x16\x16l\x16Z\xc3\xa4";
        put(lines.slave, "out\n", 4), put(lines.master, typed, sizeof typed - 1);
        for (int i = 0; i < 6; i++) {
            for (size_t p = 0; p < sizeof every / sizeof *every; p++) CHECK(ioctl(every[p]->master, TIOCGPTN, &value) == 0 && value == every[p]->number);
            struct stat file;
            CHECK(fstat(raw.slave, &file) == 0 && (file.st_mode & 07777) == 0622 && minor(file.st_rdev) == (unsigned)raw.number && isatty(again));
            CHECK(same(raw.slave, raw_settings) && same(lines.master, line_settings));
            CHECK(ioctl(raw.slave, TIOCGWINSZ, &size_now) == 0 && memcmp(&size, &size_now, sizeof size) == 0);
            CHECK(ioctl(raw.slave, TIOCGEXCL, &value) == 0 && value == 1 && ioctl(lines.slave, TIOCGEXCL, &value) == 0 && value == 0);
            CHECK(ioctl(packet.master, TIOCGPKT, &value) == 0 && value == 1 && ioctl(fresh.master, TIOCGPTLCK, &value) == 0 && value == 1);
            CHECK((fcntl(raw.master, F_GETFL) & O_NONBLOCK) && !(fcntl(lines.master, F_GETFL) & O_NONBLOCK) && (fcntl(again, F_GETFL) & O_NONBLOCK) && (fcntl(raw.master, F_GETFD) & FD_CLOEXEC));
            CHECK(!(events(stopped.slave) & POLLOUT) && (events(fresh.master) & (POLLHUP | POLLIN)) == 0 && (events(closed.master) & POLLHUP) && (events(packet.master) & POLLPRI));
            CHECK((events(hung.slave) & POLLHUP) && read(hung.slave, big, 0) == 0 && write(hung.slave, "x", 1) == -1 && errno == EIO && read(closed.master, &value, 1) == -1 && errno == EIO);
            beat();
        }
        all(raw.slave, big, n), all(raw.master, big + 1, n / 2);
        CHECK(read(again, &value, 1) == -1 && errno == EAGAIN && read(raw.master, &value, 1) == -1 && errno == EAGAIN);
        gives(lines.slave, "one\n", 4), gives(lines.slave, "two", 3), gives(lines.slave, "", 0), gives(lines.slave, "semi;", 5);
        gives(lines.slave, ";\x04lit\n", 6), gives(lines.slave, "Q", 1), gives(lines.slave, "Qq\n", 3);
        put(lines.master, "\x7f" "end\r", 5), gives(lines.slave, "half\x16lZend\n", 11);
        char seen[512] = {0};
        for (size_t k = 0; !strstr(seen, "end\r\n"); k = strlen(seen)) CHECK(read(lines.master, seen + k, sizeof seen - 1 - k) > 0);
        CHECK(strcmp(seen, "out\r\none\r\ntwosemi;^\b;^\b^Dlit^\b^JQ^\bQq\r\nhalf^\b^Vl^\bZ\xc3\xa4^?end\r\n") == 0);
        CHECK(tcflow(packet.slave, TCOOFF) == 0 && tcflow(packet.slave, TCOON) == 0 && read(packet.master, seen, 9) == 1 && seen[0] == TIOCPKT_START);
        put(packet.slave, "data", 4), gives(packet.master, "\0data", 5);
        CHECK(tcflow(packet.slave, TCOOFF) == 0 && tcflow(packet.slave, TCOON) == 0 && tcflow(stopped.slave, TCOON) == 0);
        put(stopped.slave, "on", 2), all(stopped.master, "on", 2);
        CHECK(tcflow(stopped.slave, TCOOFF) == 0);
        int reopened = open(ptsname(closed.master), O_RDWR | O_NOCTTY | O_NONBLOCK);
        CHECK(reopened >= 0);
        gives(reopened, "typed ahead", 11), put(closed.master, "typed ahead", 11), close(reopened);
    }
}
