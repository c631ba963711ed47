/* System V message queues: messages with their types and order, empty and full queues, permissions, a receiver that waits. */
#include "sysv.h"
#include <sys/msg.h>

struct message { long type; char text[4096]; };

static void put(int queue, long type, int size, char fill) {
    struct message m = {.type = type};
    memset(m.text, fill, size);
    CHECK(msgsnd(queue, &m, size, IPC_NOWAIT) == 0);
}

static void take(int queue, long wanted, long type, int size, char fill) {
    struct message m;
    CHECK(msgrcv(queue, &m, sizeof m.text, wanted, IPC_NOWAIT) == size && m.type == type);
    for (int i = 0; i < size; i++) CHECK(m.text[i] == fill);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    sweep();
    key_t key = my_key();
    int many = msgget(key, IPC_CREAT | IPC_EXCL | 0640), full = msgget(key + 0x1000000, IPC_CREAT | IPC_EXCL | 0600), there = msgget(key + 0x2000000, IPC_CREAT | IPC_EXCL | 0600), back = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    CHECK(many >= 0 && full >= 0 && there >= 0 && back >= 0);
    struct msqid_ds status;
    CHECK(msgctl(full, IPC_STAT, &status) == 0 && (status.msg_qbytes = 3000, msgctl(full, IPC_SET, &status) == 0));
    put(full, 1, 3000, 'f');
    put(many, 5, 0, 0), put(many, 7, 1, 'a'), put(many, 5, 4096, 'b'), put(many, 0x7fffffffffffffff, 100, 'c'), put(many, 7, 33, 'd');
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) /* waits for a message nearly all the time */
        for (;;) {
            struct message m;
            CHECK(msgrcv(there, &m, sizeof m.text, 0, 0) == 8 && msgsnd(back, &m, 8, 0) == 0);
            if (getppid() == 1) _exit(0);
        }
    for (uint64_t turn = 1;; turn++) {
        CHECK(msgctl(many, IPC_STAT, &status) == 0 && status.msg_qnum == 5 && status.msg_cbytes == 0 + 1 + 4096 + 100 + 33 && (status.msg_perm.mode & 0777) == 0640);
        CHECK(msgget(key, 0) == many && msgget(key + 0x1000000, 0) == full && msgget(key + 0x2000000, 0) == there);
        CHECK(msgctl(full, IPC_STAT, &status) == 0 && status.msg_qbytes == 3000 && status.msg_qnum == 1);
        struct message m = {.type = (long)turn};
        CHECK(msgsnd(full, &m, 1, IPC_NOWAIT) == -1 && errno == EAGAIN);
        if (turn % 10 == 0) { /* in order, by type, and in order again */
            take(many, 0, 5, 0, 0), take(many, 7, 7, 1, 'a'), take(many, -6, 5, 4096, 'b'), take(many, 0, 0x7fffffffffffffff, 100, 'c'), take(many, 0, 7, 33, 'd');
            CHECK(msgrcv(many, &m, 1, 0, IPC_NOWAIT) == -1 && errno == ENOMSG);
            put(many, 5, 0, 0), put(many, 7, 1, 'a'), put(many, 5, 4096, 'b'), put(many, 0x7fffffffffffffff, 100, 'c'), put(many, 7, 33, 'd');
            take(full, 0, 1, 3000, 'f'), put(full, 1, 3000, 'f');
        }
        memcpy(m.text, &turn, 8), m.type = (long)turn;
        CHECK(msgsnd(there, &m, 8, 0) == 0 && msgrcv(back, &m, sizeof m.text, 0, 0) == 8 && m.type == (long)turn && memcmp(m.text, &turn, 8) == 0);
        beat();
    }
}
