#include "web/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <strings.h>
#include <unistd.h>

#include "base/text.h"

static int read_key(const char *path, uint8_t out[GUARD_KEY_LEN], struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err_detail(err, "%s: %s", path, strerror(errno));
		return errno == ENOENT ? ERR(err, ERR_NOT_FOUND, "没有页面密钥") : ERR(err, ERR_IO, "读不到页面密钥");
	}
	uint8_t bytes[GUARD_KEY_LEN + 1];
	ssize_t len = read(fd, bytes, sizeof(bytes));
	(void)close(fd);
	if (len != GUARD_KEY_LEN) {
		err_detail(err, "%s: %zd bytes", path, len);
		return ERR(err, ERR_CORRUPT,
			   "页面密钥 web.key 已损坏；删除它并重新启动，所有人需要重新登录后再提交表单");
	}
	memcpy(out, bytes, GUARD_KEY_LEN);
	return 0;
}

int guard_key(const char *dir, uint8_t out[GUARD_KEY_LEN], struct err *err)
{
	const char *path = arena_printf(err->arena, "%s/web.key", dir);
	int fail = read_key(path, out, err);
	if (fail != -ERR_NOT_FOUND)
		return fail;
	err_clear(err);
	/* Written aside and linked into place: of two processes that start at once, one wins and both read its key
	 * whole. */
	uint8_t bytes[GUARD_KEY_LEN];
	random_bytes(bytes, sizeof(bytes));
	const char *aside = arena_printf(err->arena, "%s/web.key.%ld", dir, (long)getpid());
	int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool written = fd >= 0 && write(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes) && fsync(fd) == 0;
	int cause = errno;
	if (fd >= 0)
		(void)close(fd);
	if (!written || (link(aside, path) != 0 && errno != EEXIST)) {
		err_detail(err, "%s: %s", aside, strerror(written ? errno : cause));
		(void)unlink(aside);
		return ERR(err, ERR_IO, "写不下页面密钥");
	}
	(void)unlink(aside);
	return read_key(path, out, err);
}

const char *cookie_get(struct arena *arena, const char *header, const char *name)
{
	const char *found = NULL;
	size_t name_len = strlen(name);
	for (const char *at = header; at != NULL && *at != '\0';) {
		at += strspn(at, " ;");
		size_t len = strcspn(at, ";");
		if (len > name_len && at[name_len] == '=' && memcmp(at, name, name_len) == 0) {
			if (found != NULL)
				return NULL;
			found = arena_strndup(arena, at + name_len + 1, len - name_len - 1);
		}
		at += len;
	}
	return found;
}

char *csrf_token(struct arena *arena, const uint8_t key[GUARD_KEY_LEN], const char *base)
{
	uint8_t mac[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	const char *text = arena_printf(arena, "sanzhi form token\n%s", base);
	BUG_ON(HMAC(EVP_sha256(), key, GUARD_KEY_LEN, (const unsigned char *)text, strlen(text), mac, &len) == NULL);
	return base64url_encode(arena, mac, len);
}

bool csrf_right(struct arena *arena, const uint8_t key[GUARD_KEY_LEN], const char *base, const char *given)
{
	if (base == NULL || given == NULL)
		return false;
	const char *right = csrf_token(arena, key, base);
	return strlen(right) == strlen(given) && CRYPTO_memcmp(right, given, strlen(right)) == 0;
}

bool origin_right(const char *origin, const char *sec_fetch_site, const char *host)
{
	if (sec_fetch_site != NULL && !text_eq(sec_fetch_site, "same-origin") && !text_eq(sec_fetch_site, "none"))
		return false;
	if (origin == NULL)
		return true;
	const char *rest = text_starts(origin, "https://")  ? origin + 8
			   : text_starts(origin, "http://") ? origin + 7
							    : NULL;
	return rest != NULL && host != NULL && strcasecmp(rest, host) == 0;
}

bool path_local(const char *path)
{
	if (path == NULL || path[0] != '/' || path[1] == '/')
		return false;
	for (; *path != '\0'; path++)
		if ((unsigned char)*path <= 0x20 || *path == '\\' || *path == 0x7f)
			return false;
	return true;
}

/* ---------------------------------------------------------------- throttle */

#define SLOTS 4096
#define PROBES 8

struct slot {
	char address[48];
	instant_t at; /* when `left` was right */
	int64_t left; /* thousandths of a try */
};

struct throttle {
	pthread_mutex_t lock;
	int64_t per_minute, burst;
	struct slot slots[SLOTS];
};

static void destroy(void *arg)
{
	struct throttle *throttle = arg;
	(void)pthread_mutex_destroy(&throttle->lock);
}

struct throttle *throttle_new(struct arena *arena, unsigned per_minute, unsigned burst)
{
	struct throttle *throttle = ARENA_NEW(arena, struct throttle);
	throttle->per_minute = per_minute;
	throttle->burst = burst;
	BUG_ON(pthread_mutex_init(&throttle->lock, NULL) != 0);
	arena_on_free(arena, destroy, throttle);
	return throttle;
}

/* Of an IPv6 address the first four groups: one customer usually holds all of the rest. */
static void shorten(const char *address, char out[48])
{
	size_t len = strnlen(address, 47), colons = 0;
	for (size_t i = 0; i < len; i++) {
		if (address[i] == ':' && ++colons == 4)
			len = i;
	}
	memset(out, 0, 48);
	memcpy(out, address, len);
}

static struct slot *find_slot(struct throttle *throttle, const char address[48])
{
	uint32_t hash = 2166136261U;
	for (size_t i = 0; address[i] != '\0'; i++)
		hash = (hash ^ (unsigned char)address[i]) * 16777619U;
	struct slot *oldest = NULL;
	for (uint32_t i = 0; i < PROBES; i++) {
		struct slot *slot = &throttle->slots[(hash + i) % SLOTS];
		if (strcmp(slot->address, address) == 0)
			return slot;
		if (oldest == NULL || slot->at < oldest->at)
			oldest = slot;
	}
	memcpy(oldest->address, address, 48);
	oldest->at = 0;
	oldest->left = 0;
	return oldest;
}

bool throttle_pass(struct throttle *throttle, const char *address, instant_t now)
{
	if (throttle->per_minute == 0)
		return true;
	char key[48];
	shorten(address, key);
	(void)pthread_mutex_lock(&throttle->lock);
	struct slot *slot = find_slot(throttle, key);
	int64_t full = throttle->burst * 1000, passed = now > slot->at ? now - slot->at : 0;
	int64_t gained = passed > INSTANT_HOUR ? full : passed / 1000 * throttle->per_minute / 60;
	slot->left = slot->left + gained > full ? full : slot->left + gained;
	slot->at = now;
	bool pass = slot->left >= 1000;
	if (pass)
		slot->left -= 1000;
	(void)pthread_mutex_unlock(&throttle->lock);
	return pass;
}
