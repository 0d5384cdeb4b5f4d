/* Runs of plain three-byte characters (spell.h), eight at a time. */
#include "features/processor.h"
#include "features/spell.h"

#include <string.h>

#if SECTAG_HAS_X86_KERNELS
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi")))

enum { CHARACTERS = 8, READ = 28 };

/* Eight characters of three bytes, each as a number with its first byte highest. */
AVX2 static inline __m256i load_eight(const char *text) {
    const __m256i order = _mm256_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1, /* four, */
                                           2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1);
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(text + 12));
    return _mm256_shuffle_epi8(_mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1), order);
}

/* Their code points, which are right where all three bytes have the right highest bits. */
AVX2 static inline __m256i code_points(__m256i bytes) {
    __m256i first = _mm256_and_si256(_mm256_srli_epi32(bytes, 4), _mm256_set1_epi32(0xF000));
    __m256i second = _mm256_and_si256(_mm256_srli_epi32(bytes, 2), _mm256_set1_epi32(0xFC0));
    __m256i third = _mm256_and_si256(bytes, _mm256_set1_epi32(0x3F));
    return _mm256_or_si256(first, _mm256_or_si256(second, third));
}

/* Which of them are three well-formed bytes, from U+1000 on: see spell.c. */
AVX2 static inline __m256i are_wide(__m256i bytes, __m256i cp) {
    __m256i marks = _mm256_and_si256(bytes, _mm256_set1_epi32(0xF0C0C0));
    return _mm256_and_si256(_mm256_cmpeq_epi32(marks, _mm256_set1_epi32(0xE08080)),
                            _mm256_cmpgt_epi32(cp, _mm256_set1_epi32(0xFFF)));
}

/* How many of eight characters are plain, from the first on; writes the symbols of all. */
AVX2 static inline size_t spell_eight(const uint16_t *code, uint32_t plain, const char *text, uint16_t *out) {
    __m256i bytes = load_eight(text), cp = code_points(bytes);
    __m256i symbol = _mm256_i32gather_epi32((const int *)(const void *)code, cp, 2);
    symbol = _mm256_and_si256(symbol, _mm256_set1_epi32(0xFFFF));
    const __m256i least = _mm256_set1_epi32(SECTAG_SYMBOL_OTHER - 1);
    const __m256i beyond = _mm256_set1_epi32((int)(SECTAG_SYMBOL_OTHER + plain));
    __m256i good = _mm256_and_si256(_mm256_cmpgt_epi32(symbol, least), _mm256_cmpgt_epi32(beyond, symbol));
    good = _mm256_and_si256(good, are_wide(bytes, cp));
    __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(symbol, symbol), 0x08);
    _mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(packed));
    uint32_t bad = ~(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(good)) | 1u << CHARACTERS;
    return (size_t)__builtin_ctz(bad);
}

AVX2 size_t sectag_spell_wide_avx2(const uint16_t *code, uint32_t plain, const char *text, size_t len,
                                   uint16_t **out) {
    size_t at = 0, n = CHARACTERS;
    while (n == CHARACTERS && at < len) {
        char end[READ] = {0};
        const char *from = text + at;
        if (len - at < READ) from = memcpy(end, from, len - at);
        n = spell_eight(code, plain, from, *out);
        *out += n;
        at += 3 * n;
    }
    return at;
}
#endif
