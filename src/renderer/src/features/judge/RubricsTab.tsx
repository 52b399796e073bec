import { Button } from '@mantine/core';
import { IconListDetails, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ListedRubric } from '../../../../shared/model/index.js';
import { Answer } from '../../components/layout/Answer.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { Page } from '../../components/layout/Page.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { Split } from '../../components/layout/Split.js';
import { Notice } from '../../components/Notice.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import classes from './judge.module.css';
import { RubricEditor } from './RubricEditor.js';

/** What judges are asked: the rubrics that come along, and those of one’s own. */
export function RubricsTab() {
  const rubrics = useQuery(trpc.rubrics.list.queryOptions());
  const named = useHashParams().get('rubric');
  return (
    <Page
      tools={
        <>
          <span className={classes.about}>
            A rubric says what a judge is asked, what of a trace it sees, and how its answers become a score.
          </span>
          <Button leftSection={<IconPlus size={14} />} onClick={() => replaceHashParams({ rubric: 'new' })}>
            New rubric
          </Button>
        </>
      }
    >
      <Answer query={rubrics} label="Loading rubrics" lines={6}>
        {({ items, broken }) => {
          const shown = items.find(({ rubric }) => rubric.id === named) ?? (named === 'new' ? null : items[0]);
          return (
            <Split list="32%" beside={<Beside shown={shown} />}>
              <Scroll>
                <ul className={classes.rubrics} aria-label="Rubrics">
                  {items.map((each) => (
                    <RubricLine key={each.rubric.id} listed={each} shown={each === shown} />
                  ))}
                </ul>
                {broken.map(({ file, problems }) => (
                  <div key={file} className={classes.broken}>
                    <Notice tone="amber" title={`${file} is no rubric`}>
                      {problems.map((problem) => (
                        <p key={problem}>{problem}</p>
                      ))}
                    </Notice>
                  </div>
                ))}
              </Scroll>
            </Split>
          );
        }}
      </Answer>
    </Page>
  );
}

function Beside({ shown }: { shown: ListedRubric | null | undefined }) {
  if (shown === undefined)
    return (
      <EmptyState title="No rubrics" icon={IconListDetails}>
        Press New rubric to write one.
      </EmptyState>
    );
  return <RubricEditor key={shown === null ? 'new' : `${shown.rubric.id} ${shown.hash}`} listed={shown} />;
}

function RubricLine({ listed, shown }: { listed: ListedRubric; shown: boolean }) {
  const { rubric, origin } = listed;
  return (
    <li>
      <button type="button" aria-current={shown || undefined} onClick={() => replaceHashParams({ rubric: rubric.id })}>
        <strong>{rubric.title}</strong>
        <span className={classes.source}>
          <code>{rubric.id}</code> version {rubric.version}
          {origin === 'own' && <StatusBadge status="own" label="your own" tone="blue" />}
        </span>
      </button>
    </li>
  );
}
