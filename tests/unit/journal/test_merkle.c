/* The tree against its recursive definition (RFC 6962, 2.1) and against public proofs, good and bad. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "journal/merkle.h"

#define SIZES 70

static struct digest leaf_hash(int64_t i)
{
	return merkle_leaf(&i, sizeof(i));
}

/* The definition, word for word. */
static struct digest root_of(int64_t begin, int64_t end)
{
	if (begin == end)
		return merkle_empty();
	if (end - begin == 1)
		return leaf_hash(begin);
	int64_t k = 1;
	while (k * 2 < end - begin)
		k *= 2;
	struct digest left = root_of(begin, begin + k), right = root_of(begin + k, end);
	return merkle_node(&left, &right);
}

static int node_of(void *context, unsigned level, int64_t index, struct digest *out, struct err *err)
{
	(void)context, (void)err;
	*out = root_of(index << level, (index + 1) << level);
	return 0;
}

static int node_fails(void *context, unsigned level, int64_t index, struct digest *out, struct err *err)
{
	(void)context, (void)level, (void)index, (void)out;
	return ERR(err, ERR_UNAVAILABLE, "gone");
}

static struct digest from_hex(const char *hex)
{
	struct digest out;
	assert_true(hex_decode(hex, strlen(hex), out.bytes, HASH_LEN));
	return out;
}

static void test_known_hashes(void **state)
{
	(void)state;
	struct digest empty = from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	struct digest leaf = from_hex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	struct digest made = merkle_empty(), made_leaf = merkle_leaf("", 0);
	assert_memory_equal(empty.bytes, made.bytes, HASH_LEN);
	assert_memory_equal(leaf.bytes, made_leaf.bytes, HASH_LEN);
}

struct made {
	size_t count;
};

static void check_made(void *context, unsigned level, int64_t index, const struct digest *hash)
{
	struct made *made = context;
	struct digest want = root_of(index << level, (index + 1) << level);
	assert_memory_equal(want.bytes, hash->bytes, HASH_LEN);
	made->count++;
}

static void test_frontier(void **state)
{
	struct arena *arena = *state;
	struct err err;
	err_init(&err, arena);
	struct merkle_frontier frontier = {0}, loaded;
	struct made made = {0};
	for (int64_t size = 0; size <= SIZES; size++) {
		struct digest want = root_of(0, size), got = merkle_root(&frontier);
		assert_memory_equal(want.bytes, got.bytes, HASH_LEN);
		assert_int_equal(merkle_load(size, node_of, NULL, &loaded, &err), 0);
		assert_int_equal(loaded.count, frontier.count);
		got = merkle_root(&loaded);
		assert_memory_equal(want.bytes, got.bytes, HASH_LEN);
		struct digest leaf = leaf_hash(size);
		merkle_add_each(&frontier, &leaf, check_made, &made);
	}
	assert_int_equal(made.count, 71 - 4); /* 71 leaves: 71 less the four ones of 71 */
	assert_int_equal(merkle_load(-1, node_of, NULL, &loaded, &err), -ERR_INVALID);
}

static void test_inclusion(void **state)
{
	struct arena *arena = *state;
	struct err err;
	err_init(&err, arena);
	struct digest *path;
	size_t count;
	for (int64_t size = 1; size <= SIZES; size++) {
		struct digest root = root_of(0, size);
		for (int64_t index = 0; index < size; index++) {
			struct digest leaf = leaf_hash(index), other = leaf_hash(index + 1000);
			assert_int_equal(merkle_inclusion(index, size, node_of, NULL, arena, &path, &count, &err), 0);
			assert_true(merkle_verify_inclusion(index, size, &leaf, path, count, &root));
			assert_false(merkle_verify_inclusion(index, size, &other, path, count, &root));
			if (count > 0) {
				assert_false(merkle_verify_inclusion(index, size, &leaf, path, count - 1, &root));
				assert_false(merkle_verify_inclusion(index ^ 1, size, &leaf, path, count, &root));
			}
			assert_false(merkle_verify_inclusion(size, size, &leaf, path, count, &root));
			assert_false(merkle_verify_inclusion(-1, size, &leaf, path, count, &root));
		}
	}
	assert_int_equal(merkle_inclusion(5, 5, node_of, NULL, arena, &path, &count, &err), -ERR_INVALID);
	assert_int_equal(merkle_inclusion(-1, 5, node_of, NULL, arena, &path, &count, &err), -ERR_INVALID);
	assert_int_equal(merkle_inclusion(1, 5, node_fails, NULL, arena, &path, &count, &err), -ERR_UNAVAILABLE);
}

static void test_consistency(void **state)
{
	struct arena *arena = *state;
	struct err err;
	err_init(&err, arena);
	struct digest *path;
	size_t count;
	for (int64_t to = 1; to <= SIZES; to++) {
		struct digest new_root = root_of(0, to);
		for (int64_t from = 1; from <= to; from++) {
			struct digest old_root = root_of(0, from), wrong = leaf_hash(7777);
			assert_int_equal(merkle_consistency(from, to, node_of, NULL, arena, &path, &count, &err), 0);
			assert_true(merkle_verify_consistency(from, to, path, count, &old_root, &new_root));
			assert_false(merkle_verify_consistency(from, to, path, count, &wrong, &new_root));
			assert_false(merkle_verify_consistency(from, to, path, count, &old_root, &wrong));
			if (count > 0)
				assert_false(
				    merkle_verify_consistency(from, to, path, count - 1, &old_root, &new_root));
			assert_false(merkle_verify_consistency(0, to, path, count, &old_root, &new_root));
		}
	}
	assert_int_equal(merkle_consistency(0, 5, node_of, NULL, arena, &path, &count, &err), -ERR_INVALID);
	assert_int_equal(merkle_consistency(6, 5, node_of, NULL, arena, &path, &count, &err), -ERR_INVALID);
	struct digest empty = merkle_empty();
	assert_false(merkle_verify_consistency(0, 0, NULL, 0, &empty, &empty));
}

/* A hash that is not 32 bytes long cannot be given to the functions at all: refused at the door. */
static bool hash_in(const char *hex, size_t len, struct digest *out)
{
	return len == (size_t)2 * HASH_LEN && hex_decode(hex, len, out->bytes, HASH_LEN);
}

/* A root is only ever compared: one of another length stands for itself by its hash, and equals nothing that the tree
 * can make. */
static void root_in(const char *hex, struct digest *out)
{
	if (!hash_in(hex, strlen(hex), out))
		*out = hash_sha256(hex, strlen(hex));
}

static bool proof_in(char *text, struct digest path[256], size_t *count)
{
	*count = 0;
	if (text_eq(text, "-"))
		return true;
	for (char *at = text; at != NULL; (*count)++) {
		char *comma = strchr(at, ',');
		size_t len = comma == NULL ? strlen(at) : (size_t)(comma - at);
		if (*count == 256 || !hash_in(at, len, &path[*count]))
			return false;
		at = comma == NULL ? NULL : comma + 1;
	}
	return true;
}

static bool judge(char *f[8])
{
	struct digest path[256], a, b;
	size_t count;
	uint64_t first, second;
	char *end;
	first = strtoull(f[2], &end, 10);
	second = strtoull(f[3], &end, 10);
	if (first > INT64_MAX || second > INT64_MAX)
		return false;
	if (text_eq(f[0], "consistency")) {
		root_in(f[4], &a);
		root_in(f[5], &b);
	} else if (!hash_in(f[4], strlen(f[4]), &a) || !hash_in(f[5], strlen(f[5]), &b)) {
		return false;
	}
	if (!proof_in(f[6], path, &count))
		return false;
	return text_eq(f[0], "consistency")
		   ? merkle_verify_consistency((int64_t)first, (int64_t)second, path, count, &a, &b)
		   : merkle_verify_inclusion((int64_t)first, (int64_t)second, &a, path, count, &b);
}

static void test_vectors(void **state)
{
	(void)state;
	char line[8192];
	int cases = 0;
	FILE *file = fopen(VECTORS_DIR "/merkle.tsv", "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		char *fields[8], *at = line;
		for (int i = 0; i < 8; i++) {
			fields[i] = at;
			assert_non_null(at);
			at = strchr(at, '\t');
			if (at != NULL)
				*at++ = '\0';
		}
		if (judge(fields) != text_eq(fields[1], "good"))
			fail_msg("%s", fields[7]);
		cases++;
	}
	(void)fclose(file);
	assert_true(cases > 50);
}

static char *hex_of(struct arena *arena, const json_t *value)
{
	const char *text = json_string_value(value);
	uint8_t *bytes;
	size_t len;
	assert_true(base64_decode(arena, text, strlen(text), &bytes, &len));
	return len == 0 ? arena_strdup(arena, "-") : hex_encode(arena, bytes, len);
}

/* Sizes past what an int64_t holds are in the suite too. */
static char *number_of(struct arena *arena, const json_t *value)
{
	double number = json_real_value(value);
	return number < 9e15 ? arena_printf(arena, "%.0f", number) : arena_strdup(arena, "18446744073709551615");
}

static void run_file(struct arena *arena, const char *path)
{
	json_t *doc = json_tie(arena, json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL));
	bool consistency = json_object_get(doc, "size1") != NULL;
	char *proof = arena_strdup(arena, "-");
	size_t i;
	json_t *part;
	json_array_foreach(json_object_get(doc, "proof"), i, part)
	{
		/* An empty component is a wrong length, never "no proof". */
		const char *hex = json_string_length(part) == 0 ? "!" : hex_of(arena, part);
		proof = i == 0 ? arena_strdup(arena, hex) : arena_printf(arena, "%s,%s", proof, hex);
	}
	const char *first = consistency ? "size1" : "leafIdx", *second = consistency ? "size2" : "treeSize";
	char *fields[8] = {
	    arena_strdup(arena, consistency ? "consistency" : "inclusion"),
	    NULL,
	    number_of(arena, json_object_get(doc, first)),
	    number_of(arena, json_object_get(doc, second)),
	    hex_of(arena, json_object_get(doc, consistency ? "root1" : "leafHash")),
	    hex_of(arena, json_object_get(doc, consistency ? "root2" : "root")),
	    proof,
	};
	if (judge(fields) == json_bool(doc, "wantErr"))
		fail_msg("%s", path);
}

static int run_folder(struct arena *arena, const char *dir)
{
	int cases = 0;
	DIR *folder = opendir(dir);
	if (folder == NULL)
		return -1;
	for (struct dirent *item = readdir(folder); item != NULL; item = readdir(folder)) {
		if (item->d_name[0] == '.')
			continue;
		struct stat st;
		char *path = arena_printf(arena, "%s/%s", dir, item->d_name);
		assert_int_equal(stat(path, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			cases += run_folder(arena, path);
		} else {
			run_file(arena, path);
			cases++;
		}
	}
	(void)closedir(folder);
	return cases;
}

static void test_public_suite(void **state)
{
	int cases = run_folder(*state, SUITES_DIR "/merkle/testdata");
	if (cases < 0) {
		print_message("the public Merkle suite is not beside the checkout: passed over\n");
		skip();
	}
	print_message("public Merkle suite: %d cases\n", cases);
	assert_true(cases >= 196);
}

static int open_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int close_arena(void **state)
{
	arena_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_known_hashes, open_arena, close_arena),
	    cmocka_unit_test_setup_teardown(test_frontier, open_arena, close_arena),
	    cmocka_unit_test_setup_teardown(test_inclusion, open_arena, close_arena),
	    cmocka_unit_test_setup_teardown(test_consistency, open_arena, close_arena),
	    cmocka_unit_test_setup_teardown(test_vectors, open_arena, close_arena),
	    cmocka_unit_test_setup_teardown(test_public_suite, open_arena, close_arena),
	};
	return cmocka_run_group_tests_name("merkle", tests, NULL, NULL);
}
