import { Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Kbd } from '../../components/Kbd.js';
import { keyOf } from '../../components/use-keydown.js';
import { useKeyOverrides } from '../../navigation/key-overrides.js';
import type { Page } from '../../navigation/page.js';
import { resetKeys, setKey } from '../../navigation/remap.js';
import { fixedWhy, keyName, keysOf, type ShortcutId, shortcutGroups, shortcuts } from '../../navigation/shortcuts.js';
import classes from './KeyboardHelp.module.css';

interface Entry {
  id: string;
  label: string;
  keys: readonly string[];
  /** Its keys can be changed. */
  own: ShortcutId | null;
  /** Why they cannot. */
  fixed: string | null;
}

const goTo = 'g waits for one of these letters, and so none of them can be taken from it.';

/** A key that is being chosen. */
interface Choosing {
  id: ShortcutId;
  at: number;
}

interface Props {
  pages: readonly Page[];
  opened: boolean;
  onClose: () => void;
}

/** Every shortcut, by where it holds; searched by what it does and by its keys, which can be changed. */
export function KeyboardHelp({ pages, opened, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keyboard"
      size={680}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      {opened && <Groups pages={pages} />}
    </Modal>
  );
}

function Groups({ pages }: Pick<Props, 'pages'>) {
  const [wanted, setWanted] = useState('');
  const [choosing, setChoosing] = useState<Choosing | null>(null);
  const [told, setTold] = useState('');
  const changed = Object.keys(useKeyOverrides());
  useChosenKey(choosing, (key) => {
    setChoosing(null);
    if (key === null || choosing === null) setTold('');
    else setTold(setKey(choosing.id, choosing.at, key) ?? `${keyName(key)} now: ${shortcuts[choosing.id].label}.`);
  });
  const groups: { title: string; entries: Entry[] }[] = [
    {
      title: 'Go to',
      entries: pages.map(({ key, label }) => ({ id: key, label, keys: [`g ${key}`], own: null, fixed: goTo })),
    },
    ...shortcutGroups.map(({ title, ids }) => ({
      title,
      entries: ids.map((id) => ({
        id,
        label: shortcuts[id].label,
        keys: keysOf(id).map(keyName),
        own: fixedWhy(id) === null ? id : null,
        fixed: fixedWhy(id),
      })),
    })),
  ];
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = groups
    .map(({ title, entries }) => ({
      title,
      entries: entries.filter(({ label, keys }) => {
        const text = `${title} ${label}`.toLowerCase();
        return (
          words.every((word) => text.includes(word)) ||
          keys.some((key) => key.toLowerCase() === wanted.trim().toLowerCase())
        );
      }),
    }))
    .filter(({ entries }) => entries.length > 0);
  const count = found.reduce((sum, { entries }) => sum + entries.length, 0);
  return (
    <>
      <TextInput
        data-autofocus
        aria-label="Search the shortcuts"
        placeholder="Search: accept, find, Esc"
        leftSection={<IconSearch size={14} stroke={1.8} aria-hidden />}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
        mb="md"
      />
      <Group justify="space-between" mb="md" gap="xs" wrap="nowrap">
        <Text size="sm" c="dimmed" role="status" aria-live="polite">
          {choosing !== null
            ? `Press the new key for “${shortcuts[choosing.id].label}”; Esc leaves it.`
            : told ||
              'Press a key below (Enter or a click) to change it. This browser keeps your keys; a few are fixed, and why stands beside them.'}
        </Text>
        {changed.length > 0 && (
          <Button
            variant="default"
            size="compact-xs"
            flex="none"
            onClick={() => {
              resetKeys();
              setTold('All keys are as they were made.');
            }}
          >
            Reset all
          </Button>
        )}
      </Group>
      <p className="sr-only" role="status">
        {wanted === '' ? '' : `${count} ${count === 1 ? 'shortcut' : 'shortcuts'}`}
      </p>
      {count === 0 && <p className={classes.none}>No shortcut does that.</p>}
      <div className={classes.groups}>
        {found.map(({ title, entries }) => (
          <section key={title}>
            <h3 className={classes.title}>{title}</h3>
            {fixedOf(entries).map(([why, keys]) => (
              <p key={why} className={classes.fixed}>
                Fixed{keys === null ? '' : ` (${keys.join(', ')})`}: {why}
              </p>
            ))}
            <dl className={classes.list}>
              {entries.map((entry) => (
                <div key={entry.id} className={classes.entry}>
                  <dt>{entry.label}</dt>
                  <dd>
                    <Keys
                      entry={entry}
                      choosing={choosing?.id === entry.id ? choosing.at : null}
                      changed={changed.includes(entry.id)}
                      onChoose={setChoosing}
                      onReset={(id) => setTold(resetKeys(id) ?? `${shortcuts[id].label}: as it was made.`)}
                    />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </>
  );
}

/** Keys that cannot be changed, by why; null: all of them. */
function fixedOf(entries: readonly Entry[]): [string, string[] | null][] {
  const reasons = new Map<string, Entry[]>();
  for (const entry of entries)
    if (entry.fixed !== null) reasons.set(entry.fixed, [...(reasons.get(entry.fixed) ?? []), entry]);
  return [...reasons].map(([why, of]) => [why, of.length === entries.length ? null : of.flatMap(({ keys }) => keys)]);
}

interface KeysProps {
  entry: Entry;
  /** Which of its keys is being chosen. */
  choosing: number | null;
  changed: boolean;
  onChoose(choosing: Choosing): void;
  onReset(id: ShortcutId): void;
}

function Keys({ entry: { label, keys, own }, choosing, changed, onChoose, onReset }: KeysProps) {
  if (own === null) {
    return keys.flatMap((key) => key.split(/ (?=.)/)).map((key) => <Kbd key={key}>{key}</Kbd>);
  }
  return (
    <>
      {keys.map((key, at) => (
        <button
          key={key}
          type="button"
          className={classes.key}
          aria-label={`Change ${key}: ${label}`}
          aria-pressed={choosing === at}
          onClick={() => onChoose({ id: own, at })}
        >
          <Kbd>{choosing === at ? '…' : key}</Kbd>
        </button>
      ))}
      {changed && (
        <button type="button" className={classes.reset} aria-label={`Reset: ${label}`} onClick={() => onReset(own)}>
          reset
        </button>
      )}
    </>
  );
}

const modifiers = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock']);

/** The next key that is pressed while one is being chosen; null for Escape. Nobody else hears it. */
function useChosenKey(choosing: Choosing | null, onKey: (key: string | null) => void): void {
  useEffect(() => {
    if (choosing === null) return;
    const listen = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (modifiers.has(event.key)) return;
      onKey(event.key === 'Escape' ? null : keyOf(event));
    };
    window.addEventListener('keydown', listen, true);
    return () => window.removeEventListener('keydown', listen, true);
  });
}
