#include "paper/qr.h"

#include <errno.h>
#include <qrencode.h>

int qr_make(const char *text, struct arena *arena, struct qr *out, struct err *err)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (code == NULL && errno == ERANGE)
		return ERR(err, ERR_LIMIT, "二维码放不下这么长的内容（%zu 字节）", strlen(text));
	if (code == NULL)
		return ERR(err, ERR_INTERNAL, "无法生成二维码");
	size_t count = (size_t)code->width * (size_t)code->width;
	uint8_t *dark = arena_memdup(arena, code->data, count);
	for (size_t i = 0; i < count; i++)
		dark[i] &= 1; /* the other bits say what the module is for */
	*out = (struct qr){.side = code->width, .dark = dark};
	QRcode_free(code);
	return 0;
}
