/** One visible line of a JSON tree. */
export interface JsonLine {
  /** Where it stands, as a JSON pointer; the key of its expanded state. */
  path: string;
  depth: number;
  /** Property name or array index; null at the root and on closing lines. */
  name: string | number | null;
  value: unknown;
  kind: 'value' | 'open' | 'collapsed' | 'close';
  /** Children of a container. */
  size: number;
}

/** What is open: containers whose default differs from `defaultDepth` stand in `toggled`. */
export interface Openness {
  defaultDepth: number;
  toggled: ReadonlySet<string>;
}

/** Deeper levels of hostile input are shown as text. */
export const maxDepth = 100;

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export function isOpen(path: string, depth: number, size: number, openness: Openness): boolean {
  // A long list opened by default would hide everything behind it.
  const byDefault = depth < openness.defaultDepth && (depth === 0 || size <= 200);
  return openness.toggled.has(path) ? !byDefault : byDefault;
}

/** The visible lines of a value, in order; work is proportional to what is open. */
export function jsonLines(root: unknown, openness: Openness): JsonLine[] {
  const lines: JsonLine[] = [];
  function visit(value: unknown, name: string | number | null, path: string, depth: number): void {
    if (!isContainer(value) || depth >= maxDepth) {
      lines.push({
        path,
        depth,
        name,
        value: isContainer(value) ? '(nested too deeply)' : value,
        kind: 'value',
        size: 0,
      });
      return;
    }
    const isArray = Array.isArray(value);
    const keys = isArray ? null : Object.keys(value);
    const size = keys ? keys.length : (value as unknown[]).length;
    if (size === 0 || !isOpen(path, depth, size, openness)) {
      lines.push({ path, depth, name, value, kind: size === 0 ? 'value' : 'collapsed', size });
      return;
    }
    lines.push({ path, depth, name, value, kind: 'open', size });
    for (let index = 0; index < size; index += 1) {
      const key = keys ? (keys[index] as string) : index;
      const child = (value as Record<string | number, unknown>)[key];
      visit(child, key, `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
    }
    lines.push({ path: `${path}\u0000close`, depth, name: null, value, kind: 'close', size });
  }
  visit(root, null, '', 0);
  return lines;
}

/** A short look into a collapsed container: `{ path, mode, … }` or `[ 12 items ]`. */
export function preview(value: unknown, size: number): string {
  if (Array.isArray(value)) return `[ ${size} ${size === 1 ? 'item' : 'items'} ]`;
  const keys: string[] = [];
  for (const key in value as object) {
    if (keys.length === 4) break;
    keys.push(key.length > 24 ? `${key.slice(0, 24)}…` : key);
  }
  return `{ ${keys.join(', ')}${size > keys.length ? `, … ${size - keys.length} more` : ''} }`;
}
