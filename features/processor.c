#include "features/processor.h"

#include <stdlib.h>
#include <string.h>

int sectag_processor_runs(const char *name) {
#if SECTAG_HAS_X86_KERNELS
    if (strcmp(name, "avx2") == 0) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    if (strcmp(name, "avx512") == 0)
        return sectag_processor_runs("avx2") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
#endif
    return strcmp(name, "portable") == 0;
}

const char *sectag_processor_best(void) {
    const char *wanted = getenv("SECTAG_KERNEL");
    if (wanted) return sectag_processor_runs(wanted) ? wanted : "portable";
    return sectag_processor_runs("avx512") ? "avx512" : sectag_processor_runs("avx2") ? "avx2" : "portable";
}
