import { Textarea } from '@mantine/core';
import type { RubricDimension } from '../../../../shared/model/index.js';
import classes from './judge.module.css';

interface Props {
  dimension: RubricDimension;
  onChange(anchors: RubricDimension['anchors']): void;
}

/** What values of a dimension mean: at both ends, in the middle, and wherever the rubric says more. */
export function AnchorFields({ dimension: { min, max, anchors }, onChange }: Props) {
  const places = [...new Set([min, (min + max) / 2, max, ...Object.keys(anchors).map(Number)])].sort((a, b) => a - b);
  const set = (at: string, text: string) => {
    const { [at]: _, ...others } = anchors;
    onChange(text === '' ? others : { ...others, [at]: text });
  };
  return (
    <div className={`${classes.wide} ${classes.three}`}>
      {places.map((place) => {
        const key = Object.keys(anchors).find((each) => Number(each) === place) ?? String(place);
        return (
          <Textarea
            key={place}
            label={`${place} means`}
            autosize
            minRows={1}
            maxRows={5}
            value={anchors[key] ?? ''}
            onChange={(event) => set(key, event.currentTarget.value)}
          />
        );
      })}
    </div>
  );
}
