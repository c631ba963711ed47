/* A hundred processes with a megabyte and five open files each, so that there are more files than numbers in use: hundred LOG [PROCESSES]. */
#include "app.h"
#define MB (1UL << 20)

int main(int argc, char **argv) {
    begin(argc, argv);
    int processes = argc > 2 ? atoi(argv[2]) : 100, report[1000];
    CHECK(processes <= 1000);
    for (int i = 0; i < processes; i++) {
        int channel[2];
        CHECK(pipe2(channel, O_CLOEXEC) == 0);
        pid_t parent = getpid(), child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            close(channel[0]);
            for (int j = 0; j < i; j++) close(report[j]);
            char *memory = malloc(MB);
            CHECK(memory != NULL);
            fill(memory, MB, i << 20);
            int own[5];
            for (int j = 0; j < 5; j++) {
                CHECK((own[j] = open(argv[1], O_RDONLY | O_CLOEXEC)) >= 0);
                CHECK(lseek(own[j], i * 5 + j, SEEK_SET) == i * 5 + j);
            }
            for (int page = 0;; page = (page + 1) % 256) {
                CHECK(filled(memory + page * 4096, 4096, (i << 20) + page * 512));
                for (int j = 0; j < 5; j++) CHECK(lseek(own[j], 0, SEEK_CUR) == i * 5 + j);
                if (getppid() != parent) exit(0);
                CHECK(write(channel[1], "x", 1) == 1);
                tick(200);
            }
        }
        close(channel[1]);
        report[i] = channel[0];
    }
    for (;;) {
        for (int i = 0; i < processes; i++) expect_alive(report[i]);
        for (int i = 0; i < 4; i++) beat();
    }
}
