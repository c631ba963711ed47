# R with a sum that must not change. statistics.R LOG
log <- commandArgs(trailingOnly = TRUE)[1]
set.seed(1)
x <- rnorm(1e5)
s <- sum(x)
for (n in 1:12000) {
    stopifnot(identical(sum(x), s))
    cat(n, " ok\n", file = log, append = TRUE, sep = "")
    Sys.sleep(0.05)
}
