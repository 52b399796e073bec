import { Modal } from '@mantine/core';
import { Kbd } from '../../components/Kbd.js';
import type { Page } from '../../navigation/page.js';
import classes from './KeyboardHelp.module.css';

interface Group {
  title: string;
  keys: [keys: string[], label: string][];
}

const groups: Group[] = [
  {
    title: 'Anywhere',
    keys: [
      [['?'], 'This help'],
      [['/'], 'Search in this page'],
    ],
  },
  {
    title: 'Lists',
    keys: [
      [['j', '↓'], 'Next row'],
      [['k', '↑'], 'Previous row'],
      [['Enter'], 'Open'],
      [['Esc'], 'Close the side panel'],
      [['Home', 'End'], 'First, last row'],
    ],
  },
  {
    title: 'Live',
    keys: [
      [['p'], 'Pause or resume'],
      [['f'], 'Follow the newest'],
      [['v'], 'Group by trace'],
      [['x'], 'Clear the view'],
    ],
  },
  {
    title: 'Traces and labels',
    keys: [
      [['a'], 'Accept'],
      [['r'], 'Reject'],
      [['1', '5'], 'Rate, from 1 to 5'],
      [['t'], 'Tags'],
      [['n'], 'Note'],
      [['u'], 'Undo'],
      [['x'], 'Select'],
      [['e'], 'Export'],
      [['[', ']'], 'Previous, next trace'],
      [['y', 'd'], 'Suspected tool call: it failed, it did not'],
    ],
  },
  {
    title: 'Privacy',
    keys: [
      [['f'], 'Finding: a false positive'],
      [['z'], 'Take that back'],
      [['m'], 'Selected text: a missed value'],
    ],
  },
];

interface Props {
  pages: readonly Page[];
  opened: boolean;
  onClose: () => void;
}

export function KeyboardHelp({ pages, opened, onClose }: Props) {
  const goTo: Group = { title: 'Go to', keys: pages.map(({ key, label }) => [['g', key], label]) };
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size={620}>
      <div className={classes.groups}>
        {[goTo, ...groups].map((group) => (
          <section key={group.title}>
            <h3 className={classes.title}>{group.title}</h3>
            <dl className={classes.list}>
              {group.keys.map(([keys, label]) => (
                <div key={label} className={classes.entry}>
                  <dt>{label}</dt>
                  <dd>
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
