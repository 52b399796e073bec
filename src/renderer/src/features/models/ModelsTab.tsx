import { Button } from '@mantine/core';
import { IconPlus, IconRobot } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ModelProfile } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Answer } from '../../components/layout/Answer.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { Page } from '../../components/layout/Page.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { trpc } from '../../rpc/client.js';
import { useCommand } from '../../rpc/use-command.js';
import { Calls } from './Calls.js';
import classes from './models.module.css';
import { ProfileCard } from './ProfileCard.js';
import { ProfileDialog } from './ProfileDialog.js';
import { useProfiles } from './use-profiles.js';

/** Language models that may be asked: none before a person sets one and agrees to what leaves. */
export function ModelsTab() {
  const profiles = useProfiles();
  const presets = useQuery(trpc.models.presets.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const [edited, setEdited] = useState<ModelProfile | 'new' | null>(null);
  const add = (
    <Button leftSection={<IconPlus size={14} />} onClick={() => setEdited('new')}>
      Add a model
    </Button>
  );
  const any = (profiles.data?.length ?? 0) > 0;
  return (
    <Page
      tools={
        any && (
          <>
            <span className={classes.about}>
              Only redacted text is ever sent, and none to a model that nobody agreed to. These calls never become
              traces.
            </span>
            {add}
          </>
        )
      }
    >
      <Answer query={profiles} label="Loading models" lines={6}>
        {(list) =>
          list.length === 0 ? (
            <NoModels action={add} />
          ) : (
            <Scroll>
              <div className={classes.page}>
                {list.map((profile) => (
                  <ProfileCard key={profile.name} profile={profile} onEdit={() => setEdited(profile)} />
                ))}
                <Calls />
              </div>
            </Scroll>
          )
        }
      </Answer>
      <ProfileDialog edited={edited} presets={presets.data ?? []} onClose={() => setEdited(null)} />
    </Page>
  );
}

function NoModels({ action }: { action: ReactNode }) {
  const command = useCommand()('models', 'add judge --preset ollama --model llama3.2');
  return (
    <EmptyState title="No model is set" icon={IconRobot} actions={action}>
      Judges ask a language model of yours: at a provider, or on this machine. Nothing is sent before you set one and
      agree to what leaves.
      <span className={classes.command}>
        <code>{command}</code>
        <CopyButton value={command} label="Copy the command" size={20} />
      </span>
    </EmptyState>
  );
}
