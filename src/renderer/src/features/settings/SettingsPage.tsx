import { useQuery } from '@tanstack/react-query';
import { ErrorState } from '../../components/ErrorState.js';
import { LoadingState } from '../../components/LoadingState.js';
import layout from '../../components/layout/layout.module.css';
import { PageHeader } from '../../components/PageHeader.js';
import { trpc } from '../../rpc/client.js';
import { SettingsForm } from './SettingsForm.js';

/** Every setting of the engine, in sections. */
export function SettingsPage() {
  const query = useQuery(trpc.settings.get.queryOptions());
  return (
    <div className={layout.page}>
      <PageHeader title="Settings" />
      {query.isPending ? (
        <LoadingState label="Loading settings" />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SettingsForm answer={query.data} />
      )}
    </div>
  );
}
