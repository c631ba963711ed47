# Three ranks under MPICH's Hydra on one host, which use shared memory. mpich.sh LOG FOLDER
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2"
cd "$2" || exit 2
mpicc.mpich -O1 -o ring "$here/../mpi/ring.c" || exit 2
exec mpiexec.mpich -n 3 ./ring "$1"
