import { Button, SegmentedControl, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ListedRubric, Rubric } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { Answer } from '../../components/layout/Answer.js';
import { Page } from '../../components/layout/Page.js';
import { SaveBar } from '../../components/layout/SaveBar.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { Notice } from '../../components/Notice.js';
import { replaceHashParams } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import classes from './judge.module.css';
import { RubricForm } from './RubricForm.js';
import { RubricPreview } from './RubricPreview.js';
import { newRubric, toYaml } from './rubric-yaml.js';

type Way = 'form' | 'yaml' | 'preview';
/** A text is looked at once the typing rests. */
const pauseMs = 300;

/** A rubric in a form or as YAML, with the prompt that it makes of a real trace. */
export function RubricEditor({ listed }: { listed: ListedRubric | null }) {
  if (listed === null) return <Editor listed={null} first={toYaml(newRubric)} />;
  return <Loaded listed={listed} />;
}

function Loaded({ listed }: { listed: ListedRubric }) {
  const text = useQuery(trpc.rubrics.text.queryOptions({ rubric: listed.rubric.id }));
  return (
    <Answer query={text} label="Loading the rubric" lines={10}>
      {({ yaml }) => <Editor listed={listed} first={yaml} />}
    </Answer>
  );
}

function Editor({ listed, first }: { listed: ListedRubric | null; first: string }) {
  const queries = useQueryClient();
  const [way, setWay] = useState<Way>('form');
  const [yaml, setYaml] = useState(first);
  const [draft, setDraft] = useState<Rubric>(listed?.rubric ?? newRubric);
  const [settled] = useDebouncedValue(yaml, pauseMs);
  const check = useQuery(trpc.rubrics.check.queryOptions({ yaml: settled }, { placeholderData: keepPreviousData }));
  const read = settled === yaml ? (check.data?.rubric?.rubric ?? null) : null;
  const problems = check.data?.problems ?? [];
  const refresh = () => queries.invalidateQueries(trpc.rubrics.pathFilter());
  const save = useMutation(
    trpc.rubrics.save.mutationOptions({
      onSuccess: async ({ rubric }) => {
        await refresh();
        notifications.show({ message: `Rubric ${rubric.id} saved`, color: 'sluice' });
        replaceHashParams({ rubric: rubric.id });
      },
    }),
  );
  const remove = useMutation(
    trpc.rubrics.remove.mutationOptions({
      onSuccess: async () => {
        await refresh();
        replaceHashParams({ rubric: null });
      },
    }),
  );
  const shipped = listed?.origin === 'shipped';
  const changed = listed === null || yaml !== first;
  const change = (next: Rubric) => {
    setDraft(next);
    setYaml(toYaml(next));
  };
  const turn = (next: Way) => {
    // What was written as text is what the form goes on with.
    if (next === 'form' && read !== null) setDraft(read);
    setWay(next);
  };
  const copy = () =>
    change({ ...(read ?? draft), id: `${draft.id}-own`.slice(0, 64), title: `${draft.title}, my own` });
  const formLocked =
    way === 'form' && read === null && check.data !== undefined && settled === yaml && problems.length > 0;
  return (
    <Page
      tools={
        <>
          <SegmentedControl
            aria-label="How it is shown"
            size="xs"
            value={way}
            onChange={(value) => turn(value as Way)}
            data={[
              { value: 'form', label: 'Form' },
              { value: 'yaml', label: 'YAML' },
              { value: 'preview', label: 'Preview' },
            ]}
          />
          <span className={classes.spread} />
          {shipped && (
            <Button variant="default" size="compact-xs" onClick={copy}>
              Make one of my own
            </Button>
          )}
          {listed?.origin === 'own' && (
            <Button
              variant="default"
              size="compact-xs"
              loading={remove.isPending}
              onClick={() => remove.mutate({ rubric: listed.rubric.id })}
            >
              Remove
            </Button>
          )}
        </>
      }
    >
      <Scroll label="What the rubric says">
        <div className={classes.editor}>
          {shipped && !changed && (
            <p className={classes.note}>It comes along and stays as it is. Make one of your own to change it.</p>
          )}
          {(formLocked || (way === 'yaml' && problems.length > 0)) && (
            <Notice tone="amber" title={problems.length === 1 ? 'One thing is not right' : 'Not right yet'}>
              <ul className={classes.problems}>
                {problems.map((problem) => (
                  <li key={problem}>{problem}</li>
                ))}
              </ul>
            </Notice>
          )}
          {way === 'form' && <RubricForm rubric={draft} locked={shipped === true && !changed} onChange={change} />}
          {way === 'yaml' && (
            <Textarea
              label="Rubric as YAML"
              classNames={{ input: 'mono' }}
              autosize
              minRows={16}
              readOnly={shipped === true && !changed}
              spellCheck={false}
              value={yaml}
              onChange={(event) => setYaml(event.currentTarget.value)}
            />
          )}
          {way === 'preview' && <RubricPreview yaml={settled} />}
          {save.isError && <FailureNotice error={save.error} />}
          {remove.isError && <FailureNotice error={remove.error} />}
        </div>
      </Scroll>
      {changed && (
        <SaveBar
          failed={problems.length > 0}
          text={
            problems.length > 0
              ? (problems[0] as string)
              : 'What a rubric says stays the same under one version: a change takes a version of its own.'
          }
        >
          <Button
            variant="default"
            onClick={() => {
              if (listed === null) replaceHashParams({ rubric: null });
              setYaml(first);
              setDraft(listed?.rubric ?? newRubric);
            }}
          >
            Discard
          </Button>
          <Button disabled={read === null} loading={save.isPending} onClick={() => save.mutate({ yaml })}>
            Save rubric
          </Button>
        </SaveBar>
      )}
    </Page>
  );
}
