#include "features/part.h"

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#ifndef SECTAG_INSTALLED_PART
#define SECTAG_INSTALLED_PART "/usr/local/lib/sectag/sectag_readers.so"
#endif
#ifndef SECTAG_BUILT_PART
#define SECTAG_BUILT_PART "sectag_readers.so"
#endif

static void *module;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The one beside the program's own build first: a program that is not installed must not take an older one's. */
static void open_module(void) {
    const char *path = access(SECTAG_BUILT_PART, R_OK) == 0 ? SECTAG_BUILT_PART : SECTAG_INSTALLED_PART;
    module = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
}

void *sectag_part(const char *symbol) {
    (void)pthread_once(&once, open_module);
    return module ? dlsym(module, symbol) : NULL;
}
