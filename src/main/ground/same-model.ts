/**
 * Whether two names mean the same model: regions and vendors before it, routes, dates, revisions and `latest` behind it, and points for
 * dashes do not tell models apart.
 */
export function sameModel(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(name: string): string {
  return (
    name
      .toLowerCase()
      .slice(name.lastIndexOf('/') + 1)
      // Bedrock: `us.anthropic.claude-sonnet-4-20250514-v1:0`.
      .replace(/^(?:[a-z-]{2,20}\.){1,3}(?=[a-z])/, '')
      .replace(/-v\d{1,3}:\d{1,3}$/, '')
      // What routers put behind a name says how it is served.
      .replace(/[@:](?:latest|default|free|beta|nitro|floor|online|extended|thinking|exacto)$/, '')
      .replace(/-latest$/, '')
      .replace(/[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{2}-\d{2})$/, '')
      .replaceAll('.', '-')
  );
}
