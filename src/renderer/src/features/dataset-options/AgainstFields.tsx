import { NumberInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { ExportOptions } from '../../../../shared/model/index.js';
import classes from './dataset-options.module.css';

export type Against = NonNullable<ExportOptions['against']>;

/** Files of texts that must not be learned, and how much of them a trace may share. */
export function AgainstFields({ value, onChange }: { value: Against | null; onChange(value: Against | null): void }) {
  // As it is typed: a line that is begun is no file yet.
  const [text, setText] = useState(value?.files.join('\n') ?? '');
  return (
    <div role="group" aria-label="Texts that must not be learned">
      <div className={classes.against}>
        <Textarea
          label="Texts that must not be learned"
          description="Files on the engine’s machine, one a line: txt, jsonl, json, parquet, or fingerprints of them. A trace that shares text with one is left out when a version is built."
          placeholder="/data/swe-bench/test.jsonl"
          autosize
          minRows={1}
          maxRows={6}
          value={text}
          onChange={(event) => {
            const typed = event.currentTarget.value;
            setText(typed);
            const files = filesIn(typed);
            onChange(files.length === 0 ? null : { files, words: value?.words ?? 13 });
          }}
        />
        {value !== null && (
          <NumberInput
            label="Words in a row that they share"
            allowDecimal={false}
            min={3}
            max={100}
            value={value.words}
            onChange={(words) => typeof words === 'number' && words >= 3 && onChange({ ...value, words })}
          />
        )}
      </div>
    </div>
  );
}

const filesIn = (text: string): string[] => [...new Set(text.split('\n').map((line) => line.trim()))].filter(Boolean);
