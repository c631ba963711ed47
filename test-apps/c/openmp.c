/* A sum that four threads of OpenMP compute: openmp LOG. */
#include <omp.h>
#include "app.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    omp_set_num_threads(4);
    for (;;) {
        long sum = 0;
        int threads = 0;
#pragma omp parallel for reduction(+ : sum)
        for (int i = 0; i < 1000000; i++) {
            sum += i;
            if (i == 0) threads = omp_get_num_threads();
        }
        CHECK(sum == 499999500000L);
        CHECK(threads == 4);
        beat();
    }
}
