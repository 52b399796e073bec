import { memo, useMemo } from 'react';
import { Framed } from '../../components/layout/Panel.js';
import { type PlaceholderNote, RedactedText } from '../../components/RedactedText.js';
import { chunksOf } from './chunks.js';
import classes from './exchange.module.css';

interface Props {
  text: string;
  notes: ReadonlyMap<string, PlaceholderNote>;
}

export const BodyText = memo(function BodyText({ text, notes }: Props) {
  const chunks = useMemo(() => chunksOf(text), [text]);
  return (
    <Framed>
      {chunks.map((chunk, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: chunks only ever grow at the end
        <pre key={index} className={classes.chunk}>
          <RedactedText text={chunk} notes={notes} />
        </pre>
      ))}
    </Framed>
  );
});
