#include "base/buf.h"
#include "paper/qr.h"
#include "template/template.h"
#include "web/view.h"

#define QUIET 4 /* modules of blank around a code: ISO/IEC 18004 */
#define SVG_MAX ((size_t)256 << 10)

/* One path of unit squares; the colours stand in the style sheet's reach but are set here for print as well. */
json_t *view_qr(struct arena *arena, const char *text)
{
	struct qr code;
	struct err ignored;
	struct buf svg;
	err_init(&ignored, arena);
	if (qr_make(text, arena, &code, &ignored) != 0)
		return json_string("");
	int side = code.side + 2 * QUIET;
	buf_init(&svg, arena, SVG_MAX);
	buf_addf(&svg, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"二维码\" shape-rendering=\"crispEdges\"><rect width=\"%d\" height=\"%d\" fill=\"#fff\"></rect><path fill=\"#000\" d=\"", side, side, side,
	         side);
	for (int y = 0; y < code.side; y++)
		for (int x = 0; x < code.side; x++)
			if (code.dark[y * code.side + x] != 0)
				buf_addf(&svg, "M%d %dh1v1h-1z", x + QUIET, y + QUIET);
	buf_adds(&svg, "\"></path></svg>");
	return svg.overflow ? json_string("") : template_html(svg.data);
}
