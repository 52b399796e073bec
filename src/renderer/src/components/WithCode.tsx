/** A sentence of ours in which `backticks` mark what is typed or named. */
export function WithCode({ text }: { text: string }) {
  return text.split('`').map((piece, index) =>
    // Every second piece stood between backticks.
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one fixed sentence
    index % 2 === 1 ? <code key={index}>{piece}</code> : piece,
  );
}
