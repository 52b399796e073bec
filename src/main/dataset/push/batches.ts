/** The largest file that the Hub may take into a commit itself; a larger one always goes ahead of it. */
export const inlineBytes = 10 * 1024 * 1024;
/** What one commit holds of such files: its body is a single text, a third longer than they are. */
const commitBytes = 16 * 1024 * 1024;
const commitFiles = 1000;

/**
 * Files by the commit that they go in, at least one. What says and signs what the files are is in the last of them, so that a version of
 * which a part is missing cannot be taken for whole.
 */
export function batchesOf<T extends { path: string; bytes: number }>(files: readonly T[]): T[][] {
  const last = files.filter(isSigned);
  const batches: T[][] = [];
  let batch: T[] = [];
  let held = 0;
  const add = (some: readonly T[]) => {
    const bytes = some.reduce((sum, each) => sum + (each.bytes > inlineBytes ? 0 : each.bytes), 0);
    if (batch.length > 0 && (held + bytes > commitBytes || batch.length + some.length > commitFiles)) {
      batches.push(batch);
      [batch, held] = [[], 0];
    }
    batch.push(...some);
    held += bytes;
  };
  for (const file of files) if (!isSigned(file)) add([file]);
  add(last);
  return [...batches, batch];
}

function isSigned({ path }: { path: string }): boolean {
  return /(?:^|\/)manifest\.(?:json|sig)$/.test(path);
}
