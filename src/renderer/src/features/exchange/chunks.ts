const chunkChars = 8192;

/** Pieces that the browser can lay out one at a time, cut at line or word ends so that no placeholder is torn. */
export function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + chunkChars);
    if (end < text.length) {
      const window = text.slice(at, end);
      const cut = Math.max(window.lastIndexOf('\n'), window.lastIndexOf(' '), window.lastIndexOf('<') - 1);
      if (cut > chunkChars / 2) end = at + cut + 1;
    }
    chunks.push(text.slice(at, end));
    at = end;
  }
  return chunks;
}
