import { Button, Group, Modal, SegmentedControl, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import type { Json, StepLabel } from '../../../../../shared/model/index.js';
import { argumentProblems } from '../../../../../shared/tool-arguments.js';
import { Kbd } from '../../../components/Kbd.js';
import type { SchemaOf } from './CorrectionDialog.js';
import classes from './labels.module.css';
import { json, type Target } from './target.js';
import type { Better, LabelActs } from './use-labels.js';

interface Props {
  /** Null: closed. */
  target: Target | null;
  /** What was said of the step by who asks. */
  label: StepLabel | undefined;
  acts: LabelActs;
  schemaOf: SchemaOf;
  onClose(): void;
}

/** What should have stood in a step's place: words, or a tool call. */
export function BetterDialog({ target, ...rest }: Props) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={target !== null}
      onClose={rest.onClose}
      title="What would have been better"
      size={680}
      yOffset="8vh"
    >
      {target !== null && <Form key={target.step_id} target={target} {...rest} />}
    </Modal>
  );
}

function Form({ target, label, acts, schemaOf, onClose }: Props & { target: Target }) {
  const stood = label?.better ?? null;
  const [kind, setKind] = useState<'words' | 'tool'>(
    stood === null ? (target.kind === 'tool_call' ? 'tool' : 'words') : 'name' in stood ? 'tool' : 'words',
  );
  const [content, setContent] = useState(stood !== null && 'content' in stood ? stood.content : '');
  const original = target.kind === 'tool_call' ? target.original : null;
  const [name, setName] = useState(stood !== null && 'name' in stood ? stood.name : (original?.name ?? ''));
  const [args, setArgs] = useState(
    stood !== null && 'name' in stood ? json(stood.arguments) : original === null ? '{}' : json(original.arguments),
  );
  const [comment, setComment] = useState(label?.comment ?? '');

  const parsed = kind === 'tool' ? parse(args) : null;
  const problems =
    parsed === null
      ? []
      : parsed === undefined
        ? ['This is not JSON yet.']
        : argumentProblems(schemaOf(name), parsed.value);
  const ready = kind === 'words' ? content.trim() !== '' : name.trim() !== '' && parsed != null;
  const save = async (better: Better) => {
    if ((await acts.setBetter(target.step_id, better, comment)) !== null) onClose();
  };
  const submit = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault();
    if (!ready) return;
    void save(kind === 'words' ? { content } : { name: name.trim(), arguments: parsed?.value ?? {} });
  };

  return (
    <form
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
      }}
    >
      <SegmentedControl
        aria-label="In the place of the step"
        value={kind}
        onChange={(value) => setKind(value as typeof kind)}
        data={[
          { value: 'words', label: 'Words' },
          { value: 'tool', label: 'A tool call' },
        ]}
        mb="sm"
      />
      {kind === 'words' ? (
        <Textarea
          data-autofocus
          label="Better"
          autosize
          minRows={5}
          maxRows={16}
          maxLength={150_000}
          value={content}
          onChange={(event) => setContent(event.currentTarget.value)}
        />
      ) : (
        <>
          <TextInput
            label="Tool"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={256}
          />
          <Textarea
            data-autofocus
            classNames={{ root: classes.mono }}
            label="Arguments"
            description="JSON"
            autosize
            minRows={6}
            maxRows={16}
            spellCheck={false}
            value={args}
            onChange={(event) => setArgs(event.currentTarget.value)}
            mt="xs"
          />
        </>
      )}
      <TextInput
        label="Why"
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
        maxLength={20_000}
        mt="xs"
      />
      <div aria-live="polite">
        {problems.length > 0 && (
          <ul className={classes.problems} aria-label="Problems">
            {problems.slice(0, 8).map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        )}
      </div>
      <Group justify="space-between" mt="md" gap="xs">
        <Text size="xs" c="dimmed">
          <Kbd>Ctrl Enter</Kbd> saves. {label === undefined && 'The step is labelled wrong with it.'}
        </Text>
        <Group gap="xs">
          {stood !== null && (
            <Button variant="default" onClick={() => void save(null)}>
              Remove
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!ready}>
            Save
          </Button>
        </Group>
      </Group>
    </form>
  );
}

function parse(text: string): { value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}
