# Three ranks under Open MPI on one host. openmpi.sh LOG FOLDER
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2"
cd "$2" || exit 2
export HOME="$2"
mpicc.openmpi -O1 -o ring "$here/../mpi/ring.c" || exit 2
exec mpiexec.openmpi --allow-run-as-root --oversubscribe -n 3 ./ring "$1"
