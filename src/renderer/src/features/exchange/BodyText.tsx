import { memo, useMemo } from 'react';
import { type PlaceholderNote, RedactedText } from '../../components/RedactedText.js';
import classes from './exchange.module.css';

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

interface Props {
  text: string;
  notes: ReadonlyMap<string, PlaceholderNote>;
}

export const BodyText = memo(function BodyText({ text, notes }: Props) {
  const chunks = useMemo(() => chunksOf(text), [text]);
  return (
    <div className={classes.body}>
      {chunks.map((chunk, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: chunks only ever grow at the end
        <pre key={index} className={classes.chunk}>
          <RedactedText text={chunk} notes={notes} />
        </pre>
      ))}
    </div>
  );
});
