/** Writes to standard output and waits for whoever reads it: what is long needs no memory. */
export async function printed(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}
