import { Button, NativeSelect } from '@mantine/core';
import { IconGavel } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Judgement } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Answer } from '../../components/layout/Answer.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { Split } from '../../components/layout/Split.js';
import { SidePanel } from '../../components/SidePanel.js';
import { VirtualTable } from '../../components/VirtualTable.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { client, trpc } from '../../rpc/client.js';
import { useCommand } from '../../rpc/use-command.js';
import { usePages } from '../../rpc/use-pages.js';
import { BulkJudgeDialog } from './BulkJudgeDialog.js';
import { judgementColumns } from './columns.js';
import { JudgementView } from './JudgementView.js';
import classes from './judge.module.css';

const pageSize = 50;
const idOf = (judgement: Judgement) => judgement.judgement_id;

/** All judgements, newest first. */
export function JudgementsTab() {
  const params = useHashParams();
  const rubric = params.get('rubric');
  const shown = params.get('judgement');
  const rubrics = useQuery(trpc.rubrics.list.queryOptions());
  const asked = { limit: pageSize, ...(rubric !== null && { rubric }) };
  const judgements = usePages<Judgement>({
    queryKey: trpc.judge.list.infiniteQueryKey(asked),
    fetchPage: (cursor, signal) => client.judge.list.query({ ...asked, cursor }, { signal }),
    idOf,
    topics: ['jobs'],
  });
  const [bulk, setBulk] = useState(false);
  return (
    <Page
      tools={
        <>
          <NativeSelect
            aria-label="Rubric"
            value={rubric ?? ''}
            onChange={(event) => replaceHashParams({ rubric: event.currentTarget.value, judgement: null })}
            data={[
              { value: '', label: 'Any rubric' },
              ...(rubrics.data?.items ?? []).map((each) => ({ value: each.rubric.id, label: each.rubric.title })),
            ]}
          />
          <span className={classes.spread} />
          <Button leftSection={<IconGavel size={14} />} onClick={() => setBulk(true)}>
            Judge traces
          </Button>
        </>
      }
    >
      <Split
        beside={
          shown !== null && (
            <SidePanel
              key={shown}
              title="Judgement"
              label="Judgement"
              onClose={() => replaceHashParams({ judgement: null })}
            >
              <Open judgementId={shown} />
            </SidePanel>
          )
        }
      >
        <ListState list={judgements} label="Loading judgements" empty={<None filtered={rubric !== null} />}>
          <VirtualTable
            label="Judgements"
            rows={judgements.items}
            columns={judgementColumns}
            rowId={idOf}
            selectedId={shown}
            onOpen={(judgement) => replaceHashParams({ judgement: judgement.judgement_id })}
            list={judgements}
          />
        </ListState>
      </Split>
      <BulkJudgeDialog meant={{ query: '' }} opened={bulk} onClose={() => setBulk(false)} />
    </Page>
  );
}

function Open({ judgementId }: { judgementId: string }) {
  const judgement = useQuery(trpc.judge.get.queryOptions({ judgement_id: judgementId }));
  return (
    <Answer query={judgement} label="Loading the judgement" lines={8}>
      {(answer) => <JudgementView judgement={answer} />}
    </Answer>
  );
}

function None({ filtered }: { filtered: boolean }) {
  const command = useCommand()('judge', '--query label:accepted --profile NAME');
  if (filtered)
    return (
      <EmptyState
        title="Nothing was judged by this rubric"
        icon={IconGavel}
        actions={
          <Button variant="default" onClick={() => replaceHashParams({ rubric: null })}>
            Show all judgements
          </Button>
        }
      />
    );
  return (
    <EmptyState title="Nothing was judged yet" icon={IconGavel}>
      Press Judge traces, or open a trace and go to Judge. A model has to be set and agreed to first.
      <span className={classes.command}>
        <code>{command}</code>
        <CopyButton value={command} label="Copy the command" size={20} />
      </span>
    </EmptyState>
  );
}
