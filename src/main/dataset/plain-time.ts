/** A time without a fraction that says nothing: `2026-11-21T09:30:00Z`. */
export function plainTime(iso: string): string;
export function plainTime(iso: string | null): string | null;
export function plainTime(iso: string | null): string | null {
  return iso === null ? null : iso.replace(/\.0+Z$/, 'Z');
}
