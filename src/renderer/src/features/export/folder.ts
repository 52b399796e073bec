/** A new folder inside the picked one: exports never mix with what is already there. */
export function folderInside(picked: string, layout: string, now = new Date()): string {
  const separator = picked.includes('\\') && !picked.includes('/') ? '\\' : '/';
  const stamp = now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${picked.replace(/[\\/]+$/, '')}${separator}sluice-${layout}-${stamp}`;
}
