import { Button, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { PageHeader } from '../../components/PageHeader.js';
import { QueryBar } from '../../components/QueryBar.js';
import type { QueryProblem } from '../../components/query-check.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { describeError } from '../../rpc/errors.js';
import { ExportDialog } from '../export/index.js';
import { AnnouncementBar } from '../review/index.js';
import { TraceList } from './TraceList.js';
import classes from './traces.module.css';
import { useTracePages } from './use-trace-list.js';

/** All traces of a query: find, look through, label and export them. */
export function TracesPage() {
  const query = useHashParams().get('q') ?? '';
  const setQuery = useCallback((next: string) => replaceHashParams({ q: next.trim() }), []);
  const [exporting, setExporting] = useState(false);
  const { data, error, hasNextPage } = useTracePages(query);
  const problem = error === null ? null : problemOf(error);
  const count = data?.pages.reduce((sum, page) => sum + page.items.length, 0);

  return (
    <div className={classes.page}>
      <PageHeader
        title="Traces"
        meta={
          count !== undefined &&
          `${count.toLocaleString('en')}${hasNextPage ? '+' : ''} ${count === 1 ? 'trace' : 'traces'}${query === '' ? '' : ' match'}`
        }
      >
        <Tooltip label="Export what this query matches (E)">
          <Button
            variant="default"
            leftSection={<IconDownload size={14} />}
            disabled={problem !== null}
            onClick={() => setExporting(true)}
          >
            Export
          </Button>
        </Tooltip>
      </PageHeader>
      <div className={classes.tools}>
        <QueryBar scope="traces" value={query} onChange={setQuery} error={problem} savedFilters />
      </div>
      {/* A list of its own per query: cursor, selection and scroll belong to it. */}
      <TraceList key={query} query={query} onQuery={setQuery} onExport={() => setExporting(true)} />
      <ExportDialog query={query} opened={exporting} onClose={() => setExporting(false)} />
      <AnnouncementBar />
    </div>
  );
}

/** The engine's word on a query that parses here but does not run there. */
function problemOf(error: unknown): QueryProblem | null {
  const { code, message, details } = describeError(error);
  if (code !== 'query_invalid') return null;
  const { start = 0, end = 0 } = (details ?? {}) as Partial<QueryProblem>;
  return { message, start, end };
}
