/** An element as far as reports need one: flat, told by its beginning and its end. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(name: string): void;
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const attribute = /([^\s=/"'<>]{1,200})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')/g;
/** Of an element's text; what a test printed may be megabytes. */
const longestText = 20_000;

/**
 * Reads XML that others wrote, once through and without recursion, in a time that grows with its length alone. No entity is ever
 * expanded but the five and characters by number, nothing is fetched. What no XML may hold (NUL bytes, bare ampersands, ends that
 * nothing began) is passed over.
 * @returns whether it came to its end: false for a text that is cut off
 */
export function readXml(xml: string, handler: XmlHandler): boolean {
  let at = 0;
  let depth = 0;
  const skipTo = (end: string, from: number): boolean => {
    const found = xml.indexOf(end, from);
    at = found < 0 ? xml.length : found + end.length;
    return found >= 0;
  };
  while (at < xml.length) {
    const start = xml.indexOf('<', at);
    const text = xml.slice(at, Math.min(start < 0 ? xml.length : start, at + longestText));
    if (depth > 0 && text.trim() !== '') handler.text(decoded(text));
    if (start < 0) break;
    at = start;
    if (xml.startsWith('<!--', at)) {
      if (!skipTo('-->', at + 4)) return false;
    } else if (xml.startsWith('<![CDATA[', at)) {
      const from = at + 9;
      const whole = skipTo(']]>', from);
      handler.text(xml.slice(from, Math.min(whole ? at - 3 : at, from + longestText)));
      if (!whole) return false;
    } else if (xml.startsWith('<?', at)) {
      if (!skipTo('?>', at + 2)) return false;
    } else if (xml.startsWith('<!', at)) {
      if (!skipDeclaration()) return false;
    } else {
      const end = tagEnd(xml, at + 1);
      if (end < 0) return false;
      const tag = xml.slice(at + 1, end);
      at = end + 1;
      if (tag.startsWith('/')) {
        depth = Math.max(0, depth - 1);
        handler.close(localName(tag.slice(1)));
      } else {
        const empty = tag.endsWith('/');
        const name = localName(/^[^\s/>]{1,200}/.exec(tag)?.[0] ?? '');
        handler.open(name, attributesOf(tag));
        if (empty) handler.close(name);
        else depth++;
      }
    }
  }
  return depth === 0;

  /** A document type with its entities: nothing of it is read. */
  function skipDeclaration(): boolean {
    let brackets = 0;
    for (at += 2; at < xml.length; at++) {
      const sign = xml[at];
      if (sign === '[') brackets++;
      else if (sign === ']') brackets--;
      else if (sign === '>' && brackets <= 0) {
        at++;
        return true;
      }
    }
    return false;
  }
}

/** Where a tag ends: a `>` outside of quotes. */
function tagEnd(xml: string, from: number): number {
  let quote = '';
  for (let at = from; at < xml.length; at++) {
    const sign = xml[at] as string;
    if (quote !== '') {
      if (sign === quote) quote = '';
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === '>') return at;
  }
  return -1;
}

function attributesOf(tag: string): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [, name, double, single] of tag.matchAll(attribute))
    attributes[localName(name as string)] = decoded((double ?? single ?? '').slice(0, longestText));
  return attributes;
}

function localName(name: string): string {
  return name.trim().slice(name.trim().lastIndexOf(':') + 1);
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g, (whole, decimal, hex, name) => {
    if (name) return named[name] as string;
    const point = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
