import { Button, Tooltip } from '@mantine/core';
import { IconCopy, IconDownload } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { Page } from '../../components/layout/Page.js';
import { QueryBar } from '../../components/QueryBar.js';
import { queryProblem } from '../../components/query-check.js';
import { hrefTo, replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { ExportDialog } from '../export/index.js';
import { type Selection, TraceList } from './TraceList.js';
import { useTraces } from './use-trace-list.js';

/** All traces of a query: find, look through, label and export them. */
export function TracesPage() {
  const query = useHashParams().get('q') ?? '';
  const setQuery = useCallback((next: string) => replaceHashParams({ q: next.trim(), sel: null }), []);
  const [exporting, setExporting] = useState(false);
  const [selected, setSelected] = useState<Selection | null>(null);
  const meant = selected === null ? { query } : selected.meant;
  const startExport = useCallback(() => setExporting(true), []);
  const { items, loading, error, hasMore } = useTraces(query);
  const problem = queryProblem(error);
  const count = items.length;

  return (
    <Page
      title="Traces"
      meta={
        !loading &&
        problem === null &&
        `${count.toLocaleString('en')}${hasMore ? '+' : ''} ${count === 1 ? 'trace' : 'traces'}${query === '' ? '' : count === 1 ? ' matches' : ' match'}`
      }
      actions={
        <>
          <Button component="a" href={hrefTo('/duplicates')} variant="default" leftSection={<IconCopy size={14} />}>
            Near-duplicates
          </Button>
          <Tooltip label={selected === null ? 'Export what this query matches (E)' : 'Export what is selected (E)'}>
            <Button
              variant="default"
              leftSection={<IconDownload size={14} />}
              disabled={problem !== null}
              onClick={startExport}
            >
              {selected?.count ? `Export ${selected.count.toLocaleString('en')} selected` : 'Export'}
            </Button>
          </Tooltip>
        </>
      }
      tools={<QueryBar scope="traces" value={query} onChange={setQuery} error={error} savedFilters />}
    >
      {/* A list of its own per query: cursor, selection and scroll belong to it. */}
      <TraceList key={query} query={query} onQuery={setQuery} onExport={startExport} onSelected={setSelected} />
      <ExportDialog meant={meant} opened={exporting} onClose={() => setExporting(false)} />
    </Page>
  );
}
