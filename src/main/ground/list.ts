/** What every extension point lists: its own id, and how it is called in the studio. */
export interface Listed<Id extends string = string> {
  readonly id: Id;
  readonly title: string;
  /** One sentence. */
  readonly description?: string;
}

/**
 * The one shape of every extension point (formats, importers, rules, layouts, job kinds): objects that satisfy an interface, one
 * to a file, listed once. Throws at start where two have the same id, so that none silently hides another.
 */
export function listOf<const T extends readonly { readonly id: string }[]>(kind: string, entries: T): T {
  const seen = new Set<string>();
  for (const { id } of entries) {
    if (seen.has(id)) throw new TypeError(`two entries of the list of ${kind} have the id ${id}`);
    seen.add(id);
  }
  return entries;
}

/** The entries of a list by their ids. */
export function byId<T extends { readonly id: string }>(
  entries: readonly T[],
): { [Id in T['id']]: Extract<T, { id: Id }> } {
  return Object.fromEntries(entries.map((entry) => [entry.id, entry])) as never;
}
