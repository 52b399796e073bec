import { Button, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { Page } from '../../components/layout/Page.js';
import { QueryBar } from '../../components/QueryBar.js';
import { queryProblem } from '../../components/query-check.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { ExportDialog } from '../export/index.js';
import { AnnouncementBar } from '../review/index.js';
import { selectionQuery } from './selection-query.js';
import { TraceList } from './TraceList.js';
import { useTraces } from './use-trace-list.js';

/** All traces of a query: find, look through, label and export them. */
export function TracesPage() {
  const query = useHashParams().get('q') ?? '';
  const setQuery = useCallback((next: string) => replaceHashParams({ q: next.trim() }), []);
  const [exporting, setExporting] = useState(false);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const wanted = picked.length > 0 ? selectionQuery(picked) : query;
  const startExport = useCallback(() => wanted !== null && setExporting(true), [wanted]);
  const { items, loading, error, hasMore } = useTraces(query);
  const problem = queryProblem(error);
  const count = items.length;

  return (
    <Page
      title="Traces"
      meta={
        !loading &&
        problem === null &&
        `${count.toLocaleString('en')}${hasMore ? '+' : ''} ${count === 1 ? 'trace' : 'traces'}${query === '' ? '' : ' match'}`
      }
      actions={
        <Tooltip label={picked.length > 0 ? 'Export the picked traces (E)' : 'Export what this query matches (E)'}>
          <Button
            variant="default"
            leftSection={<IconDownload size={14} />}
            disabled={problem !== null || wanted === null}
            onClick={startExport}
          >
            {picked.length > 0 ? `Export ${picked.length.toLocaleString('en')} selected` : 'Export'}
          </Button>
        </Tooltip>
      }
      tools={<QueryBar scope="traces" value={query} onChange={setQuery} error={error} savedFilters />}
    >
      {/* A list of its own per query: cursor, selection and scroll belong to it. */}
      <TraceList key={query} query={query} onQuery={setQuery} onExport={startExport} onPick={setPicked} />
      <ExportDialog query={wanted ?? query} opened={exporting} onClose={() => setExporting(false)} />
      <AnnouncementBar />
    </Page>
  );
}
