/* System V shared memory: ids and keys, several processes, read-only, in part unmapped, marked for removal, attached by nobody. */
#include "sysv.h"
#define PAGE 4096UL
#define MB (1UL << 20)
#define CHILDREN 3

struct board { _Atomic uint64_t turn, answers[CHILDREN]; };

static void *attach(int id, int flags) {
    void *at = shmat(id, NULL, flags);
    CHECK(at != (void *)-1);
    return at;
}

static struct shmid_ds status(int id) {
    struct shmid_ds status;
    CHECK(shmctl(id, IPC_STAT, &status) == 0);
    return status;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    sweep();
    key_t key = my_key();
    int id = shmget(key, 3 * MB + 100, IPC_CREAT | IPC_EXCL | 0640), gone = shmget(IPC_PRIVATE, MB, IPC_CREAT | 0600);
    int idle = shmget(key + 0x1000000, MB, IPC_CREAT | IPC_EXCL | 0600), locked = shmget(IPC_PRIVATE, 2 * PAGE, IPC_CREAT | 0600);
    CHECK(id >= 0 && gone >= 0 && idle >= 0 && locked >= 0);
    struct board *board = attach(id, 0);
    char *text = (char *)board + PAGE, *doomed = attach(gone, 0), *idler = attach(idle, 0), *fixed = attach(locked, 0);
    fill(text, 2 * MB, 1), fill(doomed, MB, 2), fill(idler, MB, 3), fill(fixed, PAGE, 4);
    CHECK(shmdt(idler) == 0 && shmctl(gone, IPC_RMID, NULL) == 0 && shmctl(locked, SHM_LOCK, NULL) == 0 && shmctl(locked, IPC_RMID, NULL) == 0);
    int pipes[CHILDREN][2];
    for (int i = 0; i < CHILDREN; i++) {
        CHECK(pipe(pipes[i]) == 0);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child > 0) continue;
        char *readable = attach(id, SHM_RDONLY); /* twice in the same process */
        if (i == 1) CHECK(munmap((char *)board + MB, MB) == 0 && mprotect(doomed, PAGE, PROT_READ) == 0);
        if (i == 2) { /* a piece of the middle alone, and another piece at another place */
            char *place = mmap(NULL, MB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            CHECK(mremap(doomed + MB / 2, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place && shmdt(doomed) == 0);
            doomed = place - MB / 2;
        }
        for (uint64_t turn = 0;; alive(pipes[i][1])) {
            uint64_t wanted = board->turn;
            if (wanted == turn) continue;
            turn = wanted;
            CHECK(((struct board *)readable)->turn >= turn && filled(readable + PAGE, 2 * MB, 1) && filled(text, MB - PAGE, 1));
            if (i == 2) CHECK(filled(doomed + MB / 2, PAGE, 2 + MB / 2 / 8));
            else CHECK(filled(doomed, MB, 2));
            CHECK(i != 2 || shmget(key, 0, 0) == id);
            board->answers[i] = turn;
        }
    }
    for (uint64_t turn = 1;; turn++) {
        board->turn = turn;
        for (int i = 0; i < CHILDREN; i++)
            while (board->answers[i] != turn) expect_alive(pipes[i][0]);
        CHECK(filled(text, 2 * MB, 1) && filled(doomed, MB, 2) && filled(fixed, PAGE, 4));
        struct shmid_ds s = status(id);
        CHECK(shmget(key, 0, 0) == id && s.shm_segsz == 3 * MB + 100 && (s.shm_perm.mode & 0777) == 0640 && s.shm_perm.uid == geteuid());
        CHECK(s.shm_nattch == 1 + 3 * 2 + 1); /* the second child's first attachment is in two pieces */
        s = status(gone); /* ours, the first child's, the second's in two pieces, the third's piece */
        CHECK((s.shm_perm.mode & SHM_DEST) != 0 && s.shm_nattch == 1 + 1 + 2 + 1);
        s = status(locked);
        CHECK((s.shm_perm.mode & SHM_LOCKED) != 0 && (s.shm_perm.mode & SHM_DEST) != 0 && s.shm_nattch == 1 + CHILDREN);
        CHECK(shmget(key + 0x1000000, 0, 0) == idle && status(idle).shm_nattch == 0);
        idler = attach(idle, turn % 2 ? SHM_RDONLY : 0);
        CHECK(filled(idler, MB, 3) && shmdt(idler) == 0);
        beat();
    }
}
