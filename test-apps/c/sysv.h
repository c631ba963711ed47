/* Keys of System V resources for test programs, and the removal of what killed runs have left behind. */
#pragma once
#include "app.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

union semun { int val; struct semid_ds *buf; unsigned short *array; struct seminfo *info; };

static key_t my_key(void) { return 0x6a000000 | getpid(); }

__attribute__((unused)) static int is_left_behind(key_t key) {
    return (key & ~0xffffff) == 0x6a000000 && kill(key & 0xffffff, 0) == -1 && errno == ESRCH;
}

__attribute__((unused)) static void sweep(void) {
    struct shmid_ds segment;
    struct semid_ds set;
    struct msqid_ds queue;
    struct shm_info shms;
    struct seminfo sems;
    struct msginfo msgs;
    int last = shmctl(0, SHM_INFO, (void *)&shms), id;
    for (int i = 0; i <= last; i++)
        if ((id = shmctl(i, SHM_STAT, &segment)) >= 0 && is_left_behind(segment.shm_perm.__key)) shmctl(id, IPC_RMID, NULL);
    last = semctl(0, 0, SEM_INFO, (union semun){.info = &sems});
    for (int i = 0; i <= last; i++)
        if ((id = semctl(i, 0, SEM_STAT, (union semun){.buf = &set})) >= 0 && is_left_behind(set.sem_perm.__key)) semctl(id, 0, IPC_RMID);
    last = msgctl(0, MSG_INFO, (void *)&msgs);
    for (int i = 0; i <= last; i++)
        if ((id = msgctl(i, MSG_STAT, &queue)) >= 0 && is_left_behind(queue.msg_perm.__key)) msgctl(id, IPC_RMID, NULL);
}
