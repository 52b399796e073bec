/**
 * Whether two names mean the same model: vendors before a slash, dates and `latest` behind the name do not tell models apart.
 */
export function sameModel(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .slice(name.lastIndexOf('/') + 1)
    .replace(/[@:](?:latest|free|beta)$/, '')
    .replace(/-latest$/, '')
    .replace(/[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4})$/, '');
}
