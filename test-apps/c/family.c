/* The first process ends after some heartbeats with status 5, its child lives on: family LOG BEATS. */
#include "app.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        for (;;) beat();
    tick(atoi(argv[2]) * 50);
    return 5;
}
