/* The demonstration's own random numbers: xoshiro256** seeded through splitmix64, so that a seed gives the same year on every machine. */
#ifndef SANZHI_WORK_DEMO_RNG_H
#define SANZHI_WORK_DEMO_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t state[4];
};

/* A generator for one stream (such as one case) of a seed; streams do not disturb each other. */
void rng_seed(struct rng *rng, uint64_t seed, uint64_t stream);
uint64_t rng_next(struct rng *rng);
/* Uniform below `n` (n > 0), and between two bounds, both included. */
size_t rng_below(struct rng *rng, size_t n);
int64_t rng_between(struct rng *rng, int64_t low, int64_t high);
/* True so many times out of a hundred. */
bool rng_chance(struct rng *rng, unsigned percent);

#endif
