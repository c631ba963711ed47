/* A number goes round a ring of ranks, each of which adds one, and a sum is agreed on: ring LOG. */
#include "../c/app.h"
#include <mpi.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    int rank, size;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    const int next = (rank + 1) % size, before = (rank + size - 1) % size;
    for (long turn = 0;; turn++) {
        long number = turn;
        double mine = rank * turn, sum;
        if (rank == 0) MPI_Send(&number, 1, MPI_LONG, next, 0, MPI_COMM_WORLD);
        MPI_Recv(&number, 1, MPI_LONG, before, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        CHECK(number == turn + (rank == 0 ? size - 1 : rank - 1));
        number++;
        if (rank != 0) MPI_Send(&number, 1, MPI_LONG, next, 0, MPI_COMM_WORLD);
        MPI_Allreduce(&mine, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
        CHECK(sum == (double)turn * size * (size - 1) / 2);
        if (rank != 0) continue;
        if (turn % 20 == 0) beat();
    }
}
