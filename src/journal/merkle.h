/* The RFC 6962 / RFC 9162 Merkle tree over SHA-256: hashing, the frontier, proofs and their verification. Pure functions. */
#ifndef SANZHI_JOURNAL_MERKLE_H
#define SANZHI_JOURNAL_MERKLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"

struct digest merkle_leaf(const void *data, size_t len);                                   /* SHA256(0x00 || data) */
struct digest merkle_node(const struct digest *left, const struct digest *right);          /* SHA256(0x01 || left || right) */
struct digest merkle_empty(void);                                                          /* SHA256("") */

/* The right edge of a tree of `size` leaves: the roots of its complete subtrees, largest first (at most 63). */
struct merkle_frontier {
	int64_t size;
	size_t count;
	struct digest nodes[63];
};
void merkle_add(struct merkle_frontier *frontier, const struct digest *leaf_hash);
/* The same, telling `made` (may be NULL) of every complete subtree of two leaves or more that the leaf completes, smallest first. */
typedef void (*merkle_made_fn)(void *context, unsigned level, int64_t index, const struct digest *hash);
void merkle_add_each(struct merkle_frontier *frontier, const struct digest *leaf_hash, merkle_made_fn made, void *context);
struct digest merkle_root(const struct merkle_frontier *frontier);

/* Where proofs come from: the hash of the complete subtree of 2^level leaves that begins at leaf index << level. */
typedef int (*merkle_node_fn)(void *context, unsigned level, int64_t index, struct digest *out, struct err *err);

/* The frontier of the first `size` leaves (ERR_INVALID below 0). */
int merkle_load(int64_t size, merkle_node_fn node, void *context, struct merkle_frontier *out, struct err *err) MUST_USE;

/* Proofs, leaf side first. Sizes and indexes are checked (ERR_INVALID). */
int merkle_inclusion(int64_t index, int64_t size, merkle_node_fn node, void *context, struct arena *arena, struct digest **out, size_t *count_out, struct err *err) MUST_USE;
int merkle_consistency(int64_t from, int64_t to, merkle_node_fn node, void *context, struct arena *arena, struct digest **out, size_t *count_out, struct err *err) MUST_USE;

bool merkle_verify_inclusion(int64_t index, int64_t size, const struct digest *leaf_hash, const struct digest *path, size_t count, const struct digest *root);
/* From size 0 is refused, whatever the proof. */
bool merkle_verify_consistency(int64_t from, int64_t to, const struct digest *path, size_t count, const struct digest *from_root, const struct digest *to_root);

#endif
