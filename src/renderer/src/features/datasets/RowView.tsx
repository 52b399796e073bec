import { Button, SegmentedControl, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type Ref, useEffect, useRef, useState } from 'react';
import type { Json as JsonValue } from '../../../../shared/model/index.js';
import { Json } from '../../components/Json.js';
import { Answer } from '../../components/layout/Answer.js';
import { Notice } from '../../components/Notice.js';
import { bound, keyHint } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { trpc } from '../../rpc/client.js';
import classes from './mask.module.css';
import { counted } from './words.js';

interface Props {
  value: JsonValue;
  /** From 1. */
  number: number;
  total: number;
  /** Where it stands. */
  place?: string;
  onGo(number: number): void;
}

const remembered = { view: 'row', template: 'qwen3' };

/** A row as its file holds it, or through a chat template with what the loss is taken of. */
export function RowView({ value, number, total, place, onGo }: Props) {
  const [view, setView] = useState(remembered.view);
  const show = (next: string) => {
    remembered.view = next;
    setView(next);
  };
  useKeys(
    bound({
      'row.next': () => number < total && onGo(number + 1),
      'row.previous': () => number > 1 && onGo(number - 1),
      'row.mask': () => show(view === 'mask' ? 'row' : 'mask'),
      'row.template': () => {
        if (view === 'mask') picker.current?.focus();
        else {
          toPicker.current = true;
          show('mask');
        }
      },
    }),
  );
  const picker = useRef<HTMLInputElement>(null);
  const toPicker = useRef(false);
  useEffect(() => {
    if (view !== 'mask' || !toPicker.current) return;
    toPicker.current = false;
    picker.current?.focus();
  }, [view]);
  return (
    <div>
      <div className={classes.bar}>
        <Button variant="default" size="compact-sm" disabled={number <= 1} onClick={() => onGo(number - 1)} title="[">
          Previous row
        </Button>
        <span className="num" role="status">
          row {counted(number)} of {counted(total)}
        </span>
        <Button
          variant="default"
          size="compact-sm"
          disabled={number >= total}
          onClick={() => onGo(number + 1)}
          title="]"
        >
          Next row
        </Button>
        <SegmentedControl
          aria-label="Show"
          size="xs"
          data={[
            { value: 'row', label: 'As written' },
            { value: 'mask', label: 'Loss mask' },
          ]}
          value={view}
          onChange={show}
        />
        {place !== undefined && <span className={`${classes.place} ellipsis`}>{place}</span>}
      </div>
      {view === 'row' ? (
        <Json key={number} value={value} defaultDepth={4} maxHeight={620} label="Row as the file holds it" />
      ) : (
        <Mask value={value} picker={picker} />
      )}
    </div>
  );
}

function Mask({ value, picker }: { value: JsonValue; picker: Ref<HTMLInputElement> }) {
  const templates = useQuery(trpc.render.templates.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const [picked, setPicked] = useState(remembered.template);
  const [side, setSide] = useState<'chosen' | 'rejected'>('chosen');
  const list = templates.data ?? [];
  const template = list.find(({ id }) => id === picked) ?? list[0];
  const pair = typeof value === 'object' && value !== null && 'rejected' in value;
  const rendered = useQuery({
    ...trpc.render.row.queryOptions(
      { row: value, template: template?.id ?? 'none', ...(pair && { side }) },
      { placeholderData: keepPreviousData, trpc: { abortOnUnmount: true } },
    ),
    enabled: template !== undefined,
  });
  return (
    <>
      <div className={classes.bar}>
        <Select
          ref={picker}
          label={`Chat template (${keyHint('row.template')})`}
          searchable
          allowDeselect={false}
          w={280}
          data={list.map(({ id, title }) => ({ value: id, label: title }))}
          value={template?.id ?? null}
          onChange={(id) => {
            if (id === null) return;
            remembered.template = id;
            setPicked(id);
          }}
        />
        {pair && (
          <SegmentedControl
            aria-label="Side of the pair"
            size="xs"
            data={['chosen', 'rejected']}
            value={side}
            onChange={(next) => setSide(next as typeof side)}
          />
        )}
        {template && <span className={classes.place}>{template.description}</span>}
      </div>
      <Answer query={rendered} label="Rendering the row">
        {({ segments, problems, tokens, basis }) => (
          <>
            {problems.map(({ code, level, message }) => (
              <Notice key={code} tone={level === 'error' ? 'red' : 'amber'} title={message} code={code} />
            ))}
            <p className={classes.sum} role="status">
              <b className="num">{counted(tokens.total)}</b> tokens ({tokens.tokenizer}),{' '}
              <b className="num">{counted(tokens.trained)}</b> learned, by{' '}
              {basis === 'tags' ? 'the template’s own tags' : 'what each turn adds'}. What is learned is{' '}
              <mark className={classes.trained}>underlined</mark>.
            </p>
            <div className={classes.text} role="group" tabIndex={0} aria-label="Row as the template writes it">
              {segments.map(({ text, trained }, at) =>
                trained ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text
                  <mark key={at} className={classes.trained}>
                    <span className="sr-only">learned: </span>
                    {text}
                  </mark>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text
                  <span key={at}>{text}</span>
                ),
              )}
            </div>
          </>
        )}
      </Answer>
    </>
  );
}
