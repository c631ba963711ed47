/* POSIX message queues: priorities, order, limits, descriptors, a deleted name, a waiting receiver, notification with its value. */
#include "app.h"
#include <mqueue.h>
#define NAME "/jdmtcp-test-%d-%s"

static char many_name[64], there_name[64], back_name[64];

static mqd_t make(char *name, const char *what, int flags, long messages, long size) {
    snprintf(name, 64, NAME, (int)getpid(), what);
    struct mq_attr limits = {.mq_maxmsg = messages, .mq_msgsize = size};
    mqd_t queue = mq_open(name, O_CREAT | O_EXCL | flags, 0640, &limits);
    CHECK(queue >= 0);
    return queue;
}

static void put(mqd_t queue, unsigned priority, int size, char fill) {
    char text[8192];
    memset(text, fill, size);
    CHECK(mq_send(queue, text, size, priority) == 0);
}

static void take(mqd_t queue, unsigned priority, int size, char fill) {
    char text[8192];
    unsigned p;
    CHECK(mq_receive(queue, text, sizeof text, &p) == size && p == priority);
    for (int i = 0; i < size; i++) CHECK(text[i] == fill);
}

static void fill_many(mqd_t many) {
    put(many, 3, 10, 'a'), put(many, 0, 0, 0), put(many, 32767, 8192, 'b'), put(many, 3, 11, 'c'), put(many, 0, 1, 'd'), put(many, 3, 12, 'e');
}

int main(int argc, char **argv) {
    begin(argc, argv);
    char name[64];
    mqd_t many = make(many_name, "many", O_RDWR | O_NONBLOCK, 10, 8192), there = make(there_name, "there", O_RDWR | O_CLOEXEC, 2, 8), back = make(back_name, "back", O_RDWR, 2, 8);
    mqd_t told = make(name, "told", O_RDWR | O_NONBLOCK, 3, 64), gone = make(name, "gone", O_RDWR | O_NONBLOCK, 4, 100);
    CHECK(mq_unlink(name) == 0);
    mqd_t reader = mq_open(many_name, O_RDONLY | O_NONBLOCK), writer = mq_open(many_name, O_WRONLY);
    CHECK(reader >= 0 && writer >= 0);
    fill_many(many), put(gone, 1, 100, 'g');
    sigset_t set;
    CHECK(sigemptyset(&set) == 0 && sigaddset(&set, SIGUSR2) == 0 && sigaddset(&set, SIGRTMIN + 3) == 0 && sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) /* waits for a message nearly all the time */
        for (;;) {
            char word[8];
            unsigned priority;
            CHECK(mq_receive(there, word, 8, &priority) == 8 && mq_send(back, word, 8, priority) == 0);
            if (getppid() == 1) _exit(0);
        }
    for (uint64_t turn = 1;; turn++) {
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = turn % 2 ? SIGUSR2 : SIGRTMIN + 3, .sigev_value.sival_ptr = (void *)(turn << 33 | turn)};
        if (turn % 3 == 0) put(told, 2, 64, 't'); /* not empty: the notification comes for a later message */
        CHECK(mq_notify(told, &event) == 0);
        for (int i = 0; i < 7; i++) {
            struct mq_attr a;
            CHECK(mq_getattr(many, &a) == 0 && a.mq_flags == O_NONBLOCK && a.mq_maxmsg == 10 && a.mq_msgsize == 8192 && a.mq_curmsgs == 6);
            CHECK(mq_getattr(writer, &a) == 0 && a.mq_flags == 0 && (fcntl(there, F_GETFD) & FD_CLOEXEC) && fcntl(back, F_GETFL) % 4 == O_RDWR);
            CHECK(mq_getattr(gone, &a) == 0 && a.mq_maxmsg == 4 && a.mq_msgsize == 100 && a.mq_curmsgs == 1);
            struct stat status;
            CHECK(fstat(many, &status) == 0 && (status.st_mode & 0777) == 0640 && status.st_nlink == 1 && fstat(gone, &status) == 0 && status.st_nlink == 0);
            uint64_t word = turn * 8 + i, got;
            unsigned priority;
            CHECK(mq_send(there, (char *)&word, 8, i) == 0 && mq_receive(back, (char *)&got, 8, &priority) == 8 && got == word && priority == (unsigned)i);
            CHECK(mq_notify(told, &event) == -1 && errno == EBUSY); /* still there */
            siginfo_t info;
            CHECK(sigtimedwait(&set, &info, &(struct timespec){0, 0}) == -1 && errno == EAGAIN); /* and has not come */
            beat();
        }
        if (turn % 3 == 0) take(told, 2, 64, 't');
        put(told, 1, 5, 'n');
        siginfo_t info;
        CHECK(sigtimedwait(&set, &info, &(struct timespec){20, 0}) == event.sigev_signo && info.si_code == SI_MESGQ && info.si_ptr == (void *)(turn << 33 | turn) && info.si_pid == getpid());
        take(told, 1, 5, 'n');
        take(reader, 32767, 8192, 'b'), take(reader, 3, 10, 'a'), take(many, 3, 11, 'c'), take(many, 3, 12, 'e'), take(many, 0, 0, 0), take(many, 0, 1, 'd');
        char text[8192];
        CHECK(mq_receive(many, text, sizeof text, NULL) == -1 && errno == EAGAIN);
        mqd_t again = mq_open(many_name, O_WRONLY | O_NONBLOCK); /* found by its name */
        CHECK(again >= 0);
        fill_many(again);
        CHECK(mq_close(again) == 0);
        take(gone, 1, 100, 'g'), put(gone, 1, 100, 'g');
    }
}
