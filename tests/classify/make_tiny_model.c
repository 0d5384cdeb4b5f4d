/* Writes the tiny model to the file given, with another bias if one is given: for the end-to-end tests. */
#include "tests/classify/tiny_model.h"

int main(int argc, char **argv) {
    if (argc != 2 && argc != 3) return 1;
    return tiny_model_save_as(argv[1], argc == 3 ? strtod(argv[2], NULL) : -1.0) == 0 ? 0 : 1;
}
