import { Modal, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { Kbd } from '../../components/Kbd.js';
import type { Page } from '../../navigation/page.js';
import { keyName, shortcutGroups, shortcuts } from '../../navigation/shortcuts.js';
import classes from './KeyboardHelp.module.css';

interface Entry {
  id: string;
  label: string;
  keys: readonly string[];
}

interface Props {
  pages: readonly Page[];
  opened: boolean;
  onClose: () => void;
}

/** Every shortcut, by where it holds; searched by what it does and by its keys. */
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
  const groups: { title: string; entries: Entry[] }[] = [
    { title: 'Go to', entries: pages.map(({ key, label }) => ({ id: key, label, keys: [`g ${key}`] })) },
    ...shortcutGroups.map(({ title, ids }) => ({
      title,
      entries: ids.map((id) => ({ id, label: shortcuts[id].label, keys: shortcuts[id].keys.map(keyName) })),
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
      <p className="sr-only" role="status">
        {wanted === '' ? '' : `${count} ${count === 1 ? 'shortcut' : 'shortcuts'}`}
      </p>
      {count === 0 && <p className={classes.none}>No shortcut does that.</p>}
      <div className={classes.groups}>
        {found.map(({ title, entries }) => (
          <section key={title}>
            <h3 className={classes.title}>{title}</h3>
            <dl className={classes.list}>
              {entries.map(({ id, label, keys }) => (
                <div key={id} className={classes.entry}>
                  <dt>{label}</dt>
                  <dd>
                    {keys
                      .flatMap((key) => key.split(/ (?=.)/))
                      .map((key) => (
                        <Kbd key={key}>{key}</Kbd>
                      ))}
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
