import { Tabs } from '@mantine/core';
import { IconCertificate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Snippet } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Answer } from '../../components/layout/Answer.js';
import { Card } from '../../components/layout/Card.js';
import { Columns } from '../../components/layout/Columns.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { Page } from '../../components/layout/Page.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { WithCode } from '../../components/WithCode.js';
import { trpc } from '../../rpc/client.js';
import { useCommand } from '../../rpc/use-command.js';
import { Arrival } from './Arrival.js';
import classes from './connect.module.css';
import { RunPurpose } from './RunPurpose.js';
import { noPurpose, withPurpose } from './run-purpose.js';

const groups: { id: Snippet['group']; label: string }[] = [
  { id: 'run', label: 'Run a command' },
  { id: 'shell', label: 'Shells' },
  { id: 'sdk', label: 'SDKs' },
  { id: 'agent', label: 'Agents' },
];

/** How to point an agent at the proxy: lines to copy, and the certificate behind them. */
export function ConnectPage() {
  const snippets = useQuery(trpc.connect.snippets.queryOptions());
  const [purpose, setPurpose] = useState(noPurpose);
  return (
    <Page title="Connect an agent">
      <Scroll>
        <Columns aside={<Authority />}>
          <Arrival />
          <Answer query={snippets} label="Loading snippets" lines={6}>
            {(all) => (
              <Tabs defaultValue="run" keepMounted={false}>
                <Tabs.List aria-label="Ways to connect">
                  {groups.map((group) => (
                    <Tabs.Tab key={group.id} value={group.id}>
                      {group.label}
                    </Tabs.Tab>
                  ))}
                </Tabs.List>
                {groups.map((group) => (
                  <Tabs.Panel key={group.id} value={group.id}>
                    {group.id === 'run' && <RunPurpose value={purpose} onChange={setPurpose} />}
                    <Snippets
                      snippets={all
                        .filter((snippet) => snippet.group === group.id)
                        .map((snippet) => ({ ...snippet, code: withPurpose(snippet.code, purpose) }))}
                    />
                  </Tabs.Panel>
                ))}
              </Tabs>
            )}
          </Answer>
        </Columns>
      </Scroll>
    </Page>
  );
}

function Snippets({ snippets }: { snippets: Snippet[] }) {
  if (snippets.length === 0) return <EmptyState title="Nothing here for this system" />;
  return (
    <div className={classes.snippets}>
      {snippets.map((snippet) => (
        <section key={snippet.id} aria-labelledby={`snippet-${snippet.id}`}>
          <h2 className={classes.snippetTitle} id={`snippet-${snippet.id}`}>
            {snippet.title}
          </h2>
          <div className={classes.code}>
            <pre tabIndex={0} role="group" aria-label={snippet.title}>
              <code>{snippet.code}</code>
            </pre>
            <CopyButton value={snippet.code} label={`Copy: ${snippet.title}`} />
          </div>
          {snippet.note && (
            <p className={classes.snippetNote}>
              <WithCode text={snippet.note} />
            </p>
          )}
        </section>
      ))}
    </div>
  );
}

function Authority() {
  const command = useCommand();
  const status = useQuery(trpc.status.get.queryOptions());
  if (!status.data) return null;
  const refusals = status.data.refusals.filter((refusal) => !refusal.tunnelled).length;
  return (
    <Card title="Certificate authority" icon={IconCertificate}>
      <p>
        {refusals === 0
          ? 'Ready. No client has refused it since start.'
          : `Ready, but ${refusals} ${refusals === 1 ? 'client refuses' : 'clients refuse'} it; the live view says which and how to fix it.`}{' '}
        It was made on this machine and its key never leaves it. The lines on this page make one process trust it;{' '}
        <code>{command('ca install')}</code> adds it to the system, <code>{command('ca remove')}</code> takes it out
        again.
      </p>
      <div className={classes.path}>
        <code className="ellipsis" title={status.data.ca_path}>
          {status.data.ca_path}
        </code>
        <CopyButton value={status.data.ca_path} label="Copy the path of the certificate" size={22} />
      </div>
    </Card>
  );
}
