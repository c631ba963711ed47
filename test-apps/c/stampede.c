/* Holds a given pid from now on, so that a restart finds it taken: stampede PID. Prints "taken" when it has it, needs root. */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    pid_t wanted = atoi(argv[1]);
    struct clone_args arguments = {.exit_signal = SIGCHLD, .set_tid = (unsigned long)&wanted, .set_tid_size = 1};
    long child = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child < 0) {
        perror("clone3");
        return 1;
    }
    if (child == 0) {
        printf("taken\n");
        fflush(stdout);
        for (int i = 0; i < 600; i++) sleep(1);
    }
    return 0;
}
