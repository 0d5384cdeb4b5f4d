/* processor.h: which instruction sets the hot path may use here. There are kernels for three: "portable", "avx2" (with
 * BMI2) and "avx512" (F, BW, DQ, VL); all give the same results. */
#ifndef SECTAG_PROCESSOR_H
#define SECTAG_PROCESSOR_H

#if defined(__x86_64__) && defined(__GNUC__)
#define SECTAG_HAS_X86_KERNELS 1
#else
#define SECTAG_HAS_X86_KERNELS 0
#endif

/* Does this processor run kernels of that name? */
int sectag_processor_runs(const char *name);

/* The name of the fastest; what SECTAG_KERNEL in the environment names instead ("portable" if it cannot be run). */
const char *sectag_processor_best(void);

#endif
