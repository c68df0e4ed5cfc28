/*
 * An HTTP load client on keep-alive connections: one thread, epoll, HTTP/1.1. It is the same for everything that is compared, so
 * that what it costs itself stands on both sides.
 *
 *   load HOST PORT CONNECTIONS SECONDS FILE [once]
 *
 * FILE holds the requests one after another, each as "LENGTH\n" and that many bytes. Connection i sends the requests i,
 * i + CONNECTIONS, … and begins again at the end, so that two connections never work on one thing at a time where the file is
 * arranged so; with `once` each request is sent one time only. SECONDS is when no more are sent; what is under way is
 * still waited for. Prints one line of JSON: requests, seconds, rate, latencies in milliseconds, answers by status class.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAX 16384
#define READ_MAX 262144
#define EVENTS_MAX 256
#define SAMPLES_MAX ((size_t)8 << 20)
#define ANSWER_WAIT_MS 10000

struct message {
	const char *bytes;
	size_t len;
};

struct link {
	int fd;
	size_t next, sent; /* which request; how much of it is out */
	uint64_t began;
	char head[HEAD_MAX];
	size_t head_len;
	long long body_left; /* -1: still in the head */
	bool busy;
	int status;
};

struct load {
	struct message *messages;
	size_t count, nlinks, busy;
	struct link *links;
	uint32_t *samples; /* microseconds */
	size_t nsamples;
	size_t classes[6];
	uint64_t stop;
	bool once;
	int poll;
	char *reading;
};

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t now_us(void)
{
	struct timespec at;
	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	return (uint64_t)at.tv_sec * 1000000 + (uint64_t)at.tv_nsec / 1000;
}

/* --- the requests ------------------------------------------------------------------------------------------------- */

static char *whole_file(const char *path, size_t *len_out)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		die(path);
	long size = ftell(file);
	rewind(file);
	char *bytes = size < 0 ? NULL : malloc((size_t)size + 1);
	if (bytes == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size)
		die(path);
	(void)fclose(file);
	bytes[size] = '\0';
	*len_out = (size_t)size;
	return bytes;
}

static void read_messages(struct load *load, const char *path)
{
	size_t len, at = 0, room = 0;
	char *bytes = whole_file(path, &len);
	while (at < len) {
		char *end;
		unsigned long size = strtoul(bytes + at, &end, 10);
		size_t start = (size_t)(end - bytes) + 1;
		if (*end != '\n' || start + size > len) {
			errno = EINVAL;
			die(path);
		}
		if (load->count == room) {
			room = room == 0 ? 1024 : room * 2;
			load->messages = realloc(load->messages, room * sizeof(*load->messages));
			if (load->messages == NULL)
				die("memory");
		}
		load->messages[load->count++] = (struct message){bytes + start, size};
		at = start + size;
	}
	if (load->count == 0) {
		errno = EINVAL;
		die("no request");
	}
}

/* --- one connection ------------------------------------------------------------------------------------------------ */

static void push(struct load *load, struct link *link)
{
	const struct message *message = &load->messages[link->next];
	while (link->sent < message->len) {
		ssize_t n = send(link->fd, message->bytes + link->sent, message->len - link->sent, MSG_NOSIGNAL);
		if (n < 0)
			die("send");
		link->sent += (size_t)n;
	}
}

static void begin(struct load *load, struct link *link)
{
	if (now_us() >= load->stop || (load->once && link->next >= load->count))
		return;
	link->next %= load->count;
	link->sent = 0;
	link->head_len = 0;
	link->body_left = -1;
	link->busy = true;
	load->busy++;
	link->began = now_us();
	push(load, link);
}

static void finish(struct load *load, struct link *link)
{
	uint64_t took = now_us() - link->began;
	if (load->nsamples < SAMPLES_MAX)
		load->samples[load->nsamples++] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
	int class = link->status / 100;
	load->classes[class >= 1 && class <= 5 ? class : 0]++;
	link->busy = false;
	load->busy--;
	link->next += load->nlinks;
	begin(load, link);
}

static long long content_length(const char *head)
{
	for (const char *line = strchr(head, '\n'); line != NULL; line = strchr(line, '\n')) {
		line++;
		if (strncasecmp(line, "content-length:", 15) == 0)
			return strtoll(line + 15, NULL, 10);
	}
	return 0; /* 204 and 304 */
}

/* Takes what was read; what is past an answer's end would be an answer to nothing. */
static void take(struct load *load, struct link *link, const char *bytes, size_t len)
{
	if (link->body_left < 0) {
		size_t part = len < HEAD_MAX - 1 - link->head_len ? len : HEAD_MAX - 1 - link->head_len, had = link->head_len;
		memcpy(link->head + had, bytes, part);
		link->head_len += part;
		link->head[link->head_len] = '\0';
		char *end = strstr(link->head, "\r\n\r\n");
		if (end == NULL && link->head_len == HEAD_MAX - 1) {
			errno = EMSGSIZE;
			die("an answer's head");
		}
		if (end == NULL)
			return;
		link->status = link->head_len > 12 ? (int)strtol(link->head + 9, NULL, 10) : 0;
		size_t used = (size_t)(end + 4 - link->head) - had;
		link->body_left = content_length(link->head);
		bytes += used;
		len -= used;
	}
	link->body_left -= (long long)len;
	if (link->body_left <= 0)
		finish(load, link);
}

static void pull(struct load *load, struct link *link)
{
	ssize_t n = recv(link->fd, load->reading, READ_MAX, 0);
	if (n <= 0 || !link->busy)
		die(n == 0 ? "the server closed a connection" : "recv");
	take(load, link, load->reading, (size_t)n);
}

static void connect_all(struct load *load, const char *host, const char *port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
	int one = 1;
	if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
		die(host);
	for (size_t i = 0; i < load->nlinks; i++) {
		struct link *link = &load->links[i];
		link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (link->fd < 0 || connect(link->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
			die("connect");
		(void)setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};
		if (epoll_ctl(load->poll, EPOLL_CTL_ADD, link->fd, &event) != 0)
			die("epoll");
		link->next = i;
	}
}

static void run(struct load *load)
{
	struct epoll_event events[EVENTS_MAX];
	for (size_t i = 0; i < load->nlinks; i++)
		begin(load, &load->links[i]);
	while (load->busy > 0) {
		int n = epoll_wait(load->poll, events, EVENTS_MAX, ANSWER_WAIT_MS);
		if (n == 0) {
			errno = ETIMEDOUT;
			die("no answer");
		}
		/* One reading for each that has something, so that a fast answer to one does not make the others wait. */
		for (int i = 0; i < n; i++)
			pull(load, &load->links[events[i].data.u64]);
	}
}

/* --- what came out ------------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static double at_share(const struct load *load, double share)
{
	if (load->nsamples == 0)
		return 0;
	size_t at = (size_t)((double)load->nsamples * share);
	return load->samples[at < load->nsamples ? at : load->nsamples - 1] / 1000.0;
}

static void print(struct load *load, double seconds)
{
	qsort(load->samples, load->nsamples, sizeof(*load->samples), by_size);
	(void)printf("{\"requests\":%zu,\"seconds\":%.3f,\"rate\":%.1f,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f,"
		     "\"ok\":%zu,\"moved\":%zu,\"refused\":%zu,\"failed\":%zu}\n",
		     load->nsamples, seconds, seconds > 0 ? (double)load->nsamples / seconds : 0, at_share(load, 0.5),
		     at_share(load, 0.9), at_share(load, 0.99), at_share(load, 1), load->classes[2], load->classes[3],
		     load->classes[4], load->classes[5] + load->classes[0] + load->classes[1]);
}

int main(int argc, char **argv)
{
	struct load load = {.poll = epoll_create1(EPOLL_CLOEXEC)};
	if (argc < 6) {
		(void)fprintf(stderr, "usage: load HOST PORT CONNECTIONS SECONDS FILE [once]\n");
		return 2;
	}
	load.nlinks = (size_t)strtoul(argv[3], NULL, 10);
	load.once = argc > 6 && strcmp(argv[6], "once") == 0;
	load.links = calloc(load.nlinks, sizeof(*load.links));
	load.samples = malloc(SAMPLES_MAX * sizeof(*load.samples));
	load.reading = malloc(READ_MAX);
	if (load.nlinks == 0 || load.links == NULL || load.samples == NULL || load.reading == NULL)
		die("memory");
	read_messages(&load, argv[5]);
	connect_all(&load, argv[1], argv[2]);
	uint64_t began = now_us();
	load.stop = began + (uint64_t)(strtod(argv[4], NULL) * 1e6);
	run(&load);
	print(&load, (double)(now_us() - began) / 1e6);
	for (size_t i = 0; i < load.nlinks; i++)
		(void)close(load.links[i].fd);
	return 0;
}
