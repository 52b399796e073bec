/** `{% generation %}` and its end, with the signs that strip white space before and behind it. */
const tag = /\{%([-+]?)\s*(end)?generation\s*([-+]?)%\}/g;

/** Two characters of private use (Unicode 23.5) that stand where a generation block begins and ends. */
export interface Marks {
  begin: string;
  end: string;
}

/** Marks that none of the texts holds, so that nothing in a row can pass for one. */
export function freeMarks(texts: readonly string[]): Marks {
  const free: string[] = [];
  for (let code = 0xe000; code <= 0xf8ff && free.length < 2; code += 1) {
    const mark = String.fromCharCode(code);
    if (!texts.some((text) => text.includes(mark))) free.push(mark);
  }
  const [begin, end] = free;
  if (begin === undefined || end === undefined)
    throw new RangeError('every character of private use occurs in the row');
  return { begin, end };
}

export function hasGenerationTags(template: string): boolean {
  tag.lastIndex = 0;
  return tag.test(template);
}

/**
 * The template with a mark in the place of each generation tag. @huggingface/jinja drops these tags; a block of its own in their
 * place is treated like them where white space is stripped (Jinja's trim_blocks, lstrip_blocks and the signs).
 */
export function withMarks(template: string, { begin, end }: Marks): string {
  return template.replace(
    tag,
    (_, before: string, ending: string | undefined, behind: string) =>
      `{%${before} if true %}${ending === undefined ? begin : end}{% endif ${behind}%}`,
  );
}

export interface Span {
  start: number;
  end: number;
}

/**
 * The text without its marks, and what stood between them, in UTF-16 units of that text. Null where the marks do not pair: the
 * template cut or moved a block after it was rendered.
 */
export function readMarks(marked: string, { begin, end }: Marks): { text: string; spans: Span[] | null } {
  const spans: Span[] = [];
  let text = '';
  let open: number | null = null;
  let paired = true;
  for (const piece of marked.split(new RegExp(`([${begin}${end}])`))) {
    if (piece === begin) {
      paired &&= open === null;
      open = text.length;
    } else if (piece === end) {
      if (open === null) paired = false;
      else if (open < text.length) spans.push({ start: open, end: text.length });
      open = null;
    } else text += piece;
  }
  return { text, spans: paired && open === null ? spans : null };
}
