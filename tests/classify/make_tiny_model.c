/* Writes the tiny model to the file given: for the end-to-end tests. */
#include "tests/classify/tiny_model.h"

int main(int argc, char **argv) {
    return argc == 2 && tiny_model_save(argv[1]) == 0 ? 0 : 1;
}
