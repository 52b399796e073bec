/** The largest body of a request that brings data, inflated. */
export const maxBodyBytes = 10_000_000;
/** The largest of any other whose operation names none of its own: it is read where all requests are answered. */
export const smallBodyBytes = 64_000;
/** Values that such a body may hold: each costs some time to read and to check, however short it is. */
export const smallBodyValues = 25_000;

/** How deep its values may be nested. */
export const maxBodyDepth = 200;

/** A size in the words of an answer. */
export function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${bytes / 1000} kB` : `${bytes / 1_000_000} MB`;
}
