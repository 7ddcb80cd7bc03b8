/** Pages of A4 that fill from the top: lines of text, tables with heads that come again on each page, page numbers. */
import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from 'pdf-lib';

const size: [number, number] = [595.28, 841.89];
const margin = 48;
const ink = rgb(0.08, 0.09, 0.11);
const quiet = rgb(0.38, 0.41, 0.45);
const line = rgb(0.8, 0.82, 0.85);

export type Column = { head: string; width: number; align?: 'right' };

export type Paper = {
  /** `before`: turns the page where less than this is left for it and what follows. */
  text(text: string, options?: { size?: number; bold?: boolean; quiet?: boolean; gap?: number; before?: number }): void;
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void;
  /** The bytes. `foot`: text beside the page's number, as "Page 1 of 3" is made by `number`. */
  finish(number: (page: number, pages: number) => string, foot: string): Promise<Uint8Array>;
};

/** Letters with a stroke, which Unicode does not take apart. */
const stroked: Readonly<Record<string, string>> = {
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  Ħ: 'H',
  ħ: 'h',
  Ŧ: 'T',
  ŧ: 't',
  ı: 'i',
};

/** What the built-in fonts of PDF cannot show (all but the letters of Western Europe) becomes its base letter, or a question mark. */
export function showable(text: string, font: { encodeText(text: string): unknown }): string {
  const shows = (part: string): boolean => {
    try {
      font.encodeText(part);
      return true;
    } catch {
      return false;
    }
  };
  if (shows(text)) return text;
  return Array.from(text, (c) => {
    if (shows(c)) return c;
    const base = stroked[c] ?? c.normalize('NFKD').replace(/\p{M}/gu, '');
    return base !== '' && shows(base) ? base : '?';
  }).join('');
}

export async function createPaper(title: string): Promise<Paper> {
  const document = await PDFDocument.create();
  document.setTitle(title);
  document.setCreator('Vigie');
  const plain = await document.embedFont(StandardFonts.Helvetica);
  const bold = await document.embedFont(StandardFonts.HelveticaBold);
  let page: PDFPage = document.addPage(size);
  let y = size[1] - margin;
  const turn = (): void => {
    page = document.addPage(size);
    y = size[1] - margin;
  };
  const room = (height: number): boolean => y - height >= margin + 20;

  /** One line, no wider than `width`; what is too long ends in an ellipsis. */
  const fit = (text: string, font: PDFFont, at: number, width: number): string => {
    const shown = showable(text, font);
    if (font.widthOfTextAtSize(shown, at) <= width) return shown;
    let cut = shown;
    while (cut.length > 1 && font.widthOfTextAtSize(`${cut.trimEnd()}…`, at) > width) cut = cut.slice(0, -1);
    return `${cut.trimEnd()}…`;
  };

  /** Lines no wider than `width`; a word that is wider is cut. */
  const wrap = (text: string, font: PDFFont, at: number, width: number): string[] => {
    const out: string[] = [];
    let current = '';
    for (const word of showable(text, font).split(' ')) {
      const next = current === '' ? word : `${current} ${word}`;
      if (font.widthOfTextAtSize(next, at) <= width) current = next;
      else {
        if (current !== '') out.push(current);
        current = word;
        while (font.widthOfTextAtSize(current, at) > width && current.length > 1) current = current.slice(0, -1);
      }
    }
    return [...out, current];
  };

  return {
    text(text, options = {}) {
      const { size: at = 9.5, gap = 4 } = options;
      const font = options.bold === true ? bold : plain;
      if (options.before !== undefined && !room(options.before)) turn();
      for (const part of wrap(text, font, at, size[0] - 2 * margin)) {
        if (!room(at + gap)) turn();
        y -= at;
        page.drawText(part, { x: margin, y, size: at, font, color: options.quiet === true ? quiet : ink });
        y -= gap;
      }
    },
    table(columns, rows) {
      const at = 8.5;
      const row = at + 6;
      const draw = (cells: readonly string[], font: PDFFont): void => {
        y -= row;
        let x = margin;
        columns.forEach((column, i) => {
          const text = fit(cells[i] ?? '', font, at, column.width - 6);
          const indent = column.align === 'right' ? column.width - 6 - font.widthOfTextAtSize(text, at) : 0;
          page.drawText(text, { x: x + indent, y: y + 4, size: at, font, color: ink });
          x += column.width;
        });
        page.drawLine({ start: { x: margin, y }, end: { x: size[0] - margin, y }, thickness: 0.5, color: line });
      };
      const head = (): void => {
        draw(
          columns.map((c) => c.head),
          bold,
        );
      };
      if (!room(3 * row)) turn();
      head();
      for (const cells of rows) {
        if (!room(row)) {
          turn();
          head();
        }
        draw(cells, plain);
      }
      y -= 10;
    },
    async finish(number, foot) {
      const pages = document.getPages();
      pages.forEach((of, i) => {
        const text = showable(`${number(i + 1, pages.length)}  ·  ${foot}`, plain);
        of.drawText(text, { x: margin, y: margin - 16, size: 7.5, font: plain, color: quiet });
      });
      return document.save();
    },
  };
}
