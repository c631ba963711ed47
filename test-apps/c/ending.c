/* Ends by itself after some heartbeats: ending LOG BEATS CODE, where a negative code is a signal. */
#include "app.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 3);
    int code = atoi(argv[3]);
    struct rlimit no_core = {0, 0};
    CHECK(setrlimit(RLIMIT_CORE, &no_core) == 0);
    while (app_beats < atol(argv[2])) beat();
    if (code >= 0) return code;
    signal(-code, SIG_DFL);
    raise(-code);
    return 97;
}
