/*
 * The log's half of the full check. Two trees are built side by side: one of the leaf hashes as the table has them, one
 * of the hashes that the entries' digests give. A node or checkpoint is right where either tree has it: so a changed
 * leaf is named once, as a leaf, and not again by every checkpoint after it.
 */
#include "base/text.h"
#include "journal/inside.h"

#define PAGE 1024
#define CHECKPOINT_PAGE 64
#define NODES_MAX (PAGE / JOURNAL_TILE + 16)

struct node {
	unsigned level;
	int64_t index;
	struct digest stored, derived;
};

struct log_check {
	struct check *check;
	struct merkle_frontier stored, derived;
	int64_t next; /* the leaf to come */
	bool whole;   /* no leaf was missing so far */
	struct node nodes[NODES_MAX];
	size_t nnodes, nderived;
	struct db_result checkpoints; /* a page of them, in `page` */
	struct arena *page;
	size_t checkpoint;
	int64_t good;     /* size of the last checkpoint that agreed */
	int64_t bad_from; /* size of the first that did not; 0: none */
	int64_t bad_count, unchecked;
};

static void made_stored(void *context, unsigned level, int64_t index, const struct digest *hash)
{
	struct log_check *c = context;
	if (level % JOURNAL_TILE_HEIGHT != 0)
		return;
	BUG_ON(c->nnodes >= NODES_MAX);
	c->nodes[c->nnodes++] = (struct node){.level = level, .index = index, .stored = *hash};
}

static void made_derived(void *context, unsigned level, int64_t index, const struct digest *hash)
{
	struct log_check *c = context;
	(void)index;
	if (level % JOURNAL_TILE_HEIGHT == 0)
		c->nodes[c->nderived++].derived = *hash;
}

static json_t *about_leaf(struct check *check, int64_t index, const char *what, const char *why)
{
	json_t *finding = check_found(check, what, "日志第 %lld 号叶：%s", (long long)index, why);
	if (finding != NULL)
		json_put_int(finding, "index", index);
	return finding;
}

static void about_leaf_entry(struct check *check, int64_t index, int64_t entry, const char *what, const char *why)
{
	json_t *finding =
	    check_found(check, what, "日志第 %lld 号叶：第 %lld 号条目%s", (long long)index, (long long)entry, why);
	if (finding != NULL) {
		json_put_int(finding, "index", index);
		json_put_int(finding, "entry", entry);
	}
}

/* ---- checkpoints */

static int next_page(struct log_check *c, int64_t after, struct err *err)
{
	arena_free(c->page);
	c->page = arena_new();
	c->checkpoint = 0;
	return DB_ROWS(c->check->conn, SQL_VERIFY_CHECKPOINTS, CHECKPOINT_PAGE, c->page, &c->checkpoints, err,
		       DB_INT(after), DB_INT(CHECKPOINT_PAGE));
}

static void about_checkpoint(struct check *check, int64_t size, const char *why)
{
	json_t *finding = check_found(check, "checkpoint-changed", "大小为 %lld 的检查点：%s", (long long)size, why);
	if (finding != NULL)
		json_put_int(finding, "size", size);
}

/* The note's signatures, and that it says what the row says. */
static void check_note(struct log_check *c, int64_t size, const struct digest *root, const char *note)
{
	struct check *check = c->check;
	if (check->journal->verifiers == NULL)
		return;
	struct arena *scratch = arena_new();
	struct err err;
	struct checkpoint opened;
	err_init(&err, scratch);
	if (note == NULL || checkpoint_open(note, strlen(note), check->journal->verifiers, scratch, &opened, &err) != 0)
		about_checkpoint(check, size, "签名不符");
	else if (opened.signatures < 2)
		about_checkpoint(check, size, "少一个签名");
	else if (opened.size != size || digest_differs(&opened.root, root) != 0)
		about_checkpoint(check, size, "与其签名文本不符");
	arena_free(scratch);
}

static void check_root(struct log_check *c, int64_t size, const struct digest *root)
{
	if (!c->whole) {
		c->unchecked++;
		return;
	}
	struct digest stored = merkle_root(&c->stored), derived = merkle_root(&c->derived);
	if (digest_differs(&stored, root) == 0 || digest_differs(&derived, root) == 0) {
		c->good = size;
	} else {
		c->bad_from = c->bad_from == 0 ? size : c->bad_from;
		c->bad_count++;
	}
}

/* The checkpoints that lie at the size the trees have now. */
static int check_checkpoints(struct log_check *c, bool past_end, struct err *err)
{
	for (;;) {
		if (c->checkpoint == c->checkpoints.rows) {
			if (c->checkpoints.rows < CHECKPOINT_PAGE && c->page != NULL)
				return 0;
			int64_t after =
			    c->checkpoints.rows == 0 ? -1 : db_int(&c->checkpoints, c->checkpoints.rows - 1, 0);
			int status = next_page(c, after, err);
			if (status != 0 || c->checkpoints.rows == 0)
				return status;
		}
		int64_t size = db_int(&c->checkpoints, c->checkpoint, 0);
		if (!past_end && size > c->stored.size)
			return 0;
		struct digest root;
		digest_from_blob(&c->checkpoints.cells[c->checkpoint * c->checkpoints.cols + 1], &root);
		check_note(c, size, &root, db_str(&c->checkpoints, c->checkpoint, 2));
		if (past_end) {
			json_t *finding = check_found(c->check, "leaf-missing",
						      "检查点签过 %lld 条，日志只有 %lld 条：末尾的叶被删除",
						      (long long)size, (long long)c->check->size);
			if (finding != NULL) {
				json_put_int(finding, "index", c->check->size);
				json_put_int(finding, "until", size - 1);
			}
		} else {
			check_root(c, size, &root);
		}
		c->check->out->checkpoints++;
		c->checkpoint++;
	}
}

static void sum_up(struct log_check *c)
{
	if (c->bad_count > 0) {
		json_t *finding = check_found(
		    c->check, "log-changed",
		    "日志与大小为 %lld 的检查点不符（其后共 %lld 个）：第 %lld 至 %lld 号叶之中有改动、增删或换位",
		    (long long)c->bad_from, (long long)c->bad_count, (long long)c->good, (long long)c->bad_from - 1);
		if (finding != NULL) {
			json_put_int(finding, "index", c->good);
			json_put_int(finding, "until", c->bad_from - 1);
			json_put_int(finding, "size", c->bad_from);
		}
	}
	if (c->unchecked > 0)
		(void)check_found(c->check, "checkpoint-unchecked", "缺叶，其后 %lld 个检查点无从核对",
				  (long long)c->unchecked);
}

/* ---- leaves and nodes */

static void walk_leaf(struct log_check *c, const struct db_value *row)
{
	struct check *check = c->check;
	struct digest stored, leaf, derived;
	check->out->leaves++;
	if (row[0].num < c->next) { /* below 0 */
		(void)about_leaf(check, row[0].num, "leaf-added", "多出的叶");
		return;
	}
	if (row[0].num > c->next) {
		json_t *finding = about_leaf(check, c->next, "leaf-missing", "叶被删除");
		if (finding != NULL)
			json_put_int(finding, "until", row[0].num - 1);
		c->whole = false;
	}
	c->next = row[0].num + 1;
	digest_from_blob(&row[2], &stored);
	digest_from_blob(&row[3], &leaf);
	derived = merkle_leaf(leaf.bytes, HASH_LEN);
	bool has_entry = row[3].type != DB_NULL_TYPE;
	if (!has_entry)
		about_leaf_entry(check, row[0].num, row[1].num, "entry-missing", "被删除");
	else if (digest_differs(&stored, &derived) != 0)
		about_leaf_entry(check, row[0].num, row[1].num, "leaf-changed", "的摘要与叶不符");
	if (!c->whole)
		return;
	merkle_add_each(&c->stored, &stored, made_stored, c);
	merkle_add_each(&c->derived, has_entry ? &derived : &stored, made_derived, c);
}

/* The nodes that the page completed, against the table. */
static int check_nodes(struct log_check *c, struct err *err)
{
	int status = 0;
	for (size_t i = 0; i < c->nnodes && status == 0; i++) {
		const struct node *node = &c->nodes[i];
		struct db_result rows;
		struct digest hash = {{0}};
		struct arena *scratch = arena_new();
		status = DB_ROWS(c->check->conn, SQL_NODE_RANGE, 1, scratch, &rows, err, DB_INT((int64_t)node->level),
				 DB_INT(node->index), DB_INT(node->index + 1));
		bool there = status == 0 && rows.rows == 1;
		if (there)
			digest_from_blob(&rows.cells[1], &hash);
		if (status == 0 && (!there || (digest_differs(&hash, &node->stored) != 0 &&
					       digest_differs(&hash, &node->derived) != 0))) {
			json_t *finding = check_found(c->check, there ? "node-changed" : "node-missing",
						      "日志第 %u 层第 %lld 号节点%s", node->level,
						      (long long)node->index, there ? "与其下的叶不符" : "不见了");
			if (finding != NULL) {
				json_put_int(finding, "level", node->level);
				json_put_int(finding, "index", node->index);
			}
		}
		arena_free(scratch);
	}
	c->nnodes = c->nderived = 0;
	return status;
}

/* Nodes that no complete subtree stands for. */
static int check_strange_nodes(struct check *check, int64_t size, struct err *err)
{
	int64_t level = -1, index = -1;
	for (;;) {
		struct arena *page = arena_new();
		struct db_result rows;
		int status = DB_ROWS(check->conn, SQL_VERIFY_NODES, PAGE, page, &rows, err, DB_INT(level),
				     DB_INT(index), DB_INT(PAGE));
		size_t count = status == 0 ? rows.rows : 0;
		for (size_t i = 0; i < count; i++) {
			level = db_int(&rows, i, 0);
			index = db_int(&rows, i, 1);
			bool fits = level >= JOURNAL_TILE_HEIGHT && level < 63 && level % JOURNAL_TILE_HEIGHT == 0 &&
				    index >= 0 && index < size >> level;
			json_t *finding = fits ? NULL
					       : check_found(check, "node-added", "日志第 %lld 层多出第 %lld 号节点",
							     (long long)level, (long long)index);
			if (finding != NULL) {
				json_put_int(finding, "level", level);
				json_put_int(finding, "index", index);
			}
		}
		arena_free(page);
		if (status != 0 || count < PAGE)
			return status;
	}
}

/* Leaf by leaf up to the next checkpoint's size, so that roots are taken at the right moment. */
static int walk_page(struct log_check *c, const struct db_result *rows, struct err *err)
{
	for (size_t i = 0; i < rows->rows; i++) {
		const struct db_value *row = &rows->cells[i * rows->cols];
		if (row[0].num >= c->check->size)
			return 0; /* appended since */
		walk_leaf(c, row);
		int status = check_checkpoints(c, false, err);
		if (status == 0 && c->nnodes >= PAGE / JOURNAL_TILE)
			status = check_nodes(c, err);
		if (status != 0)
			return status;
	}
	return check_nodes(c, err);
}

static int walk_log(struct log_check *c, struct err *err)
{
	int64_t first = INT64_MIN;
	int status = check_checkpoints(c, false, err); /* that of the empty log */
	for (size_t count = PAGE; status == 0 && count == PAGE;) {
		struct arena *page = arena_new();
		struct db_result rows;
		status =
		    DB_ROWS(c->check->conn, SQL_VERIFY_LEAVES, PAGE, page, &rows, err, DB_INT(first), DB_INT(PAGE));
		count = status == 0 ? rows.rows : 0;
		if (count > 0)
			first = db_int(&rows, count - 1, 0) + 1;
		if (status == 0)
			status = walk_page(c, &rows, err);
		arena_free(page);
		check_progress(c->check, (int64_t)count);
	}
	if (status == 0 && !c->whole) /* checkpoints beyond the gap, but not beyond the end */
		c->stored.size = c->check->size;
	if (status == 0)
		status = check_checkpoints(c, false, err);
	return status == 0 ? check_checkpoints(c, true, err) : status;
}

int check_log(struct check *check, struct err *err)
{
	struct log_check *c = ARENA_NEW(check->scratch, struct log_check);
	c->check = check;
	c->whole = true;
	int status = walk_log(c, err);
	if (status == 0 && c->whole)
		status = check_strange_nodes(check, c->stored.size, err);
	if (status == 0)
		sum_up(c);
	arena_free(c->page);
	return status;
}
