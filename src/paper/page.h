/*
 * Inside this folder: the page of GB/T 9704-2012, in points (1/72 inch). A4; 37 mm above and 28 mm left of a text area of 156 × 225 mm;
 * 22 lines of 28 characters of size 3 (16 pt).
 */
#ifndef SANZHI_PAPER_PAGE_H
#define SANZHI_PAPER_PAGE_H

#define MM (72.0 / 25.4)
#define PAGE_WIDTH (210.0 * MM)
#define PAGE_HEIGHT (297.0 * MM)
#define AREA_LEFT (28.0 * MM)
#define AREA_TOP (37.0 * MM)
#define AREA_WIDTH (156.0 * MM)
#define AREA_HEIGHT (225.0 * MM)
#define AREA_RIGHT (AREA_LEFT + AREA_WIDTH)
#define AREA_BOTTOM (AREA_TOP + AREA_HEIGHT)

#define PAGE_LINES 22
#define LINE_CHARS 28
#define LINE_PITCH (AREA_HEIGHT / PAGE_LINES) /* 28.99 pt */
#define CHAR_PITCH (AREA_WIDTH / LINE_CHARS)  /* 15.79 pt */

#define SIZE_2 22.0 /* 2号: the title */
#define SIZE_3 16.0 /* 3号: the text */
#define SIZE_4 14.0 /* 4号: page numbers, tables */
#define SIZE_5 10.5 /* 5号: what stands under a QR code */

/* The head: the agency's name begins 35 mm below the top of the text area, the red line stands 4 mm below the document's number. */
#define MARK_BELOW_TOP (35.0 * MM)
#define LINE_BELOW_NUMBER (4.0 * MM)
#define RED_LINE_WIDTH 1.5
/* A page number's dash stands 7 mm below the text area, one character in from its outer edge. */
#define FOLIO_BELOW (7.0 * MM)

#define QR_SIDE (26.0 * MM)

#endif
