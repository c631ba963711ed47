/* Uses a shared library that is deleted while the program runs: library LOG LIBRARY. The program lives from its mapping alone. */
#include "app.h"
#include <dlfcn.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2);
    void *handle = dlopen(argv[2], RTLD_NOW);
    CHECK(handle != NULL);
    int (*answer)(int) = (int (*)(int))dlsym(handle, "answer");
    CHECK(answer != NULL);
    for (int n = 0;; n++) {
        CHECK(answer(n) == n * 3 + 1);
        beat();
    }
}
