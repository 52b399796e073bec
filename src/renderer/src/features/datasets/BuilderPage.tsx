import { useQuery } from '@tanstack/react-query';
import { useParams } from 'wouter';
import { Answer } from '../../components/layout/Answer.js';
import { Page } from '../../components/layout/Page.js';
import { useHashParams } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { draftOf, emptyDraft } from '../dataset-options/index.js';
import { BuilderForm } from './BuilderForm.js';

/** Makes a dataset, or gives it another definition. */
export function BuilderPage() {
  const { name } = useParams<{ name?: string }>();
  const query = useHashParams().get('q') ?? '';
  if (name === undefined) return <BuilderForm key="new" name={null} stored={null} initial={emptyDraft(query)} />;
  return <EditPage key={name} name={name} />;
}

function EditPage({ name }: { name: string }) {
  const query = useQuery(trpc.datasets.get.queryOptions({ name }, { staleTime: Number.POSITIVE_INFINITY }));
  if (query.data)
    return <BuilderForm name={name} stored={query.data.definition} initial={draftOf(query.data.definition)} />;
  return (
    <Page title={name}>
      <Answer query={query} label="Loading the definition">
        {() => null}
      </Answer>
    </Page>
  );
}
