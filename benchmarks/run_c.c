/* The reduced model of docs/reduced-model.md in plain C: the limit that compiled loops over members can be held to.
   Layout and draws are those of run_numba.py. gcc -O3 -march=native -shared -fPIC */
#include <stdint.h>

#define GOLDEN 0x9E3779B97F4A7C15ull

static inline uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

void simulate(const uint64_t *restrict keys, const int32_t *restrict near, float *restrict z, float *restrict w,
              float *restrict foes, uint64_t *restrict draw, int places, int members, int weeks, float move, float attack, float loss,
              float growth, float garrison) {
    for (int week = 0; week < weeks; week++) {
        for (int m = 0; m < members; m++) draw[m] = mix(keys[m] + (uint64_t)(week + 1) * GOLDEN);
        for (int p = 0; p < places; p++) {
            const float *here = z + (int64_t)p * members, *near_[8];
            float *restrict out = w + (int64_t)p * members, *restrict count = foes + (int64_t)p * members;
            for (int k = 0; k < 8; k++) near_[k] = z + (int64_t)near[8 * p + k] * members;
#pragma GCC ivdep
            for (int m = 0; m < members; m++) {
                float mine = here[m], plain = 0, size = 0, ones = 0;
#pragma GCC unroll 8
                for (int k = 0; k < 8; k++) {
                    float other = near_[k][m];
                    plain += other;
                    size += __builtin_fabsf(other);
                    ones += other > 0 ? 1.0f : 0;
                }
                float s = mine > 0 ? 1.0f : -1.0f, same = mine > 0 ? ones : 8.0f - ones;
                out[m] = mine + move * (0.5f * (plain + s * size) - mine * same);
                count[m] = 8.0f - same;
            }
        }
        for (int p = 0; p < places; p++) {
            const float *here = w + (int64_t)p * members, *near_[8];
            float *restrict out = z + (int64_t)p * members, *restrict count = foes + (int64_t)p * members;
            uint64_t site = (uint64_t)(p + 1) * GOLDEN;
            for (int k = 0; k < 8; k++) near_[k] = w + (int64_t)near[8 * p + k] * members;
#pragma GCC ivdep
            for (int m = 0; m < members; m++) {
                float mine = here[m], number = count[m], plain = 0, size = 0;
#pragma GCC unroll 8
                for (int k = 0; k < 8; k++) {
                    float other = near_[k][m];
                    plain += other;
                    size += __builtin_fabsf(other);
                }
                float s = mine > 0 ? 1.0f : -1.0f, force = 0.5f * (size - s * plain) / (number > 1 ? number : 1.0f);
                float men = s * mine, u = (float)(int32_t)(mix(draw[m] ^ site) >> 40) * 0x1p-24f;
                float chance = attack * number, left = men + growth * (1.0f - men);
                left = u < chance ? left * loss : left;
                out[m] = u * (force + men) < chance * force ? -s * (garrison * force) : s * left;
            }
        }
    }
}
