/* Any bytes as a clause: normalisation, n-grams and keys hold together. */
#include "features/ngram.h"
#include "features/normal.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    sectag_normal normal;
    sectag_ngram_list grams = {0};
    sectag_buf text = {0};
    sectag_ngram_options options = {1, 3, 3, 6, 1, 1, 1, 0};
    sectag_normal_init(&normal);
    if (sectag_normal_run(&normal, (const char *)data, size, NULL) == 0 &&
        sectag_ngrams(&normal, &options, &grams, NULL) == 0) {
        for (size_t i = 0; i < normal.len; i++)
            if (normal.from[i] >= normal.to[i] || normal.to[i] > size) abort();
        for (size_t i = 0; i < grams.len; i++) {
            sectag_buf_clear(&text);
            if (sectag_ngram_text(&normal, &grams.data[i], &text)) break;
            if (sectag_ngram_key(text.data, text.len) != grams.data[i].key) abort();
        }
    }
    free(grams.data);
    sectag_buf_release(&text);
    sectag_normal_release(&normal);
    return 0;
}
