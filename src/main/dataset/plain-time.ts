/** A time without a fraction that says nothing: `2026-11-21T09:30:00Z`. */
export function plainTime(iso: string): string {
  return iso.replace(/\.0+Z$/, 'Z');
}
