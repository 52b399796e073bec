import { mostInQuery } from './selection-query.js';

/** What is selected in a list: rows by their trace, or everything that its query found up to a moment. */
export type Selected = { kind: 'rows'; ids: ReadonlySet<string> } | { kind: 'matching'; until: string };

export const nothingSelected: Selected = { kind: 'rows', ids: new Set() };

const kept = 'sluice.selection.';

/** A selection as an address can hold it; one that is too long for that lies in the session and is named. Null for none. */
export function toLink(selected: Selected): string | null {
  if (selected.kind === 'matching') return `all.${selected.until}`;
  if (selected.ids.size === 0) return null;
  const packed = [...selected.ids].map(pack);
  if (packed.length <= mostInQuery) return packed.join('.');
  const name = `${packed.length}-${packed[0]}-${packed.at(-1)}`;
  try {
    sessionStorage.setItem(kept + name, packed.join('.'));
    return `session.${name}`;
  } catch {
    // Storage full or denied: it lasts until the page is left.
    return null;
  }
}

/** The selection that an address names; nothing where it cannot be read. */
export function fromLink(link: string | null): Selected {
  if (link === null || link === '') return nothingSelected;
  if (link.startsWith('all.')) {
    const until = link.slice('all.'.length);
    return Number.isNaN(Date.parse(until)) ? nothingSelected : { kind: 'matching', until };
  }
  const packed = link.startsWith('session.') ? sessionStorage.getItem(kept + link.slice('session.'.length)) : link;
  const ids = (packed ?? '').split('.').flatMap((each) => unpack(each) ?? []);
  return { kind: 'rows', ids: new Set(ids) };
}

/** The 16 bytes of a UUID in 22 characters. */
function pack(id: string): string {
  const bytes = id.replaceAll('-', '').match(/../g) ?? [];
  const text = btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function unpack(text: string): string | null {
  if (!/^[\w-]{22}$/.test(text)) return null;
  const bytes = [...atob(text.replaceAll('-', '+').replaceAll('_', '/'))].map((unit) =>
    unit.charCodeAt(0).toString(16).padStart(2, '0'),
  );
  const hex = bytes.join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
