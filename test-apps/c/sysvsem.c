/* System V semaphores: values, waiters, who was last, and what the exit of a process undoes. */
#include "sysv.h"

static int set;

static void operate(int n, int value, int flags) {
    struct sembuf operation = {n, value, flags};
    CHECK(semop(set, &operation, 1) == 0);
}

static int value(int n) { return semctl(set, n, GETVAL); }

/* A child that holds one of semaphore 0 and has put some to semaphore 1, and would undo both; it ends when it is told. */
static pid_t holder(int *tell) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child > 0) {
        *tell = ends[1];
        return close(ends[0]), child;
    }
    close(ends[1]);
    struct sembuf both[2] = {{0, -1, SEM_UNDO}, {1, 5, SEM_UNDO}};
    CHECK(semop(set, both, 2) == 0);
    operate(2, 1, 0);
    char byte;
    CHECK(read(ends[0], &byte, 1) >= 0);
    _exit(0);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    sweep();
    key_t key = my_key();
    set = semget(key, 8, IPC_CREAT | IPC_EXCL | 0640);
    int private = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
    unsigned short values[8] = {3, 0, 0, 0, 32767, 7, 1, 0}, all[8];
    CHECK(set >= 0 && private >= 0 && semctl(set, 0, SETALL, (union semun){.array = values}) == 0 && semctl(private, 1, SETVAL, (union semun){.val = 9}) == 0);
    operate(5, 2, SEM_UNDO), operate(5, -2, 0); /* this process would undo 2 at its end, below what is there by then */
    pid_t child = fork(), last;
    CHECK(child >= 0);
    if (child == 0) { /* plays ball; waits in semop nearly all the time, and in semtimedop */
        for (int n = 0;; n++) {
            operate(3, -1, 0);
            struct sembuf operation = {7, 1, 0};
            CHECK(semtimedop(set, &operation, 1, &(struct timespec){60, 0}) == 0);
            if (getppid() == 1) _exit(0);
        }
    }
    for (long turn = 1;; turn++) {
        int tell[2], status;
        pid_t one = holder(&tell[0]), two = holder(&tell[1]);
        operate(2, -2, 0); /* both hold theirs now */
        last = semctl(set, 0, GETPID);
        CHECK(last == one || last == two);
        for (int i = 0; i < 8; i++) {
            CHECK(value(0) == 1 && value(1) == 10 && value(4) == 32767 && value(5) == 7 && value(6) == 1 && semctl(private, 1, GETVAL) == 9);
            CHECK(semget(key, 0, 0) == set && semctl(set, 0, GETPID) == last && semctl(set, 4, GETPID) == getpid());
            operate(3, 1, 0), operate(7, -1, 0);
            beat();
        }
        operate(1, -2, 0); /* the undo comes out of what is left: 8 - 5 - 5 is not below 0 */
        CHECK(write(tell[0], "x", 1) == 1 && waitpid(one, &status, 0) == one && status == 0);
        CHECK(value(0) == 2 && value(1) == 3);
        CHECK(close(tell[1]) == 0 && waitpid(two, &status, 0) == two && status == 0); /* read returns 0 */
        CHECK(close(tell[0]) == 0 && value(0) == 3 && value(1) == 0);
        CHECK(semctl(set, 0, GETALL, (union semun){.array = all}) == 0 && memcmp(all, values, sizeof all) == 0);
    }
}
