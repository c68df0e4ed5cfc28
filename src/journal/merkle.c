/* RFC 6962 trees. A proof is collected from the root down, over ranges whose left end is always aligned to their size,
 * then turned round. */
#include "journal/merkle.h"

#define PATH_MAX_NODES 128 /* a tree of 2^62 leaves has paths of at most 62 nodes; consistency proofs one more */

struct digest merkle_leaf(const void *data, size_t len)
{
	static const uint8_t prefix = 0x00;
	return hash_sha256_2(&prefix, 1, data, len);
}

struct digest merkle_node(const struct digest *left, const struct digest *right)
{
	uint8_t both[1 + 2 * HASH_LEN];
	both[0] = 0x01;
	memcpy(both + 1, left->bytes, HASH_LEN);
	memcpy(both + 1 + HASH_LEN, right->bytes, HASH_LEN);
	return hash_sha256(both, sizeof(both));
}

struct digest merkle_empty(void)
{
	return hash_sha256("", 0);
}

void merkle_add_each(struct merkle_frontier *frontier, const struct digest *leaf_hash, merkle_made_fn made,
		     void *context)
{
	struct digest hash = *leaf_hash;
	int64_t index = frontier->size;
	unsigned level = 0;
	/* Each trailing one of the size is a complete subtree that waits for its right half. */
	while ((index & 1) != 0) {
		BUG_ON(frontier->count == 0);
		hash = merkle_node(&frontier->nodes[--frontier->count], &hash);
		index >>= 1;
		level++;
		if (made != NULL)
			made(context, level, index, &hash);
	}
	BUG_ON(frontier->count >= sizeof(frontier->nodes) / sizeof(frontier->nodes[0]));
	frontier->nodes[frontier->count++] = hash;
	frontier->size++;
}

void merkle_add(struct merkle_frontier *frontier, const struct digest *leaf_hash)
{
	merkle_add_each(frontier, leaf_hash, NULL, NULL);
}

static struct digest fold(const struct digest *nodes, size_t count)
{
	struct digest hash = nodes[count - 1];
	for (size_t i = count - 1; i-- > 0;)
		hash = merkle_node(&nodes[i], &hash);
	return hash;
}

struct digest merkle_root(const struct merkle_frontier *frontier)
{
	return frontier->count == 0 ? merkle_empty() : fold(frontier->nodes, frontier->count);
}

/* The complete subtrees that cover [begin, end), largest first; begin is a multiple of the first one's size. */
static int subtrees(int64_t begin, int64_t end, merkle_node_fn node, void *context, struct digest nodes[63],
		    size_t *count, struct err *err)
{
	*count = 0;
	for (int level = 62; level >= 0; level--) {
		int64_t width = (int64_t)1 << level;
		if (((end - begin) & width) == 0)
			continue;
		int status = node(context, (unsigned)level, begin >> level, &nodes[*count], err);
		if (status != 0)
			return status;
		(*count)++;
		begin += width;
	}
	return 0;
}

int merkle_load(int64_t size, merkle_node_fn node, void *context, struct merkle_frontier *out, struct err *err)
{
	if (size < 0)
		return ERR(err, ERR_INVALID, "日志大小不能为负");
	struct merkle_frontier frontier = {.size = size};
	int status = subtrees(0, size, node, context, frontier.nodes, &frontier.count, err);
	if (status == 0)
		*out = frontier;
	return status;
}

/* What one walk from the root down collects. */
struct walk {
	merkle_node_fn node;
	void *context;
	struct digest path[PATH_MAX_NODES];
	size_t count;
};

static int push_range(struct walk *walk, int64_t begin, int64_t end, struct err *err)
{
	struct digest nodes[63];
	size_t count;
	int status = subtrees(begin, end, walk->node, walk->context, nodes, &count, err);
	if (status != 0)
		return status;
	BUG_ON(walk->count >= PATH_MAX_NODES || count == 0);
	walk->path[walk->count++] = fold(nodes, count);
	return 0;
}

static void turn_round(const struct walk *walk, struct arena *arena, struct digest **out, size_t *count_out)
{
	struct digest *path = ARENA_ARRAY(arena, walk->count, struct digest);
	for (size_t i = 0; i < walk->count; i++)
		path[i] = walk->path[walk->count - 1 - i];
	*out = path;
	*count_out = walk->count;
}

/* The largest power of two below n (n at least 2). */
static int64_t split(int64_t n)
{
	int64_t k = 1;
	while (k <= (n - 1) / 2)
		k *= 2;
	return k;
}

int merkle_inclusion(int64_t index, int64_t size, merkle_node_fn node, void *context, struct arena *arena,
		     struct digest **out, size_t *count_out, struct err *err)
{
	if (index < 0 || index >= size)
		return ERR(err, ERR_INVALID, "日志大小为 %lld，没有第 %lld 号叶", (long long)size, (long long)index);
	struct walk walk = {.node = node, .context = context};
	int64_t begin = 0, end = size;
	while (end - begin > 1) {
		int64_t middle = begin + split(end - begin);
		bool left = index < middle;
		int status = left ? push_range(&walk, middle, end, err) : push_range(&walk, begin, middle, err);
		if (status != 0)
			return status;
		if (left)
			end = middle;
		else
			begin = middle;
	}
	turn_round(&walk, arena, out, count_out);
	return 0;
}

int merkle_consistency(int64_t from, int64_t to, merkle_node_fn node, void *context, struct arena *arena,
		       struct digest **out, size_t *count_out, struct err *err)
{
	if (from < 1 || from > to)
		return ERR(err, ERR_INVALID, "不能证明大小 %lld 与 %lld 的日志前后一致", (long long)from,
			   (long long)to);
	struct walk walk = {.node = node, .context = context};
	int64_t begin = 0, end = to;
	/* Down the right edge of the smaller tree; its own root, known to the verifier, is not part of the proof. */
	while (from < end) {
		int64_t middle = begin + split(end - begin);
		bool left = from <= middle;
		int status = left ? push_range(&walk, middle, end, err) : push_range(&walk, begin, middle, err);
		if (status != 0)
			return status;
		if (left)
			end = middle;
		else
			begin = middle;
	}
	if (begin != 0) {
		int status = push_range(&walk, begin, end, err);
		if (status != 0)
			return status;
	}
	turn_round(&walk, arena, out, count_out);
	return 0;
}

bool merkle_verify_inclusion(int64_t index, int64_t size, const struct digest *leaf_hash, const struct digest *path,
			     size_t count, const struct digest *root)
{
	if (index < 0 || index >= size)
		return false;
	struct digest hash = *leaf_hash;
	int64_t last = size - 1;
	for (size_t i = 0; i < count; i++) {
		if (last == 0)
			return false; /* longer than the tree is high */
		if ((index & 1) != 0 || index == last) {
			hash = merkle_node(&path[i], &hash);
			/* On the right edge the levels at which we are alone have no sibling. */
			while ((index & 1) == 0 && index != 0) {
				index >>= 1;
				last >>= 1;
			}
		} else {
			hash = merkle_node(&hash, &path[i]);
		}
		index >>= 1;
		last >>= 1;
	}
	return last == 0 && digest_differs(&hash, root) == 0;
}

bool merkle_verify_consistency(int64_t from, int64_t to, const struct digest *path, size_t count,
			       const struct digest *from_root, const struct digest *to_root)
{
	if (from < 1 || from > to)
		return false;
	if (from == to)
		return count == 0 && digest_differs(from_root, to_root) == 0;
	int64_t node = from - 1, last = to - 1;
	while ((node & 1) != 0) {
		node >>= 1;
		last >>= 1;
	}
	/* Where the smaller tree is complete, its root is where we begin; otherwise the proof begins with its last
	 * subtree. */
	size_t next = 0;
	struct digest seed = *from_root;
	if (node != 0) {
		if (count == 0)
			return false;
		seed = path[next++];
	}
	struct digest old_hash = seed, new_hash = seed;
	for (; next < count; next++) {
		if (last == 0)
			return false;
		if ((node & 1) != 0 || node == last) {
			old_hash = merkle_node(&path[next], &old_hash);
			new_hash = merkle_node(&path[next], &new_hash);
			while ((node & 1) == 0 && node != 0) {
				node >>= 1;
				last >>= 1;
			}
		} else {
			new_hash = merkle_node(&new_hash, &path[next]);
		}
		node >>= 1;
		last >>= 1;
	}
	return last == 0 && digest_differs(&old_hash, from_root) == 0 && digest_differs(&new_hash, to_root) == 0;
}
