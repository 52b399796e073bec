import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../components/layout/Answer.js';
import { Page } from '../../components/layout/Page.js';
import { trpc } from '../../rpc/client.js';
import { SettingsForm } from './SettingsForm.js';

/** Every setting of the engine, in sections. */
export function SettingsPage() {
  const query = useQuery(trpc.settings.get.queryOptions());
  return (
    <Page title="Settings">
      <Answer query={query} label="Loading settings">
        {(answer) => <SettingsForm answer={answer} />}
      </Answer>
    </Page>
  );
}
