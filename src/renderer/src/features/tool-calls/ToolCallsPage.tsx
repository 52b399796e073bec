import { Button } from '@mantine/core';
import { IconTool } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { ToolCall } from '../../../../shared/model/index.js';
import { parseQuery, textsOf } from '../../../../shared/query/index.js';
import { type TextSearch, textSearch, wordsOf } from '../../../../shared/text-find.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { Split } from '../../components/layout/Split.js';
import { QueryBar } from '../../components/QueryBar.js';
import { TextSearchProvider } from '../../components/text-search.js';
import { VirtualTable } from '../../components/VirtualTable.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { useKeys } from '../../navigation/use-keys.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages } from '../../rpc/use-pages.js';
import { toolCallColumns } from './columns.js';
import { ToolCallPanel } from './ToolCallPanel.js';
import { useJudged, useVerdict, verdictKeys } from './verdict.js';

const pageSize = 100;
// A tool call's own id is unique only within its call.
const idOf = (call: ToolCall) => `${call.trace_id}-${call.call_id ?? ''}-${call.tool_call_id}`;

/** Every tool call of every trace, newest first. */
export function ToolCallsPage() {
  const query = useHashParams().get('q') ?? '';
  // As it was opened: once it is judged it may match the query no more, and can still be looked at.
  const [opened, setOpened] = useState<ToolCall | null>(null);
  const openId = opened === null ? null : idOf(opened);
  const search = useMemo(() => searchOf(query), [query]);
  const setQuery = useCallback((next: string) => replaceHashParams({ q: next }), []);
  const pages = usePages<ToolCall>({
    queryKey: trpc.toolCalls.list.infiniteQueryKey({ query, limit: pageSize }),
    fetchPage: (cursor, signal) => client.toolCalls.list.query({ query, limit: pageSize, cursor }, { signal }),
    idOf,
    topics: ['traces'],
  });
  const judged = useJudged();
  const rows = useMemo(() => pages.items.map(judged), [pages.items, judged]);
  const [activeId, setActiveId] = useState<string | null>(null);
  const open = opened === null ? undefined : (rows.find((call) => idOf(call) === openId) ?? judged(opened));
  const judge = useVerdict();
  const active = open ?? rows.find((call) => idOf(call) === activeId);
  useKeys(verdictKeys((verdict) => judge(active, verdict)));
  return (
    <Page
      title="Tool calls"
      meta={
        pages.items.length > 0 &&
        `${pages.items.length.toLocaleString('en')}${pages.hasMore ? '+' : ''} ${pages.items.length === 1 ? 'call' : 'calls'}${query === '' ? '' : pages.items.length === 1 ? ' matches' : ' match'}`
      }
      tools={<QueryBar scope="tool_calls" value={query} onChange={setQuery} error={pages.error} savedFilters />}
    >
      <Split
        beside={
          open && (
            <ToolCallPanel
              key={openId}
              toolCall={open}
              onVerdict={(verdict) => judge(open, verdict)}
              onClose={() => setOpened(null)}
            />
          )
        }
      >
        <ListState
          list={pages}
          label="Loading tool calls"
          empty={<NoCalls filtered={query !== ''} onClear={() => setQuery('')} />}
        >
          <TextSearchProvider value={search}>
            <VirtualTable
              label="Tool calls"
              rows={rows}
              columns={toolCallColumns}
              rowId={idOf}
              selectedId={open ? openId : null}
              activeId={open ? openId : activeId}
              onActive={(call) => setActiveId(idOf(call))}
              onOpen={setOpened}
              list={pages}
            />
          </TextSearchProvider>
        </ListState>
      </Split>
    </Page>
  );
}

/** Looks for the first text of a query; null where it has none. */
function searchOf(query: string): TextSearch | null {
  try {
    const [node] = textsOf(parseQuery(query, 'tool_calls'));
    return node === undefined ? null : textSearch(wordsOf(node.text), !node.prefix);
  } catch {
    // The bar says what is wrong with it.
    return null;
  }
}

function NoCalls({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  return filtered ? (
    <EmptyState
      title="No tool call matches"
      icon={IconTool}
      actions={
        <Button variant="default" onClick={onClear}>
          Clear the query
        </Button>
      }
    />
  ) : (
    <EmptyState
      title="No tool calls yet"
      icon={IconTool}
      actions={
        <Button component={Link} href="/connect">
          Connect an agent
        </Button>
      }
    >
      When a model asks for a tool and the agent answers, the pair is listed here with its duration.
    </EmptyState>
  );
}
