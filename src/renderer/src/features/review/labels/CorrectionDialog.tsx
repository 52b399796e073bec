import { Button, Group, Modal, Text, Textarea, TextInput } from '@mantine/core';
import { type KeyboardEvent, useMemo, useState } from 'react';
import type { Corrected, Correction, Json, TraceLabels } from '../../../../../shared/model/index.js';
import { argumentProblems } from '../../../../../shared/tool-arguments.js';
import { Kbd } from '../../../components/Kbd.js';
import { announce } from '../announce.js';
import classes from './labels.module.css';
import { Changes, CorrectionView } from './StepMarks.js';
import { isOf, type Target, type Wording, wordingOf } from './target.js';
import type { LabelActs } from './use-labels.js';

/** A tool's JSON Schema by its name, as it was offered in the target's call. */
export type SchemaOf = (tool: string) => Json | undefined;

interface Props {
  /** Null: closed. */
  target: Target | null;
  labels: TraceLabels | null;
  acts: LabelActs;
  schemaOf: SchemaOf;
  onClose(): void;
}

const titles = { message: 'Correct the answer', tool_call: 'Correct the tool call', step: 'Correct the step' } as const;

/** What an answer, a tool call or a step should have been: as many corrections as needed, each beside the original. */
export function CorrectionDialog({ target, labels, acts, schemaOf, onClose }: Props) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={target !== null}
      onClose={onClose}
      title={target === null ? '' : titles[target.kind]}
      size={1080}
      yOffset="4vh"
    >
      {target !== null && (
        <Corrections
          key={`${target.kind} ${target.step_id}`}
          target={target}
          existing={(labels?.corrections ?? []).filter((each) => isOf(each, target))}
          acts={acts}
          schemaOf={schemaOf}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

interface Draft extends Wording {
  comment: string;
  /** The correction that is said anew; null for another one. */
  of: string | null;
}

/** What was typed and not saved, by what it corrects: leaving with Escape loses nothing. Kept while the studio is open. */
const unsaved = new Map<string, Draft>();

function Corrections({
  target,
  existing,
  acts,
  schemaOf,
  onClose,
}: Omit<Props, 'target' | 'labels'> & { target: Target; existing: readonly Correction[] }) {
  const place = `${target.kind} ${target.step_id}`;
  const original = useMemo(() => wordingOf(target), [target]);
  const fresh: Draft = { ...original, comment: '', of: null };
  const [draft, setDraft] = useState<Draft>(() => unsaved.get(place) ?? fresh);
  const [saving, setSaving] = useState(false);
  const [stored, setStored] = useState<readonly string[]>([]);
  const change = (patch: Partial<Draft>) => {
    const next = { ...draft, ...patch };
    unsaved.set(place, next);
    setDraft(next);
  };
  const begin = (next: Draft) => {
    unsaved.delete(place);
    setDraft(next);
  };
  const read = useMemo(() => readDraft(target, draft), [target, draft]);
  const problems = useMemo(
    () => (read.what === null ? [read.problem] : problemsOf(read.what, schemaOf)),
    [read, schemaOf],
  );
  const unchanged =
    draft.of === null &&
    (['content', 'reasoning', 'name', 'json'] as const).every((field) => draft[field] === original[field]);

  const save = async () => {
    if (read.what === null || unchanged || saving) return;
    setSaving(true);
    const saved =
      draft.of === null
        ? await acts.correct(read.what, draft.comment)
        : await acts.edit(draft.of, read.what, draft.comment);
    setSaving(false);
    if (saved === null) return;
    begin(fresh);
    announce({ kind: 'done', text: 'Correction saved', undo: true });
    // It is kept with what does not fit: the engine says the same of it as was shown.
    if (saved.length > 0) setStored(saved);
    else onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void save();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its fields have the keys; this only hears Ctrl Enter of them
    <div onKeyDown={onKeyDown}>
      {existing.length > 0 && (
        <div className={classes.existing}>
          <h3>
            {existing.length === 1 ? 'One correction' : `${existing.length} corrections`}, each a pair with the original
          </h3>
          {existing.map((correction) => (
            <div
              key={correction.correction_id}
              className={classes.existingRow}
              data-edited={draft.of === correction.correction_id || undefined}
            >
              <CorrectionView correction={correction} target={target} />
              <div className={classes.buttons}>
                <Button
                  variant="default"
                  size="compact-xs"
                  onClick={() =>
                    begin({ ...wordingOf(correction.what), comment: correction.comment, of: correction.correction_id })
                  }
                >
                  Edit
                </Button>
                <Button
                  variant="default"
                  size="compact-xs"
                  onClick={() => {
                    if (draft.of === correction.correction_id) begin(fresh);
                    void acts.remove(correction);
                  }}
                >
                  Remove
                </Button>
              </div>
            </div>
          ))}
        </div>
      )}
      <div className={classes.pair}>
        <div className={classes.original}>
          <h3>Original</h3>
          {original.name !== null && <pre data-mono>{original.name}</pre>}
          {original.reasoning !== null && (
            <>
              <h4>Reasoning</h4>
              <pre>{original.reasoning}</pre>
            </>
          )}
          {original.content !== null && <pre>{original.content}</pre>}
          {original.json !== null && (
            <>
              <h4>{target.kind === 'message' ? 'Tool calls' : 'Arguments'}</h4>
              <pre data-mono>{original.json}</pre>
            </>
          )}
        </div>
        <div className={classes.edited}>
          <h3>{draft.of === null ? 'What it should have been' : 'The correction, said anew'}</h3>
          {draft.name !== null && (
            <TextInput
              label="Tool"
              value={draft.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
              maxLength={256}
            />
          )}
          {draft.content !== null && (
            <Textarea
              data-autofocus
              aria-label={target.kind === 'message' ? 'Answer' : 'Content of the step'}
              autosize
              minRows={6}
              maxRows={18}
              maxLength={150_000}
              value={draft.content}
              onChange={(event) => change({ content: event.currentTarget.value })}
            />
          )}
          {target.kind === 'message' && (
            <Textarea
              label="Reasoning before it"
              description="Left empty: none."
              autosize
              minRows={2}
              maxRows={10}
              maxLength={150_000}
              value={draft.reasoning ?? ''}
              onChange={(event) => change({ reasoning: event.currentTarget.value || null })}
            />
          )}
          {target.kind !== 'step' && (
            <Textarea
              {...(target.kind === 'tool_call' && { 'data-autofocus': true })}
              classNames={{ root: classes.mono }}
              label={target.kind === 'message' ? 'Tool calls' : 'Arguments'}
              description={
                target.kind === 'message' ? 'A list of {"name", "arguments"} as JSON. Left empty: none.' : 'JSON'
              }
              autosize
              minRows={target.kind === 'message' ? 2 : 8}
              maxRows={18}
              spellCheck={false}
              value={draft.json ?? ''}
              onChange={(event) => change({ json: event.currentTarget.value || null })}
            />
          )}
          <TextInput
            label="Why"
            value={draft.comment}
            onChange={(event) => change({ comment: event.currentTarget.value })}
            maxLength={20_000}
          />
        </div>
      </div>
      <div aria-live="polite">
        {problems.length > 0 ? (
          <ul className={classes.problems} aria-label="Problems">
            {problems.slice(0, 8).map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        ) : (
          stored.length > 0 && <p className={classes.nothing}>Saved, with what does not fit: {stored.join(' ')}</p>
        )}
      </div>
      {!unchanged && (
        <div className={classes.changes}>
          <h3>What changes</h3>
          {original.name !== draft.name && <Changes before={original.name ?? ''} after={draft.name ?? ''} />}
          {original.content !== draft.content && (
            <Changes before={original.content ?? ''} after={draft.content ?? ''} />
          )}
          {original.reasoning !== draft.reasoning && (
            <Changes before={original.reasoning ?? ''} after={draft.reasoning ?? ''} />
          )}
          {original.json !== draft.json && <Changes before={original.json ?? ''} after={pretty(draft.json ?? '')} />}
        </div>
      )}
      <Group justify="space-between" mt="md" gap="xs">
        <Text size="xs" c="dimmed">
          <Kbd>Ctrl Enter</Kbd> saves, <Kbd>Esc</Kbd> leaves; what is typed stays here until it is saved.
        </Text>
        <Group gap="xs">
          {(draft.of !== null || !unchanged) && (
            <Button variant="default" onClick={() => begin(fresh)}>
              Start over
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button disabled={read.what === null || unchanged} loading={saving} onClick={() => void save()}>
            Save correction
          </Button>
        </Group>
      </Group>
    </div>
  );
}

type Read = { what: Corrected } | { what: null; problem: string };

/** What was typed as a correction, or what is wrong with it. */
function readDraft(target: Target, { content, reasoning, name, json }: Draft): Read {
  if (target.kind === 'step')
    return { what: { kind: 'step', step_id: target.step_id, corrected: { content: content ?? '' } } };
  const parsed = json === null || json.trim() === '' ? { value: undefined } : parse(json);
  if ('problem' in parsed) return { what: null, problem: parsed.problem };
  if (target.kind === 'tool_call') {
    if (name === null || name.trim() === '') return { what: null, problem: 'Name the tool.' };
    const { call_id, tool_call_id } = target;
    const corrected = { name: name.trim(), arguments: parsed.value ?? {} };
    return { what: { kind: 'tool_call', call_id, tool_call_id, corrected } };
  }
  const calls = parsed.value;
  if (calls !== undefined && !isCallList(calls)) {
    return { what: null, problem: 'Tool calls are a list: [{"name": "…", "arguments": {…}}].' };
  }
  const corrected = {
    content: content ?? '',
    ...(reasoning !== null && { reasoning }),
    ...(calls !== undefined && calls.length > 0 && { tool_calls: calls }),
  };
  return { what: { kind: 'message', call_id: target.call_id, choice: 0, corrected } };
}

function parse(text: string): { value: Json } | { problem: string } {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    return { problem: `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const pretty = (text: string): string => {
  const parsed = parse(text);
  return 'value' in parsed ? JSON.stringify(parsed.value, null, 2) : text;
};

interface CalledTool {
  name: string;
  arguments: Json;
  tool_call_id?: string;
}

function isCallList(value: Json): value is Json & CalledTool[] {
  return (
    Array.isArray(value) &&
    value.every(
      (each) =>
        typeof each === 'object' &&
        each !== null &&
        !Array.isArray(each) &&
        typeof each['name'] === 'string' &&
        each['name'] !== '' &&
        each['arguments'] !== undefined &&
        Object.keys(each).every((field) => ['name', 'arguments', 'tool_call_id'].includes(field)),
    )
  );
}

/** Where arguments do not fit the tool's own schema. */
function problemsOf(what: Corrected, schemaOf: SchemaOf): string[] {
  if (what.kind === 'tool_call') return argumentProblems(schemaOf(what.corrected.name), what.corrected.arguments);
  if (what.kind !== 'message') return [];
  return (what.corrected.tool_calls ?? []).flatMap((call) =>
    argumentProblems(schemaOf(call.name), call.arguments).map((problem) => `${call.name}: ${problem}`),
  );
}
