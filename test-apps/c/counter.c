/* The simplest program: counts. Also built static and with musl. */
#include "app.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    volatile long mirror = 0;
    for (;;) {
        CHECK(mirror == app_beats);
        mirror++;
        beat();
    }
}
